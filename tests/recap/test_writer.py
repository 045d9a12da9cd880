"""Changes to a recap's file: only what was read is written over, and a failure leaves the file as it was."""

import pytest

from tracker.recap.editor import Edit
from tracker.recap.repository import load_repository
from tracker.recap.writer import WriteError, Writer

TEXT = "title: t\r\ndate: 2016-10-28\r\nactions:\r\n- id: a  # ä\r\n  title: do\r\n  bug: new\r\n"
BUG = Edit(("actions", 0, "bug"), "7")


@pytest.fixture
def writer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tracker.yaml").write_text("tag: summit\nproject: neutron\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_bytes(TEXT.encode())
    return open_writer(tmp_path)


def open_writer(folder):
    (file,) = load_repository(folder).files
    return Writer(file)


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_only_the_values_change_through_several_writes(writer, bom):
    writer.path.write_bytes((bom + TEXT).encode())
    writer = open_writer(writer.path.parent)
    writer.write([BUG])
    writer.write([Edit(("actions", 0, "status"), "done")])
    expected = bom + TEXT.replace("bug: new\r\n", "bug: 7\r\n  status: done\r\n")
    assert writer.path.read_bytes() == expected.encode()
    assert writer.document.node(("actions", 0, "status")).text == "done"


def test_a_file_that_was_changed_meanwhile_is_not_written_over(writer):
    writer.path.write_bytes(TEXT.encode() + b"# more\r\n")
    with pytest.raises(WriteError, match=r"^a\.yaml was changed meanwhile$"):
        writer.write([BUG])
    assert writer.path.read_bytes() == TEXT.encode() + b"# more\r\n"


def test_an_edit_that_cannot_be_made_leaves_the_file(writer):
    with pytest.raises(WriteError, match=r"^a\.yaml: `actions\[0\]\.none` is not there"):
        writer.write([BUG, Edit(("actions", 0, "none"), None)])
    assert writer.path.read_bytes() == TEXT.encode()
    writer.write([BUG])


def test_a_disk_that_does_not_take_it_is_told(writer):
    writer.path.unlink()
    writer.path.mkdir()
    with pytest.raises(WriteError, match=r"^a\.yaml cannot be written: is a directory$"):
        writer.write([BUG])

"""Mails out of templates: a team's own, and what a broken one is told."""

import os
from dataclasses import dataclass

import pytest

from tracker.errors import TrackerError
from tracker.mail.templates import OWN, render


@dataclass(frozen=True)
class Mail:
    title: str = "Next steps"
    word: str = "word"


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions"
    (folder / "templates").mkdir(parents=True)
    return folder


@pytest.fixture
def written(sessions):
    """Write templates of a team's own, and render the first."""

    def write(**templates):
        names = [name.replace("_", ".") + ".j2" for name in templates]
        for name, content in zip(names, templates.values(), strict=True):
            data = content if isinstance(content, bytes) else content.encode()
            (sessions / "templates" / name).write_bytes(data)
        return render(names[0], sessions, mail=Mail())

    return write


def broken(written, **templates):
    with pytest.raises(TrackerError) as error:
        written(**templates)
    assert error.value.remedy
    return error.value.message


def test_a_teams_own_template_is_used_and_can_build_on_the_trackers(written):
    text = written(
        mine_html='{% extends "page.html.j2" %}{% block body %}<p>{{ mail.title }} & more</p>{% endblock %}'
    )
    assert text.startswith("<!DOCTYPE html>")
    assert "<p>Next steps & more</p>" in text


def test_a_part_of_the_trackers_mail_can_be_a_teams_own(sessions, written):
    written(mine_txt='{% include "part.txt.j2" %}', part_txt="our {{ mail.title }}\n")
    assert render("mine.txt.j2", sessions, mail=Mail()) == "our Next steps\n"


@pytest.mark.parametrize(
    ("template", "line", "reason"),
    [
        ("Hi,\n{% if %}\n", 2, "Expected an expression, got 'end of statement block'"),
        ("Hi,\n\n{{ mail.title | nothing }}", 3, "No filter named 'nothing'."),
        ("Hi,\n{{ mail.nothing }}", 2, "Mail object' has no attribute 'nothing'"),
        ("Hi,\n{{ nothing }}", 2, "UndefinedError: 'nothing' is undefined"),
        ("Hi,\n{{ 1 / 0 }}", 2, "ZeroDivisionError: division by zero"),
        ("Hi,\n{{ mail.title.nothing() }}", 2, "UndefinedError: 'str object' has no attribute 'nothing'"),
        (b"Hi,\n\xff\n", 2, "it is no UTF-8"),
        ('Hi,\n{% include "mine.txt.j2" %}', 2, "it goes on for ever"),
        ("{% macro f() %}\n{{ f() }}\n{% endmacro %}\n{{ f() }}", 2, "it goes on for ever"),
        ('Hi,\n{% include "other.txt.j2" %}', 2, 'there is no template "other.txt.j2"'),
        ("{{ range(100001) }}", 1, "OverflowError: Range too big"),
    ],
)
def test_a_broken_template_is_told_with_its_file_its_line_and_the_reason(written, sessions, template, line, reason):
    place = sessions / "templates" / "mine.txt.j2"
    message = broken(written, mine_txt=template)
    assert message.startswith(f"{place}:{line}: ")
    assert reason in message


@pytest.mark.parametrize(
    ("template", "line"), [("\n{% if %}", 2), ("\n{{ mail.nothing }}", 2), (b"\n\n\xff", 3), ("\n{{ 1 / 0 }}", 2)]
)
def test_what_is_broken_in_a_part_is_told_of_the_part(written, sessions, template, line):
    message = broken(written, mine_txt='\n\n\n\n{% include "part.txt.j2" %}', part_txt=template)
    assert message.startswith(f"{sessions / 'templates' / 'part.txt.j2'}:{line}: ")


def test_what_is_given_wrongly_to_the_trackers_own_template_is_told_with_its_place(tmp_path):
    with pytest.raises(TrackerError) as error:
        render("summary.txt.j2", tmp_path, mail=Mail())
    assert error.value.message.startswith(f"{OWN / 'summary.txt.j2'}:5: ")


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ mail.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ self.__init__ }}",
        "{{ mail|attr('__class__') }}",
        "{{ ''['__class__'] }}",
        "{{ '{0.__class__}'.format(mail) }}",
        "{{ [].append(1) }}",
        '{% include "/etc/passwd" %}',
        '{% include "../people.yaml" %}',
        '{% import "os" as os %}',
    ],
)
def test_no_template_reaches_python_or_other_files(written, sessions, template):
    (sessions / "people.yaml").write_text("secret")
    message = broken(written, mine_txt=f"\n{template}")
    assert message.startswith(f"{sessions / 'templates' / 'mine.txt.j2'}:2: ")


def test_no_link_chooses_which_file_is_mailed(sessions, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret"
    elsewhere.write_text("secret")
    link = sessions / "templates" / "mine.txt.j2"
    link.symlink_to(elsewhere)
    with pytest.raises(TrackerError, match=r"mine\.txt\.j2:1: it is a link that leads out of the repository"):
        render("mine.txt.j2", sessions, mail=Mail())
    link.unlink()
    (sessions.parent / "shared").write_text("shared")
    link.symlink_to(sessions.parent / "shared")
    assert render("mine.txt.j2", sessions, mail=Mail()) == "shared\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable for root")
def test_a_template_that_may_not_be_read_is_told(written, sessions):
    written(mine_txt="x")
    (sessions / "templates" / "mine.txt.j2").chmod(0)
    with pytest.raises(TrackerError, match="it cannot be read: Permission denied"):
        render("mine.txt.j2", sessions, mail=Mail())


def test_html_is_escaped_whatever_a_template_does_not_say(written):
    assert written(mine_html="{{ '<b>&' }}") == "&lt;b&gt;&amp;\n"
    assert written(mine_txt="{{ '<b>&' }}") == "<b>&\n"


def test_a_template_brings_no_control_character_into_a_mail(written):
    assert written(mine_txt="a\x1b[2Jb\u202ec\x00\r\n{{ 'd\x07\u200fe' }}\n\n\n\n\nf") == "a[2Jbc\nde\n\nf\n"

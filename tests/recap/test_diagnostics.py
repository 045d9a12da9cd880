"""A problem as a value: what it says, how it sorts, and whether it keeps a file from being used."""

import dataclasses

import pytest

from tracker.recap.diagnostics import Diagnostic, Finding, Severity

ONE = Diagnostic("a.yaml", 2, 3, "R010", Severity.ERROR, "unknown key `x`")


def test_errors_keep_a_file_from_being_used_and_warnings_do_not():
    assert ONE.is_error
    assert not dataclasses.replace(ONE, severity=Severity.WARNING).is_error


def test_a_finding_is_an_error_at_its_value_unless_it_says_otherwise():
    finding = Finding(("a", 0), "R010", "unknown")
    assert (finding.severity, finding.at_key, finding.help) == (Severity.ERROR, False, None)


def test_diagnostics_sort_by_file_line_and_column():
    later = [
        dataclasses.replace(ONE, column=10),
        dataclasses.replace(ONE, line=10, column=1),
        dataclasses.replace(ONE, path="b.yaml", line=1),
    ]
    assert sorted([*reversed(later), ONE]) == [ONE, *later]


def test_a_diagnostic_does_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ONE.line = 3

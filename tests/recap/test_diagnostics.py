"""A problem as a value: what it says, how it sorts, and whether it keeps a file from being used."""

import dataclasses

from tracker.recap.diagnostics import Diagnostic
from tracker.recap.rule_table import Severity

ONE = Diagnostic("a.yaml", 2, 3, "R010", Severity.ERROR, "unknown key `x`")


def test_errors_keep_a_file_from_being_used_and_warnings_do_not():
    assert ONE.is_error
    assert not dataclasses.replace(ONE, severity=Severity.WARNING).is_error


def test_diagnostics_sort_by_file_line_and_column():
    later = [
        dataclasses.replace(ONE, column=10),
        dataclasses.replace(ONE, line=10, column=1),
        dataclasses.replace(ONE, path="b.yaml", line=1),
    ]
    assert sorted([*reversed(later), ONE]) == [ONE, *later]

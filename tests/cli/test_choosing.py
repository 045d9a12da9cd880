"""What is asked for on the command line: days are written in one way."""

from datetime import date

import pytest

from tracker.cli.choosing import read_day
from tracker.errors import TrackerError

TODAY = date(2016, 11, 3)


@pytest.mark.parametrize("written", ["", "20161103", "2016-W44-4", "2016-11-3", "2016-02-30", "\u0662016-11-03"])
@pytest.mark.parametrize("today", [None, TODAY])
def test_a_day_is_written_in_one_way(written, today):
    with pytest.raises(TrackerError, match="is no day"):
        read_day(written, "--date", today)


def test_spans_count_from_today():
    assert read_day("2016-11-03", "--date", None) == TODAY
    assert read_day("2w", "--since", TODAY, ahead=False) == date(2016, 10, 20)

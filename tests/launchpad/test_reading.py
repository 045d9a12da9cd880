"""Which way of reading takes fewer requests, held against counting them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.launchpad.reading import list_is_fewer


def count_pages(total, size, seen=0):
    """Count the pages that bring all rows."""
    pages = 0
    while seen < total or (pages == 0 and seen == 0):
        seen += size
        pages += 1
    return pages


@pytest.mark.parametrize(
    ("wanted", "total", "fewer"),
    [
        (0, 0, False),
        (1, 1, False),
        (1, 300, False),
        (2, 300, True),
        (2, 301, False),
        (3, 301, True),
        (3, 600, True),
        (3, 601, False),
        (100, 3000, True),
        (10, 3000, False),
        (2, 0, True),
    ],
)
def test_the_list_is_read_when_its_pages_are_fewer_than_what_is_wanted(wanted, total, fewer):
    assert list_is_fewer(wanted, total, page_size=300) is fewer


@pytest.mark.parametrize(("wanted", "fewer"), [(0, False), (1, False), (2, True), (500, True)])
def test_a_list_of_unknown_length_is_worth_one_page(wanted, fewer):
    assert list_is_fewer(wanted, None, page_size=300) is fewer


def test_a_list_that_was_read_to_its_end_is_not_read_on():
    assert not list_is_fewer(5, 300, page_size=300, seen=300)
    assert not list_is_fewer(5, 299, page_size=300, seen=300)


@given(st.integers(0, 40), st.integers(0, 100), st.integers(2, 9), st.integers(0, 100))
def test_it_is_the_way_with_fewer_requests(wanted, total, size, seen):
    pages = count_pages(total, size, seen)
    assert list_is_fewer(wanted, total, page_size=size, seen=seen) is (pages < wanted and (pages > 0))

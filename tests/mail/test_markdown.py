"""Markdown pages: titles stand for themselves, and notes change nothing around them."""

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tracker.mail.markdown import escape_markdown, keep_markdown, link_markdown
from tracker.mail.plain import one_line

PARSER = MarkdownIt("commonmark", {"html": True})
PIECES = [
    "<script>", "<!--", "-->", "<b", "`", "``", "```", "~~~", "\n", "\n\n", " ", "    ", "- ", "1. ", "> ", "# ", "#",
    "===", "---", "-", "[x]", "](", "]:", "(javascript:x)", "javascript:a", "http://e.org", "https://e.org",
    "<https://e.org>", "<javascript:a>", "<mailto:a@b>", "\\", "a", "b c", "&lt;", "&", "|", "*", "**", "_", "[a]: ",
    "!", "<https://e.org", "\t", "<a href='`'>", "](https://e.org)", "[x](  ", '"', "'", ")", "~", "+", "=", "{", "}",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=10).map("".join)


def tokens(page):
    waiting = list(PARSER.parse(page))
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.children or []


@given(hostile)
@pytest.mark.parametrize("before", ["", "# ", "- "])
def test_a_title_is_shown_as_it_is(before, title):
    shown = unescape(re.sub(r"</?(?:h1|p|ul|li)>", "", PARSER.render(f"{before}{escape_markdown(title)}\n")))
    assert " ".join(shown.split()) == one_line(title)


@example("```")
@example("- ~~~\nx")
@example("# Title")
@example("a\n===")
@example("> ## a")
@example("<!--")
@example("[a](javascript:x) [a]\n\n[a]: javascript:x")
@given(hostile)
def test_notes_bring_no_html_no_heading_and_no_link_but_to_pages_and_hide_nothing(notes):
    page = f"# Title\n\n{keep_markdown(notes)}\n\n## Next actions\n\n- fix it\n"
    found = list(tokens(page))
    assert {one.type for one in found} & {"html_block", "html_inline", "fence"} == set()
    links = [one.attrs["href"] for one in found if one.type == "link_open"]
    assert [link for link in links if not link.startswith(("http://", "https://", "mailto:"))] == []
    assert sum(one.type == "heading_open" for one in found) == 2
    assert PARSER.render(page).endswith("<h2>Next actions</h2>\n<ul>\n<li>fix it</li>\n</ul>\n")


def test_lists_emphasis_and_links_of_notes_stay():
    notes = "- **one**, see [this](https://example.org/a_b)\n- `two`\n\n1. three\n> <https://example.org/>\n"
    assert keep_markdown(notes) == notes


@given(hostile)
def test_an_address_is_one_link(end):
    url = "https://example.org/" + "".join(one_line(end).split())
    (link,) = [one for one in tokens(link_markdown(url)) if one.type == "link_open"]
    assert link.attrs["href"].startswith("https://example.org/")


def test_what_is_no_address_is_no_link():
    assert link_markdown("javascript:alert(1)") == "javascript:alert(1)"
    assert link_markdown("<script>") == "\\<script\\>"

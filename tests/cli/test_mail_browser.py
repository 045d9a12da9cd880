"""The pages of summary in a real browser: they fit, their links lead where they say, and nothing in them runs."""

from datetime import date

import pytest

from tests.cli.mailed import RECAP, make_repository, track
from tests.mail.test_round_trip import NOWHERE, PEOPLE, WEB
from tracker.mail.summary import build_summary
from tracker.mail.templates import render
from tracker.recap.model import Action, Owner, Recap, Topic

pytest.importorskip("selenium", reason="the library selenium is not installed")
from selenium.webdriver.common.by import By

WIDTHS = (360, 1200)
ATTACK = (
    "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">"
    "<svg onload=document.title='ran'>"
    "</style></title></p><iframe srcdoc=\"<script>top.document.title='ran'</script>\"></iframe>{{ 7 * 7 }}&lt;b&gt;"
    "<a href=javascript:document.title='ran'>x</a>" + "x" * 300
)


@pytest.fixture
def show(browser, tmp_path):
    def show(page, width):
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get_log("browser")
        browser.get(path.as_uri())
        browser.save_screenshot(str(tmp_path / f"page-{width}.png"))
        return browser

    return show


def scrolls_sideways(browser):
    return browser.execute_script(
        "const page = document.documentElement; return [page.scrollWidth > innerWidth, innerWidth]"
    )


@pytest.fixture
def pages(tracker, tmp_path):
    """Return the pages of the sample: its recap, what has moved since, and its cycle."""
    track(make_repository(tmp_path))
    words = {
        "recap": [RECAP],
        "since": [RECAP, "--since", "2016-11-03", "--date", "2016-12-01"],
        "cycle": ["--cycle", "ocata"],
    }
    return {name: tracker("summary", *one, "--format", "html").out for name, one in words.items()}


def test_each_page_fits_a_telephone_and_a_desk_and_its_links_lead_where_they_say(show, pages):
    for name, page in pages.items():
        for width in WIDTHS:
            browser = show(page, width)
            assert scrolls_sideways(browser) == [False, width], name
            links = browser.find_elements(By.TAG_NAME, "a")
            assert links
            assert [one.get_dom_attribute("href") for one in links] == [one.text for one in links]
            assert browser.get_log("browser") == []
    assert "Next actions" in show(pages["recap"], WIDTHS[0]).find_element(By.TAG_NAME, "body").text


def test_the_pages_style_is_let_through_and_paragraphs_are_as_wide_as_the_window(show, pages):
    quote = show(pages["recap"], WIDTHS[0]).find_element(By.CLASS_NAME, "tldr")
    assert quote.value_of_css_property("border-left-style") == "solid"
    assert "\n" not in quote.find_element(By.TAG_NAME, "p").text


def test_nothing_that_a_recap_says_runs_and_all_of_it_is_shown(show):
    recap = Recap(
        "a/b", ATTACK, ATTACK, date(2016, 10, 28), ATTACK, ATTACK, Owner(ATTACK), {ATTACK: ATTACK}, ATTACK,
        (Topic(ATTACK, ATTACK, {ATTACK: "javascript:document.title='ran'"}, (), (), (ATTACK,)),),
        (Action("a", ATTACK, ATTACK, (Owner(ATTACK),), (Owner(ATTACK),), notes=ATTACK, evidence=("javascript:x",)),),
    )  # fmt: skip
    page = render("summary.html.j2", NOWHERE, mail=build_summary(recap, PEOPLE, WEB))
    for width in WIDTHS:
        browser = show(page, width)
        assert browser.title.startswith("<script>")
        assert scrolls_sideways(browser) == [False, width]
        assert browser.find_elements(By.CSS_SELECTOR, "script, img, svg, iframe, [onerror], [onload]") == []
        links = [one.get_dom_attribute("href") for one in browser.find_elements(By.TAG_NAME, "a")]
        assert [link for link in links if not link.startswith("https://")] == []
        assert ATTACK in browser.find_element(By.TAG_NAME, "h1").text
        assert browser.get_log("browser") == []
    assert "default-src 'none'" in browser.find_element(By.CSS_SELECTOR, "meta[http-equiv]").get_dom_attribute(
        "content"
    )

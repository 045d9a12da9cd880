"""The sandbox's page in a real browser: approving, declining, by mouse and by keyboard."""

from urllib.parse import urlencode

import pytest

from tracker.errors import TrackerError
from tracker.launchpad.login import RequestToken, await_account, request_token
from tracker.launchpad.services import Service

pytest.importorskip("selenium", reason="the library selenium is not installed")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait


@pytest.fixture
def service(sandbox, tmp_path):
    return Service("sandbox", sandbox.root, None, tmp_path / "cache")


@pytest.fixture
def opened(browser, service):
    """Ask for a token, and open its page; returns the token."""
    token = request_token(service)
    browser.get_log("browser")
    browser.get(token.page)
    return token


def find(browser, value):
    return browser.find_element(By.CSS_SELECTOR, f"button[value={value}]")


def read_answer(browser):
    """Return what the page says once it has taken the answer."""
    WebDriverWait(browser, 20, 0.05).until(lambda driver: driver.title == "Answered - Launchpad sandbox")
    return browser.find_element(By.TAG_NAME, "main").text


def outcome(service, token: RequestToken):
    """Return what the program hears: the account, or why there is none."""
    try:
        return await_account(service, token, patience=0.5, sleep=lambda _: None)
    except TrackerError as error:
        return error.message


def test_a_person_approves_with_the_mouse(browser, service, opened, tmp_path):
    assert browser.title == "Let a program in? - Launchpad sandbox"
    Select(browser.find_element(By.ID, "person")).select_by_value("ordinary")
    browser.save_screenshot(str(tmp_path / "page.png"))
    find(browser, "WRITE_PRIVATE").click()
    assert "summit-tracker now acts as ordinary." in read_answer(browser)
    assert outcome(service, opened).key


def test_a_person_declines_with_the_mouse(browser, service, opened):
    find(browser, "UNAUTHORIZED").click()
    assert "summit-tracker has no access." in read_answer(browser)
    assert outcome(service, opened) == "the access was declined"


def press(browser, *keys):
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


@pytest.mark.parametrize(("tabs", "said"), [(1, "now acts as ordinary."), (3, "has no access.")])
def test_a_person_answers_with_the_keyboard_alone(browser, service, opened, tabs, said):
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.accessible_name == "Answer as"
    press(browser, "Ordinary", *[Keys.TAB] * tabs)
    names = ["Change Non-Private Data", "Change Anything", "No Access"]
    assert browser.switch_to.active_element.accessible_name == names[tabs - 1]
    press(browser, Keys.ENTER)
    assert said in read_answer(browser)


def test_the_browser_lets_the_pages_own_style_through_and_complains_of_nothing(browser, opened):
    assert browser.find_element(By.TAG_NAME, "legend").value_of_css_property("font-weight") == "700"
    complaints = [entry["message"] for entry in browser.get_log("browser") if "favicon" not in entry["message"]]
    assert complaints == []


def test_an_answer_leads_back_to_the_program_that_asked(browser, sandbox, service):
    from tests.sandbox.test_sandbox_oauth import Visitor

    back = f"{sandbox.root}devel/people?{urlencode({'ws.size': 1})}"
    other_name = back.replace("127.0.0.1", "localhost")  # another origin for the browser
    key, _ = Visitor(sandbox.root).ask(oauth_callback=other_name)
    browser.get(f"{sandbox.root}+authorize-token?oauth_token={key}")
    find(browser, "UNAUTHORIZED").click()
    WebDriverWait(browser, 20, 0.05).until(lambda driver: driver.current_url == other_name)


def test_a_page_of_somebody_else_can_not_answer(browser, service, opened, tmp_path):
    """Not with a form of its own, not in a frame, and not by reading the page."""
    page = tmp_path / "evil.html"
    page.write_text(
        f'<form method="post" action="{opened.page}"><input name="person" value="ordinary">'
        f'<button name="permission" value="WRITE_PRIVATE">Win a prize</button></form>'
        f'<iframe id="frame" src="{opened.page}"></iframe>'
    )
    browser.get(page.as_uri())
    read = browser.execute_async_script(
        "const done = arguments[1];"
        "fetch(arguments[0]).then(answer => answer.text()).then(done, () => done('not read'))",
        opened.page,
    )
    assert read == "not read"
    browser.switch_to.frame("frame")
    assert browser.find_elements(By.TAG_NAME, "button") == []
    browser.switch_to.default_content()
    browser.find_element(By.TAG_NAME, "button").click()
    WebDriverWait(browser, 20, 0.05).until(lambda driver: driver.title == "Not from this page - Launchpad sandbox")
    assert outcome(service, opened).startswith("nobody answered")

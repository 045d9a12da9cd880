"""Asking to be let in, as far as that goes without the person who answers on Launchpad's page."""

from urllib.parse import parse_qs

import pytest

from tracker.errors import TrackerError
from tracker.launchpad import login
from tracker.launchpad.accounts import is_token
from tracker.launchpad.login import RequestToken, await_account, request_token
from tracker.launchpad.secrets import conceal, redact
from tracker.launchpad.services import Service
from tracker.launchpad.wire import send_form


@pytest.fixture
def service(contract, tmp_path):
    return Service("contract", contract.root, None, tmp_path / "cache")


def exchange(service, token):
    form = login._form(oauth_token=token.key, oauth_signature=f"&{token.secret}")
    return send_form(f"{service.web_root}+access-token", form)


def test_a_request_token_comes_as_a_form_of_key_and_secret(service):
    answer = send_form(f"{service.web_root}+request-token", login._form())
    assert answer.status == 200
    values = parse_qs(answer.content.decode(), strict_parsing=True)
    assert set(values) == {"oauth_token", "oauth_token_secret"}


def test_secrets_are_long_enough_to_be_found_in_messages_and_taken_out(service):
    token = request_token(service)
    conceal(token.key, token.secret)
    assert redact(f"{token.key} and {token.secret}") == "(secret) and (secret)"
    assert is_token(token.key)
    assert is_token(token.secret)


def test_each_request_gets_a_token_of_its_own(service):
    first, second = request_token(service), request_token(service)
    assert first.key != second.key
    assert first.secret != second.secret


def test_a_request_that_nobody_has_reviewed_is_to_be_asked_for_again(service):
    answer = exchange(service, request_token(service))
    assert answer.status == 401
    assert answer.text.startswith("Request token has not yet been reviewed")


def test_a_request_is_waited_for_while_nobody_has_reviewed_it(service):
    pauses = []
    with pytest.raises(TrackerError, match="nobody answered"):
        await_account(service, request_token(service), patience=2, sleep=pauses.append, clock=lambda: sum(pauses))
    assert pauses == [1, 1]


@pytest.mark.parametrize("wrong", ["key", "secret"])
def test_a_request_that_is_not_known_is_no_unreviewed_one(service, wrong):
    token = request_token(service)
    changed = RequestToken(
        "x" * 20 if wrong == "key" else token.key, "x" * 80 if wrong == "secret" else token.secret, token.page
    )
    answer = exchange(service, changed)
    assert answer.status == 401
    assert not answer.text.startswith("Request token has not yet been reviewed")
    with pytest.raises(TrackerError, match="no longer knows this request"):
        await_account(service, changed, sleep=lambda _: None)

"""`tracker login`, `whoami` and `logout`: an account on a service, once."""

import os
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.cli.check import here
from tracker.cli.sandbox import repository_here
from tracker.errors import ExitCode, TrackerError

if TYPE_CHECKING:
    from tracker.launchpad.accounts import Account, AccountStore
    from tracker.launchpad.login import Profile
    from tracker.launchpad.services import Service

ServiceOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|URL",
        help="production, qastaging, staging, sandbox or an address; else what tracker.yaml says, or production.",
    ),
]


_NOT_ASKED = "the keyring was not asked, because the environment has CI set"


def login(
    service: ServiceOption = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only show the address.")] = False,
    timeout: Annotated[
        int, typer.Option(metavar="SECONDS", min=1, max=7200, help="How long to wait for the answer.")
    ] = 900,
) -> None:
    """Log in: shows a page of Launchpad's, in the browser where there is one, and waits for the answer there.

    The account is kept in the keyring, or in a file of yours alone.

    Example: tracker login --service production
    """
    from tracker.cli.output import err

    chosen, accounts = locate(service)
    if accounts.given is not None:
        raise TrackerError(
            f"TRACKER_CREDENTIALS names the account on {chosen.name}: {accounts.given}",
            details="logging in would change nothing as long as it does",
            remedy="unset TRACKER_CREDENTIALS, then log in",
            exit_code=ExitCode.USAGE,
        )
    accounts.try_place()  # before anybody is asked in vain
    present = _find_present(chosen, accounts)
    kept = account = None
    try:
        account = _ask(chosen, browser=not no_browser, timeout=timeout)
        other = _find_other(accounts, present)
        kept = _keep(chosen, accounts, account)
        _welcome(replace(chosen, account=kept), accounts, other)
    except KeyboardInterrupt:
        if kept is None and account is not None:
            err(f"interrupted: {chosen.name} has given a token; `tracker whoami` shows whether it was kept")
        else:
            err("interrupted: nothing was kept" if kept is None else f"interrupted: kept in {_safe(kept.place)}")
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def whoami(
    service: ServiceOption = None,
    output_format: Annotated[str, typer.Option("--format", metavar="text|json", help="How to say it.")] = "text",
) -> None:
    """Show who is logged in, where, and where the account is kept.

    Example: tracker whoami --format json
    """
    from tracker.cli.choosing import check_format
    from tracker.cli.output import out

    check_format(output_format, ("text", "json"))
    located, accounts = locate(service)
    account = accounts.find()
    if account is None:
        raise TrackerError(
            f"nobody is logged in to {located.name}",
            details=_NOT_ASKED if accounts.skips_keyring else None,
            remedy=f"log in: tracker login --service {located.setting}",
            exit_code=ExitCode.LAUNCHPAD,
        )
    profile = _introduce(replace(located, account=account))
    if output_format == "json":
        import json

        told = {
            "account": profile.account,
            "display_name": profile.display_name,
            "service": located.name,
            "root": located.root,
            "kept_in": account.place,
        }
        out(json.dumps(told, indent=2))
        return
    for name, value in (
        ("account", _name(profile)),
        ("service", f"{located.name}, {located.root}"),
        ("kept in", account.place),
    ):
        out(f"{name}  {_safe(value)}")


def logout(service: ServiceOption = None) -> None:
    """Forget the account here. Launchpad knows its token until you revoke it there.

    Example: tracker logout --service staging
    """
    from tracker.cli.output import err, out
    from tracker.launchpad.links import SANDBOX

    located, accounts = locate(service)
    forgotten, problem = accounts.forget()
    for place in forgotten:
        out(f"logged out of {located.name}: forgotten in {_safe(place)}")
    if not forgotten and problem is None:
        out(f"nobody was logged in to {located.name}")
    if accounts.given is not None:
        err(f"{_safe(str(accounts.given))} stays, and is used as long as TRACKER_CREDENTIALS names it")
    if forgotten and located.name == SANDBOX:
        err("its token stays valid until the folder .sandbox/ is deleted")
    elif forgotten:
        err(f"its token stays valid until you revoke it: {_tokens_page(located)}")
    if accounts.skips_keyring:
        err(_NOT_ASKED)
    if problem is not None:
        raise problem


def locate(named: str | None) -> "tuple[Service, AccountStore]":
    """Find the service that was named, else the one that tracker.yaml here names, else Launchpad itself."""
    from tracker.launchpad.services import locate_service
    from tracker.recap.repository import FOLDER, load_repository

    folder = repository_here()
    setting: str | None = "production" if named is None else named
    if named is None and folder is not None:
        settings = load_repository(folder).settings
        if settings is None:
            raise TrackerError(
                "tracker.yaml has errors, so the service is not known",
                remedy="correct it, `tracker check` shows them; or name one with --service",
            )
        setting = settings.service
    try:
        return locate_service(setting, folder or here() / FOLDER)
    except TrackerError as error:
        if named is not None and error.exit_code is ExitCode.PROBLEMS:  # not of a file, but of the command line
            error.exit_code = ExitCode.USAGE
        raise


def _find_present(service: "Service", accounts: "AccountStore") -> "Account | None":
    """Return the account that another will take the place of, and say so."""
    from tracker.cli.output import err

    try:
        present = accounts.find()
    except TrackerError as error:
        err(f"{_safe(error.message)}; logging in puts another account in its place")
        return None
    if present is not None:
        err(
            f"somebody is logged in to {service.name} already, in {_safe(present.place)};"
            " another account takes its place when you have answered"
        )
    return present


def _find_other(accounts: "AccountStore", present: "Account | None") -> "Account | None":
    """Return the account that was kept since we looked, by another who logged in."""
    with suppress(TrackerError):  # it was told when we looked, or is replaced
        found = accounts.find()
        if found is not None and (present is None or found.key != present.key):
            return found
    return None


def _keep(service: "Service", accounts: "AccountStore", account: "Account") -> "Account":
    try:
        return accounts.save(account)
    except TrackerError as error:
        raise TrackerError(
            error.message,
            details=f"{service.name} has given a token, which is kept nowhere: revoke it at {_tokens_page(service)}",
            remedy=error.remedy,
        ) from None


def _welcome(service: "Service", accounts: "AccountStore", other: "Account | None") -> None:
    """Say who is logged in now, and whose place that took; `other` logged in meanwhile.

    Raises TrackerError when the service does not take the token that it gave: then it is not kept either.
    """
    from tracker.cli.output import err, out
    from tracker.launchpad.replies import LoginError

    kept, problem = service.account, None
    try:
        profile = _introduce(service)
    except LoginError as error:
        accounts.forget()
        raise TrackerError(
            f"{service.name} does not accept the token that it has just given, so it was not kept",
            details=error.details,
            remedy=error.remedy,
            exit_code=error.exit_code,
        ) from None
    except TrackerError as error:
        out(f"logged in to {service.name}")
        problem = error
    else:
        out(f"logged in to {service.name} as {_name(profile)}")
    err(f"kept in {_safe(kept.place) if kept else '-'}")
    if problem is not None:
        err(f"whose account it is could not be asked: {_safe(problem.message)}; `tracker whoami` asks again")
    if other is not None:
        name = "somebody"
        if problem is None:
            with suppress(TrackerError):
                name = _name(_introduce(replace(service, account=other)))
        err(f"meanwhile {name} had logged in; your account took the place of theirs, in {_safe(other.place)}")


def _ask(service: "Service", *, browser: bool, timeout: int) -> "Account":
    """Let a person answer on the service's page, and return the account."""
    from tracker.cli.output import err, progress
    from tracker.launchpad.login import await_account, request_token

    token = request_token(service)
    err(f"To log in to {service.name}, answer on this page:")
    err(f"  {_safe(token.page)}")
    err("Change Anything lets the tracker see private bugs too; Change Non-Private Data keeps them out of its sight.")
    if browser and _has_browser():
        import webbrowser

        webbrowser.open(token.page)
    failing = False
    with progress() as shown:
        shown.tell("waiting for your answer there")

        def report(left: float, trouble: str | None) -> None:
            nonlocal failing
            doing = "waiting for your answer there"
            if trouble is not None:
                doing = f"{service.name} does not answer at the moment ({trouble}); trying again"
            # Where no line moves, that is told once.
            show = shown.tell if trouble is not None and not failing else shown.step
            show(f"{doing}, for {_describe_time(left)} more")
            failing = trouble is not None

        return await_account(service, token, patience=timeout, report=report)


def _describe_time(seconds: float) -> str:
    """Return a time as it is left: in seconds below two minutes."""
    if seconds >= 120:
        return f"{seconds / 60:.0f} minutes"
    return "1 second" if round(seconds) <= 1 else f"{seconds:.0f} seconds"


def _has_browser() -> bool:
    """Tell whether a browser can show a page to the person at this terminal."""
    from tracker.cli.output import is_interactive

    if not is_interactive():
        return False
    if sys.platform == "darwin":
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _introduce(service: "Service") -> "Profile":
    """Ask the service whose account it is."""
    from tracker.launchpad.gateway import Gateway
    from tracker.launchpad.login import fetch_profile
    from tracker.launchpad.wire import Wire

    wire = Wire(service)
    try:
        return fetch_profile(wire, Gateway(wire).account)
    finally:
        wire.close()


def _tokens_page(service: "Service") -> str:
    """Return the address of the page where a person revokes what programs were given (source)."""
    return f"{service.web_root}people/+me/+oauth-tokens"


def _name(profile: "Profile") -> str:
    return _safe(f"{profile.account} ({profile.display_name})")


def _safe(text: str) -> str:
    from tracker.cli.output import safe

    return safe(text)

"""`tracker login`, `whoami` and `logout`: an account on a service, once."""

import os
import sys
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
    from tracker.cli.output import err, out

    chosen, accounts = _locate(service)
    if accounts.given is not None:
        raise TrackerError(
            f"TRACKER_CREDENTIALS names the account on {chosen.name}: {accounts.given}",
            details="logging in would change nothing as long as it does",
            remedy="unset TRACKER_CREDENTIALS, then log in",
            exit_code=ExitCode.USAGE,
        )
    _tell_present(chosen, accounts)
    try:
        account = _ask(chosen, browser=not no_browser, timeout=timeout)
        profile = _introduce(replace(chosen, account=account))
        kept = accounts.save(account)
    except KeyboardInterrupt:
        err("interrupted: nothing was kept")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    out(f"logged in to {chosen.name} as {_name(profile)}")
    err(f"kept in {kept.place}")


def whoami(
    service: ServiceOption = None,
    output_format: Annotated[str, typer.Option("--format", metavar="text|json", help="How to say it.")] = "text",
) -> None:
    """Show who is logged in, where, and where the account is kept.

    Example: tracker whoami --format json
    """
    from tracker.cli.output import out

    if output_format not in {"text", "json"}:
        raise TrackerError(f'unknown format "{output_format}"', remedy="it is text or json", exit_code=ExitCode.USAGE)
    located, accounts = _locate(service)
    account = accounts.find()
    if account is None:
        raise TrackerError(
            f"nobody is logged in to {located.name}",
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

    located, accounts = _locate(service)
    forgotten = accounts.forget()
    for place in forgotten:
        out(f"logged out of {located.name}: forgotten in {_safe(place)}")
    if not forgotten:
        out(f"nobody was logged in to {located.name}")
    if accounts.given is not None:
        err(f"{_safe(str(accounts.given))} stays, and is used as long as TRACKER_CREDENTIALS names it")
    if forgotten and located.name == SANDBOX:
        err("its token stays valid until the folder .sandbox/ is deleted")
    elif forgotten:
        err(f"its token stays valid until you revoke it: {located.web_root}people/+me/+oauth-tokens")


def _locate(setting: str | None) -> "tuple[Service, AccountStore]":
    """Find the service that was named, else the one that tracker.yaml here names, else Launchpad itself."""
    from tracker.launchpad.services import locate_service
    from tracker.recap.repository import FOLDER, load_repository

    folder = repository_here()
    if setting is None:
        setting = "production"
        if folder is not None:
            settings = load_repository(folder).settings
            if settings is None:
                raise TrackerError(
                    "tracker.yaml has errors, so the service is not known",
                    remedy="correct it, `tracker check` shows them; or name one with --service",
                )
            setting = settings.service
    return locate_service(setting, folder or here() / FOLDER)


def _tell_present(service: "Service", accounts: "AccountStore") -> None:
    from tracker.cli.output import err

    try:
        present = accounts.find()
    except TrackerError as error:
        err(f"{_safe(error.message)}; logging in puts another account in its place")
        return
    if present is not None:
        err(
            f"somebody is logged in to {service.name} already, in {_safe(present.place)};"
            " another account takes its place when you have answered"
        )


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
    with progress() as shown:
        shown.tell("waiting for your answer there")
        return await_account(
            service,
            token,
            patience=timeout,
            report=lambda left: shown.step(f"waiting for your answer there, for {left / 60:.0f} minutes more"),
        )


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


def _name(profile: "Profile") -> str:
    return _safe(f"{profile.account} ({profile.display_name})")


def _safe(text: str) -> str:
    from tracker.cli.output import safe

    return safe(text)

"""A sandbox that is served beside a recap repository, in the folder where `service: sandbox` looks for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.launchpad.services import SANDBOX_FOLDER
from tracker.recap.files import replace_file
from tracker.sandbox.seed import DRIVER, SOMEBODY
from tracker.sandbox.server import Sandbox
from tracker.sandbox.world import World


@contextmanager
def serving(sessions: Path, world: World, port: int = 0) -> Iterator[Sandbox]:
    """Serve a sandbox for a repository, filled with what it lacks of a world.

    Beside `sessions/` it leaves `.sandbox/`: the data, the address while it is served, and the credentials of
    the one who syncs (`credentials`) and of somebody else (`somebody.credentials`), both for the owner alone.
    """
    home = sessions.parent / SANDBOX_FOLDER
    home.mkdir(mode=0o700, exist_ok=True)
    address = home / "address"
    with Sandbox(home, port=port) as sandbox:
        sandbox.fill(world)
        for name, account in (("credentials", DRIVER), ("somebody.credentials", SOMEBODY)):
            if not (home / name).exists():
                sandbox.write_credentials(home / name, account)
        replace_file(address, f"{sandbox.root}\n".encode())
        try:
            yield sandbox
        finally:
            address.unlink(missing_ok=True)


def wait() -> None:
    """Wait until the process is interrupted."""
    threading.Event().wait()

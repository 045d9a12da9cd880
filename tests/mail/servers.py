"""A mail server on loopback, whose answers a test can spoil at every stage."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

CLOSE, SILENCE = "the connection is closed", "no answer comes"
STAGES = ("greeting", "EHLO", "STARTTLS", "EHLO in TLS", "AUTH", "MAIL", "RCPT", "DATA", "end")
"""All that a mail goes through, in order, when it goes by STARTTLS and with a login."""


@dataclass
class Office:
    """What such a server was told, and what it is to answer instead of its own."""

    port: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    """By stage, or `RCPT` and an address: a reply, CLOSE or SILENCE."""
    users: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    received: list[Envelope] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set as soon as a mail is there."""
    free: threading.Event = field(default_factory=threading.Event)
    """Cleared, it keeps the answer to a mail back."""

    def __post_init__(self):
        self.free.set()

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802 - the library's name
        self.arrived.set()
        await server.loop.run_in_executor(None, self.free.wait)
        fault = self.faults.get("end")
        if fault in {CLOSE, SILENCE}:
            await server.spoil(fault)
        if fault is None:
            self.received.append(envelope)
        return fault or "250 2.0.0 Ok: queued"

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        right = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=right, handled=False)


class _Server(SMTP):
    def __init__(self, office, **options):
        self._office = office
        self._stage = "greeting"
        super().__init__(office, **options)
        self.gone = self.loop.create_future()

    def connection_lost(self, error):
        super().connection_lost(error)
        if not self.gone.done():
            self.gone.set_result(None)

    async def hang_up(self):
        """End the connection, if it is there still, and all that waits for it."""
        if self.transport is not None:
            self.transport.abort()
            await self.gone
        await asyncio.gather(self._handler_coroutine, return_exceptions=True)

    async def push(self, status):
        stage, self._stage = self._stage, ""
        if stage == "greeting" and (fault := self._office.faults.get(stage)):
            if fault in {CLOSE, SILENCE}:
                await self.spoil(fault)
            status = fault
        await super().push(status)

    async def spoil(self, fault):
        """Hang up or say nothing, for as long as the client stays."""
        if fault == CLOSE:
            self.transport.close()
        await self.loop.create_future()

    async def _go(self, command, argument):
        office = self._office
        office.commands.append(f"{command} {argument or ''}".rstrip())
        stage = "EHLO in TLS" if command == "EHLO" and self.session.ssl else command
        address = (argument or "").partition("<")[2].partition(">")[0]
        fault = office.faults.get(f"{stage} {address}") or office.faults.get(stage)
        if fault in {CLOSE, SILENCE}:
            await self.spoil(fault)
        if fault:
            await self.push(fault)
        else:
            await getattr(super(), f"smtp_{command}")(argument)

    async def smtp_EHLO(self, argument):  # noqa: N802
        await self._go("EHLO", argument)

    async def smtp_STARTTLS(self, argument):  # noqa: N802
        await self._go("STARTTLS", argument)

    async def smtp_AUTH(self, argument):  # noqa: N802
        await self._go("AUTH", argument)

    async def smtp_MAIL(self, argument):  # noqa: N802
        await self._go("MAIL", argument)

    async def smtp_RCPT(self, argument):  # noqa: N802
        await self._go("RCPT", argument)

    async def smtp_DATA(self, argument):  # noqa: N802
        await self._go("DATA", argument)

    async def smtp_RSET(self, argument):  # noqa: N802
        await self._go("RSET", argument)

    async def smtp_QUIT(self, argument):  # noqa: N802
        await self._go("QUIT", argument)


class _AnyPort(Controller):
    """On a port that is free; the library would connect to the one it was told, which is 0."""

    def __init__(self, *words, **options):
        super().__init__(*words, **options)
        self._served = []

    def factory(self):
        self._served.append(_Server(self.handler, loop=self.loop, **self.SMTP_kwargs))
        return self._served[-1]

    async def hang_up(self):
        await asyncio.gather(*(one.hang_up() for one in self._served if one.transport or one.gone.done()))

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(*, starttls=None, tls=None, users=None, **options) -> Iterator[Office]:
    """Serve on loopback; `starttls` and `tls` are contexts, `options` those of aiosmtpd."""
    office = Office(users=users or {})
    if users:
        options = {"authenticator": office.authenticate, "auth_require_tls": starttls is not None, **options}
    else:
        options = {"auth_exclude_mechanism": ["LOGIN", "PLAIN"], **options}
    controller = _AnyPort(
        office, hostname="127.0.0.1", port=0, ssl_context=tls, server_hostname="mail.example.org",
        tls_context=starttls, **options,
    )  # fmt: skip
    controller.start()
    office.port = controller.port
    office.commands.clear()
    try:
        yield office
    finally:
        office.free.set()
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result(20)
        controller.stop()

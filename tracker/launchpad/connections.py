"""Connections over which a request goes out, and what they fail with."""

import http.client
import io
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httplib2

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

try:
    from httplib2.decode import DecodeLimitError, DecodeRatioError
except ImportError:  # before 0.32
    _BOMBS: tuple[type[Exception], ...] = ()
else:
    _BOMBS = (DecodeLimitError, DecodeRatioError)

FAILURES = (OSError, httplib2.HttpLib2Error, http.client.HTTPException, *_BOMBS)
"""Everything that a connection fails with; a body that is cut short is none of the first two, nor one that grows out
of proportion when it is unpacked."""
MAX_ANSWER = 64 * 1024 * 1024
"""Bytes that an answer may have; Launchpad's largest, its description, has two and a half million."""
SLOWEST = 3
"""How many times the patience for silence an answer may take that comes byte by byte."""


class NotSentError(OSError):
    """No connection was made, so that nothing can have been carried out."""


class ForeignError(OSError):
    """Another server answered in Launchpad's place: a captive portal, a proxy."""


class UnreadableError(http.client.HTTPException):
    """The answer's header is in contradiction to what came, or means nothing."""


HOPELESS = (httplib2.ServerNotFoundError, ConnectionRefusedError, ssl.SSLCertVerificationError, ForeignError)
"""What a connection fails with at the next moment, too."""


@contextmanager
def reading() -> Iterator[None]:
    """Make a failed connection of an answer that httplib2 has no error for: a compressed body that is empty, say."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise UnreadableError(f"the answer cannot be read ({error})") from None


class _Bounded(io.RawIOBase):
    """What a server sends, up to a size and a time."""

    def __init__(self, raw: io.RawIOBase, seconds: float | None) -> None:
        self._raw = raw
        self._left = MAX_ANSWER
        self._end = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        if self._left < 0:
            raise OSError("the answer is too large")
        if self._end is not None and time.monotonic() > self._end:
            raise TimeoutError
        read: int | None = self._raw.readinto(buffer)
        self._left -= read or 0
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer that neither fills the memory nor takes for ever."""

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        timeout = sock.gettimeout()
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Bounded(raw, None if timeout is None else SLOWEST * timeout))


class _HTTP(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]
    response_class = _Answer


class _HTTPS(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]
    response_class = _Answer


class _Once:
    """A connection that sends one request and never a second.

    httplib2 connects and sends again when a server closes the connection without an answer, even a request
    that creates.
    """

    _sent = False

    def connect(self) -> None:
        self._check()
        try:
            super().connect()  # type: ignore[misc]
        except FAILURES as error:
            raise NotSentError(explain(error)) from None

    def request(self, *args: Any, **options: Any) -> None:
        self._check()
        self._sent = True
        super().request(*args, **options)  # type: ignore[misc]

    def _check(self) -> None:
        if self._sent:
            raise ConnectionResetError("the server closed the connection without an answer")


class _OnceHTTP(_Once, _HTTP):
    pass


class _OnceHTTPS(_Once, _HTTPS):
    pass


def sending(url: str) -> type:
    """Return the kind of connection to an address that takes no answer which is too large or too slow."""
    return _HTTPS if url.startswith("https:") else _HTTP


def sending_once(url: str) -> type:
    """Return the kind of connection to an address that, besides, never sends a request twice."""
    return _OnceHTTPS if url.startswith("https:") else _OnceHTTP


def explain(error: Exception) -> str:
    """Say what a connection failed with, on one line."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.IncompleteRead):
        return "the answer was cut short"
    return plain(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def plain(text: str) -> str:
    """Return text on one line, without what a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

"""Hand a mail to a mail server or to a local sendmail: the only place that does.

Nothing is ever sent again here. A mail counts as out from the moment when the server may have all of it: that is
written down before the line that ends it, and taken back only when the server says that it did not take the mail.
"""

import base64
import ipaddress
import re
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from tracker.errors import ExitCode, TrackerError
from tracker.launchpad.secrets import conceal
from tracker.mail.outgoing import Mail
from tracker.recap.mail_settings import MailSettings, Security

TIMEOUT = 60.0
"""Seconds that a server may take for an answer."""
END_TIMEOUT = 600.0
"""Seconds that it may take once it has all of a mail (RFC 5321, 4.5.3.2.6): to give up early makes it uncertain."""

_QUIT_TIMEOUT = 5.0
_LONGEST = 300
_NOTHING = "nothing went out"
_UNCERTAIN = "it may have gone out: the server had all of it"
_LATER = "send it again later"
_LOOK = (
    "look for it where it would have come, in the list's archive, say; `tracker send` then tells how it goes on, and"
    " never sends it again unasked"
)
# What sysexits.h has for a program that did not take what it was given; with EX_TEMPFAIL some have queued it.
_NOT_TAKEN = set(range(64, 79)) - {75}
# No such user, no such host: others among several may have been served.
_ABOUT_ONE = {67, 68}


class Record(Protocol):
    """Keeps in mind whether a mail went out."""

    def begin(self) -> None:
        """It may go out from now on."""

    def finish(self) -> None:
        """It went out."""

    def withdraw(self) -> None:
        """It surely did not."""


class DeliveryError(TrackerError):
    """A mail was not taken, or nobody knows whether it was."""

    def __init__(self, message: str, *, words: str = "", remedy: str, is_certain: bool = True) -> None:
        outcome = _NOTHING if is_certain else _UNCERTAIN
        details = f"{words}; {outcome}" if words else outcome
        super().__init__(message, details=details, remedy=remedy, exit_code=ExitCode.LAUNCHPAD)
        self.is_certain = is_certain
        """Whether nothing went out, for certain."""


def send_mail(
    mail: Mail,
    settings: MailSettings,
    record: Record,
    *,
    password: str | None = None,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
    end_timeout: float = END_TIMEOUT,
) -> None:
    """Send a mail once, to all whom it names or to nobody.

    `context` says which certificates are believed, those of the system when left out; time-outs are in seconds.
    Raises DeliveryError; what `record` raises keeps the mail from going out.
    """
    if settings.sendmail is not None:
        _run_sendmail(mail, settings.sendmail, record, end_timeout)
        return
    session = _Session(settings, context or ssl.create_default_context(), timeout)
    try:
        session.open()
        if settings.user is not None:
            session.log_in(settings.user, password or "")
        session.announce(mail)
        session.hand_over(mail, record, end_timeout)
        session.quit()
    finally:
        session.close()


class _Session:
    """A conversation with a server (RFC 5321), for one mail."""

    def __init__(self, settings: MailSettings, context: ssl.SSLContext, timeout: float) -> None:
        self._settings, self._context, self._timeout = settings, context, timeout
        self._place = f"{settings.host}:{settings.port}"
        self._smtp: smtplib.SMTP | None = None
        self._secrets: list[str] = []

    @property
    def _server(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected
        return self._smtp

    @property
    def _connection(self) -> socket.socket:
        if self._server.sock is None:
            raise smtplib.SMTPServerDisconnected
        return self._server.sock

    def open(self) -> None:
        """Connect, and let nobody listen."""
        host, port, security = self._settings.host, self._settings.port, self._settings.security
        own = "localhost"  # not used: what smtplib would find out of itself asks name servers, which may take long
        with self._at("at the greeting", "see that `server` and `security` in tracker.yaml fit that server"):
            if security is Security.TLS:
                self._smtp = smtplib.SMTP_SSL(host, port, own, timeout=self._timeout, context=self._context)
            else:
                self._smtp = smtplib.SMTP(host, port, own, timeout=self._timeout)
            self._greet()
        if security is Security.STARTTLS:
            self._start_tls()

    def _greet(self) -> None:
        address = self._connection.getsockname()[0]
        literal = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
        self._expect(self._server.ehlo(literal), 250)

    def _start_tls(self) -> None:
        remedy = "see that `security` in tracker.yaml is what that server offers: starttls, or tls"
        if not self._server.has_extn("starttls"):
            raise DeliveryError(f"{self._place} offers no STARTTLS", remedy=remedy)
        with self._at("at STARTTLS", remedy):
            self._server.starttls(context=self._context)
            self._greet()

    def log_in(self, user: str, password: str) -> None:
        """Say who sends; a password never goes through a network in the open."""
        smtp = self._server
        if self._settings.security is Security.NONE and not _is_here(self._connection):
            raise DeliveryError(
                f"{self._place} would be told the password in the open",
                remedy="set `security` in tracker.yaml to starttls or tls, or take `user` out",
            )
        if not (user.isascii() and password.isascii()):
            raise DeliveryError(
                f"the user or the password for {self._place} has characters beyond ASCII",
                remedy="use a password of ASCII characters",
            )
        if not smtp.has_extn("auth"):
            raise DeliveryError(
                f"{self._place} offers no login",
                remedy="take `user` out of tracker.yaml, or see that `server` and `security` are right",
            )
        self._secrets = [password, *(_encode(text) for text in (password, f"\0{user}\0{password}"))]
        conceal(*self._secrets)
        with self._at("at the login", "see that `user` in tracker.yaml and the password are right"):
            smtp.login(user, password)

    def announce(self, mail: Mail) -> None:
        """Tell whom the mail is from and whom it is for."""
        smtp = self._server
        options = [f"SIZE={len(mail.data)}"] if smtp.has_extn("size") else []
        if not mail.data.isascii():
            if not smtp.has_extn("8bitmime"):
                raise DeliveryError(
                    f"{self._place} takes no mails with characters beyond ASCII",
                    remedy="write the mail's text as quoted-printable or base64",
                )
            options.append("BODY=8BITMIME")
        with self._at(f"at the sender {mail.sender}", "see that the server lets you send as that address"):
            self._expect(smtp.mail(mail.sender, options), 250)
        refused: dict[str, tuple[int, bytes]] = {}
        for address in mail.recipients:
            with self._at(f"at the recipient {address}", "see that the address is right"):
                code, words = smtp.rcpt(address)
                if code == 421:  # it hangs up (RFC 5321, 3.8)
                    self._expect((code, words), 250)
            if code not in {250, 251}:
                refused[address] = code, words
        if refused:
            self._give_up(refused, mail)

    def _give_up(self, refused: dict[str, tuple[int, bytes]], mail: Mail) -> None:
        with suppress(smtplib.SMTPException):
            self._server.rset()
        told = "; ".join(f"{address}: {code} {self._words(words)}" for address, (code, words) in refused.items())
        passing = all(_is_passing(code) for code, _ in refused.values())
        raise DeliveryError(
            f"{self._place} refuses {len(refused)} of {len(mail.recipients)} recipients",
            words=told,
            remedy=_LATER if passing else "correct the addresses, or take them out; it goes to all or to nobody",
        )

    def hand_over(self, mail: Mail, record: Record, timeout: float) -> None:
        """Send all of it, and hear whether it was taken."""
        smtp = self._server
        remedy = "see what the server says of the mail"
        with self._at("at the mail's text", remedy):
            self._expect(smtp.docmd("DATA"), 354)
            self._connection.settimeout(timeout)
            # Without the line that ends it no server may deliver it (RFC 5321, 4.1.1.4).
            smtp.send(re.sub(rb"^\.", b"..", mail.data, flags=re.MULTILINE).removesuffix(b"\r\n") + b"\r\n")
        record.begin()
        end = "at the end of the mail's text"
        with self._at(end, remedy, is_certain=False):
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
        if 200 <= code < 300:
            record.finish()
            return
        if 400 <= code < 600:
            record.withdraw()
            raise self._refused("the mail", code, words, remedy)
        raise self._refused(end, code, words, remedy, is_certain=False)

    def quit(self) -> None:
        """Take leave; the mail is out, whatever comes of this."""
        with suppress(OSError):  # of which smtplib's errors are a kind
            self._connection.settimeout(_QUIT_TIMEOUT)
            self._server.quit()

    def close(self) -> None:
        """Hang up, if that was not done."""
        if self._smtp is not None:
            self._smtp.close()

    def _expect(self, reply: tuple[int, bytes], code: int) -> None:
        if reply[0] != code:
            raise smtplib.SMTPResponseException(*reply)

    @contextmanager
    def _at(self, stage: str, remedy: str, *, is_certain: bool = True) -> Iterator[None]:
        """Tell every failure of a stage as what it means."""
        try:
            yield
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
            raise self._refused(stage, error.smtp_code, words, remedy, is_certain=is_certain) from None
        except smtplib.SMTPServerDisconnected as error:
            how = "does not answer" if isinstance(error.__context__, TimeoutError) else "hung up"
            raise self._failed(f"{how} {stage}", _LATER, is_certain=is_certain) from None
        except smtplib.SMTPException as error:  # no way to log in that both know, above all
            told = self._words(str(error).encode())
            raise self._failed(f"does not go on {stage}", remedy, words=told, is_certain=is_certain) from None
        except ssl.SSLCertVerificationError as error:
            raise self._failed(
                "shows a certificate that is not believed",
                "see that `server` in tracker.yaml is the name that its certificate has",
                words=error.verify_message,
            ) from None
        except ssl.SSLError as error:
            told = str(error.reason or error).replace("_", " ").lower()
            raise self._failed("does not speak TLS as expected", remedy, words=told, is_certain=is_certain) from None
        except TimeoutError:
            raise self._failed(f"does not answer {stage}", remedy, is_certain=is_certain) from None
        except OSError as error:
            how = f"hung up {stage}" if self._smtp else "cannot be reached"
            told = error.strerror or type(error).__name__
            raise self._failed(how, remedy, words=told, is_certain=is_certain) from None
        except ValueError:  # base64 that is none, or a reply beyond ASCII where there is none
            raise self._failed(f"answers what cannot be read {stage}", remedy, is_certain=is_certain) from None

    def _failed(self, what: str, remedy: str, *, words: str = "", is_certain: bool = True) -> DeliveryError:
        remedy = remedy if is_certain else _LOOK
        return DeliveryError(f"{self._place} {what}", words=words, remedy=remedy, is_certain=is_certain)

    def _refused(self, stage: str, code: int, words: bytes, remedy: str, *, is_certain: bool = True) -> DeliveryError:
        told = f"{code} {self._words(words)}".strip() if code > 0 else self._words(words)
        if not 400 <= code < 600:
            return self._failed(f"answers out of turn {stage}", remedy, words=told, is_certain=is_certain)
        kind = "refuses for now" if _is_passing(code) else "refuses"
        remedy = _LATER if _is_passing(code) else remedy
        return self._failed(f"{kind} {stage}", remedy, words=told, is_certain=is_certain)

    def _words(self, words: bytes) -> str:
        """Return what the server says on one line, without what it was told in confidence."""
        text = " ".join(words.decode(errors="replace").split())
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "(secret)")
        return text[:_LONGEST]


def _is_passing(code: int) -> bool:
    """Tell whether a refusal may be gone later (RFC 5321, 4.2.1)."""
    return 400 <= code < 500


def _is_here(connection: socket.socket) -> bool:
    """Tell whether the other side of a connection is this machine."""
    return ipaddress.ip_address(connection.getpeername()[0].partition("%")[0]).is_loopback


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _run_sendmail(mail: Mail, program: str, record: Record, timeout: float) -> None:
    """Give a mail to a program that is called as sendmail is: whom it goes to is said apart from its text."""
    command = [program, "-i", "-f", mail.sender, "--", *mail.recipients]
    record.begin()
    try:
        done = subprocess.run(  # noqa: S603 - what tracker.yaml names, and addresses, which are no options there
            command,
            input=mail.data.replace(b"\r\n", b"\n"),  # the line ends of this machine, which it expects
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"{program} did not end", remedy=_LOOK, is_certain=False) from None
    except OSError as error:
        record.withdraw()
        raise DeliveryError(
            f"{program} cannot be started: {error.strerror}", remedy="see that `sendmail` in tracker.yaml is right"
        ) from None
    if done.returncode == 0:
        record.finish()
        return
    code = done.returncode
    is_certain = code in _NOT_TAKEN and (len(mail.recipients) == 1 or code not in _ABOUT_ONE)
    if is_certain:
        record.withdraw()
    raise DeliveryError(
        f"{program} failed with {code}" if code > 0 else f"{program} was ended by signal {-code}",
        words=" ".join((done.stderr or done.stdout).decode(errors="replace").split())[:_LONGEST],
        remedy="see what it says, and that it is set up" if is_certain else _LOOK,
        is_certain=is_certain,
    )

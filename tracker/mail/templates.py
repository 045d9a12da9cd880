"""Mails out of templates: those that come with the tracker, or a team's own in `sessions/templates/`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.errors import TrackerError
from tracker.mail.plain import clean, fill, fill_text, guard, one_line
from tracker.mail.sentences import Item, write_item

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = "templates"
"""Where in `sessions/` a team keeps its own."""
OWN = Path(__file__).parent / "templates"

# What means something anywhere in Markdown's text, and what does where a line begins.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|&~])|^([ ]*)([#+\-=]|\d+(?=[.)]))", re.MULTILINE)


def render(name: str, sessions: Path, **facts: Any) -> str:
    """Render a template, a team's own where there is one, and return lines that end in a line's end each.

    Lines that the next one goes on with end in a blank (see `plain`). Raises TrackerError, with file and line, for a
    template that cannot be read or fails.
    """
    from jinja2 import TemplateError

    environment = _environment(sessions / FOLDER, html=name.endswith(".html.j2"))
    try:
        text = environment.get_template(name).render(facts)
    except RecursionError:
        raise _broken(name, sessions, None, "it goes on for ever") from None
    except TemplateError as error:
        raise _broken(getattr(error, "name", None) or name, sessions, _line(error), str(error)) from None
    except (OSError, UnicodeError) as error:
        raise _broken(name, sessions, None, f"it cannot be read: {error}") from None
    except Exception as error:  # noqa: BLE001 - a template is a program, and may fail in any way
        raise _broken(_failed_in(error) or name, sessions, _line(error), f"{type(error).__name__}: {error}") from None
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _environment(own: Path, *, html: bool) -> "Environment":
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # A repository's templates are no more trusted than its recaps.
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([own, OWN]),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        fill=lambda text: "\n".join(fill(one_line(str(text)))),
        text=lambda text: "\n".join(fill_text(str(text))),
        heading=_heading,
        capital=lambda text: str(text)[:1].upper() + str(text)[1:],
        item=_item,
        paragraphs=lambda text: [part.strip("\n") for part in re.split(r"\n[ \t]*\n", str(text)) if part.strip()],
        md=lambda text: _MARKDOWN.sub(_escape, one_line(str(text))),
        md_text=lambda text: clean(str(text)),
        md_link=lambda link: f"{_MARKDOWN.sub(_escape, link.name)}: <{link.url}>",
    )
    return environment


def _heading(text: str, mark: str = "-") -> str:
    from wcwidth import wcswidth

    lines = [guard(line) for line in fill(one_line(str(text)), soft=False)]
    return "\n".join([*lines, mark * max(3, *map(wcswidth, lines))])


def _item(item: Item) -> str:
    return "\n".join(write_item(item))


def _escape(match: re.Match[str]) -> str:
    return f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}"


def _line(error: Exception) -> int | None:
    """Return the line of the template on which an error arose: its own, or that of the last frame in one."""
    number: int | None = getattr(error, "lineno", None)
    if number is not None:
        return number
    trace, found = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _failed_in(error: Exception) -> str | None:
    trace, found = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            found = Path(trace.tb_frame.f_code.co_filename).name
        trace = trace.tb_next
    return found


def _broken(name: str, sessions: Path, line: int | None, reason: str) -> TrackerError:
    own = sessions / FOLDER / name
    place = own if own.exists() else OWN / name
    return TrackerError(
        f"{place}{f':{line}' if line else ''}: {one_line(reason)}",
        remedy=f"correct the template, or remove it: then the tracker's own is used (it stands in {OWN})",
    )

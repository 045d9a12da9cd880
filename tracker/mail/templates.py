"""Mails out of templates: those that come with the tracker, or a team's own in `sessions/templates/`."""

import re
import sys
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from tracker.errors import TrackerError
from tracker.mail.markdown import escape_markdown, keep_markdown, link_markdown
from tracker.mail.plain import clean, fill, fill_text, guard, one_line
from tracker.mail.sentences import Item, write_item

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

FOLDER = "templates"
"""Where in `sessions/` a team keeps its own."""
OWN = Path(__file__).parent / "templates"


def render(name: str, sessions: Path, **facts: Any) -> str:
    """Render a template, a team's own where there is one, and return lines that end in a line's end each.

    Lines that the next one goes on with end in a blank (see `plain`). Raises TrackerError, with file and line, for a
    template that cannot be read or fails.
    """
    from jinja2 import TemplateSyntaxError

    environment = _environment(sessions / FOLDER, html=name.endswith(".html.j2"))
    try:
        text = environment.get_template(name).render(facts)
    except TemplateSyntaxError as error:
        raise _broken(sessions, error.name or name, error.lineno, error.message or "") from None
    except Exception as error:  # noqa: BLE001 - a template is a program, and may fail in any way
        failed_in, line = _last_frame(error) or (name, None)
        raise _broken(sessions, failed_in, line, _reason(error)) from None
    return re.sub(r"\n{3,}", "\n\n", clean(text)).strip("\n") + "\n"


def _environment(own: Path, *, html: bool) -> "Environment":
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # A repository's templates are no more trusted than its recaps.
    environment = ImmutableSandboxedEnvironment(
        loader=_loader(own),
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
        paragraphs=lambda text: _flow(str(text)).split("\n\n") if str(text).strip() else [],
        md=lambda text: escape_markdown(str(text)),
        md_text=lambda text: keep_markdown(str(text)),
        md_link=lambda url: link_markdown(str(url)),
    )
    return environment


def _heading(text: str, mark: str = "-") -> str:
    from wcwidth import wcswidth

    lines = [guard(line) for line in fill(one_line(str(text)), soft=False)]
    return "\n".join([*lines, mark * max(3, *map(wcswidth, lines))])


def _flow(text: str) -> str:
    """Return a text whose paragraphs and items are a line each, for what breaks lines itself."""
    return "\n".join(fill_text(text, width=sys.maxsize, soft=False))


def _item(item: Item) -> str:
    return "\n".join(write_item(item))


def _loader(own: Path) -> "BaseLoader":
    from jinja2 import FileSystemLoader, TemplateNotFound, TemplateSyntaxError

    repository = own.parent.resolve().parent

    class Loader(FileSystemLoader):
        def get_source(self, environment: "Environment", template: str) -> Any:
            try:
                source = super().get_source(environment, template)
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                raise TemplateSyntaxError("it is no UTF-8", line, template) from None
            except TemplateNotFound:
                raise
            except OSError as error:
                raise TemplateSyntaxError(f"it cannot be read: {error.strerror}", 1, template) from None
            path = Path(source[1]).resolve()
            # As with recaps: a stranger's link must not choose which file is sent to a list.
            if not (path.is_relative_to(OWN) or path.is_relative_to(repository)):
                raise TemplateSyntaxError("it is a link that leads out of the repository", 1, template)
            return source

    return Loader([own, OWN])


def _reason(error: Exception) -> str:
    from jinja2 import TemplateNotFound

    if isinstance(error, RecursionError):
        return "it goes on for ever"
    if isinstance(error, TemplateNotFound):
        return f'there is no template "{error.name}"'
    return f"{type(error).__name__}: {error}"


def _last_frame(error: Exception) -> tuple[str, int] | None:
    """Return the template, and the line in it, in which an error arose."""
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    return next(((Path(file).name, line) for file, line in reversed(frames) if file.endswith(".j2")), None)


def _broken(sessions: Path, name: str, line: int | None, reason: str) -> TrackerError:
    own = sessions / FOLDER / name
    place = own if own.exists() else OWN / name
    return TrackerError(
        f"{place}{f':{line}' if line else ''}: {one_line(reason)}",
        remedy=f"correct the template, or remove it: then the tracker's own is used (it stands in {OWN})",
    )

"""How problems in input files are shown: to a person, as JSON, or to GitHub."""

import os
from collections.abc import Callable, Iterable, Sequence

import typer

from tracker.cli.output import paint, render_json, safe
from tracker.recap.diagnostics import Diagnostic

_COLOURS = {"error": typer.colors.RED, "warning": typer.colors.YELLOW}


def render_diagnostic(diagnostic: Diagnostic) -> str:
    """Render a diagnostic with the line that it is about."""
    where = safe(f"{diagnostic.path}:{diagnostic.line}:{diagnostic.column}")
    if where.startswith(":"):
        where = f"./{where}"  # a build server obeys lines that begin with two colons
    label = paint(f"{diagnostic.severity}[{diagnostic.rule}]", _COLOURS[diagnostic.severity], bold=True)
    lines = [f"{where}: {label}: {safe(diagnostic.message)}"]
    if diagnostic.source.strip():
        source, mark = _excerpt(diagnostic)
        gutter = str(diagnostic.line).rjust(5)
        lines += [f"{gutter} | {source}", f"{' ' * len(gutter)} | {mark}"]
    if diagnostic.help:
        lines.append(f" help: {safe(diagnostic.help)}")
    return "\n".join(lines)


def _excerpt(diagnostic: Diagnostic) -> tuple[str, str]:
    """Return the part of the line around the problem, and the marks to stand below it."""
    from wcwidth import wcswidth

    start = diagnostic.column - 1
    end = start + diagnostic.width
    left = max(0, start - 60)
    right = max(left + 100, min(end, left + 160))
    source = diagnostic.source
    before, marked = safe(source[left:start]), safe(source[start : min(end, right)])
    after = safe(source[min(end, right) : right])
    shown = ("..." if left else "") + before + marked + after + ("..." if right < len(source) else "")
    indent = (3 if left else 0) + max(0, wcswidth(before))
    return safe(shown), " " * indent + "^" * max(1, wcswidth(marked))


def _render_text(diagnostics: Iterable[Diagnostic]) -> str:
    return "\n".join(map(render_diagnostic, diagnostics))


def _render_json(diagnostics: Iterable[Diagnostic]) -> str:
    keys = ("path", "line", "column", "width", "rule", "severity", "message", "help")
    return render_json([{key: getattr(one, key) for key in keys} for one in diagnostics])


def _render_github(diagnostics: Iterable[Diagnostic]) -> str:
    return "\n".join(map(_render_command, diagnostics))


def _render_command(diagnostic: Diagnostic) -> str:
    """Render the workflow command that makes GitHub show a problem beside its line.

    Annotations are found by their path in the checked-out repository, wherever the command runs.
    """
    properties = {
        "file": os.path.relpath(diagnostic.path, os.path.realpath(os.environ.get("GITHUB_WORKSPACE") or ".")),
        "line": str(diagnostic.line),
        "col": str(diagnostic.column),
        "endColumn": str(diagnostic.column + diagnostic.width),
        "title": diagnostic.rule,
    }
    shown = ",".join(f"{key}={_escape_property(value)}" for key, value in properties.items())
    texts = [diagnostic.message, *([f"help: {diagnostic.help}"] if diagnostic.help else [])]
    return f"::{diagnostic.severity} {shown}::{'%0A'.join(map(_escape_data, texts))}"


def _escape_data(text: str) -> str:
    """Escape a line of a workflow command's message (as GitHub documents it, and its actions/toolkit does it)."""
    return safe(text).replace("%", "%25")


def _escape_property(text: str) -> str:
    """Escape a property of a workflow command; a path stays that of the file, even with a line break in it."""
    for character in "%\r\n:,":  # the percent sign first: it begins what the others become
        text = text.replace(character, f"%{ord(character):02X}")
    return safe(text)


FORMATS: dict[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": _render_text,
    "json": _render_json,
    "github": _render_github,
}
"""How all problems together are shown, by the format's name; an empty text when there is nothing to show."""

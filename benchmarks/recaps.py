"""Generate recap repositories: the same for the same numbers, and as varied as real ones."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

CYCLES = ("newton", "ocata", "pike", "queens", "rocky", "stein")
PEOPLE = 120
_WORDS = (
    "agent api binding bridge cache client database driver extension flow gateway host image interface job key "
    "list migration model network object plugin policy port quota release review router rule scheduler schema "
    "server service session state subnet test token topic upgrade version volume worker"
).split()
_VERBS = (
    "adopt clarify convert document drop enable finish fix move port propose remove report review split write".split()
)
_STATUSES = ("todo", "todo", "todo", "in progress", "blocked", "done", "postponed", "dropped")


def write_repository(
    folder: Path, recaps: int, actions: int, *, targets: bool = True, tag: str = "benchmark", total: int | None = None
) -> Path:
    """Write `sessions/` with a number of recaps of so many actions each, and return it.

    Where they are to have more actions in all, `total`, the first ones have one more each.

    A recap is about 70 lines: a tl;dr, three topics with notes of several lines, links, and the actions, of which
    each has owners of `PEOPLE` people; with `targets` most are tracked, by numbers of bugs that are made up.
    """
    sessions = folder / "sessions"
    sessions.mkdir(parents=True)
    (sessions / "tracker.yaml").write_text(f"tag: {tag}\nproject: neutron\nservice: sandbox\n")
    people = [f"  person{n}: {{name: Person Number{n}, launchpad: person{n}, irc: nick{n}}}\n" for n in range(PEOPLE)]
    (sessions / "people.yaml").write_text("people:\n" + "".join(people))
    for number in range(recaps):
        cycle = CYCLES[number % len(CYCLES)]
        (sessions / cycle).mkdir(exist_ok=True)
        own = actions + (total is not None and number < total - recaps * actions)
        text = "".join(_recap(Random(number), number, cycle, own, targets=targets))
        (sessions / cycle / f"session-{number:05}.yaml").write_text(text)
    return sessions


def _recap(random: Random, number: int, cycle: str, actions: int, *, targets: bool) -> Iterator[str]:
    yield f"title: {_phrase(random, 5)}\nproject: neutron\ncycle: {cycle}\nevent: Design Summit\n"
    yield f"date: 2016-{1 + number % 12:02}-{1 + number % 28:02}\nauthor: person{random.randrange(PEOPLE)}\n"
    yield f"links:\n  etherpad: https://etherpad.example.org/p/session-{number}\n"
    yield f"tldr: |\n{_paragraph(random, 3)}topics:\n"
    for _ in range(3):
        yield f"  - title: {_phrase(random, 6)}\n    notes: |\n{_paragraph(random, 6, indent=6)}"
        yield f"    blueprints: [{_phrase(random, 3).replace(' ', '-')}]\n    reviews: [{random.randrange(10**6)}]\n"
    yield "actions:\n"
    for index in range(actions):
        owners = ", ".join(f"person{person}" for person in random.sample(range(PEOPLE), random.choice((1, 1, 2))))
        yield f"  - id: action-{index}\n    title: {random.choice(_VERBS)} {_phrase(random, 6)}\n"
        yield f"    owner: [{owners}]\n"
        yield f"    status: {random.choice(_STATUSES)}\n" if targets else ""
        if targets and random.random() < 0.8:
            yield f"    bug: {1_000_000 + number * 100 + index}  # {_phrase(random, 2)}\n"
        elif not targets:
            yield "    bug: new\n"


def _phrase(random: Random, words: int) -> str:
    return " ".join(random.choices(_WORDS, k=words))


def _paragraph(random: Random, lines: int, indent: int = 2) -> str:
    return "".join(f"{' ' * indent}{_phrase(random, 12)}\n" for _ in range(lines))

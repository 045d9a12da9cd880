"""Which recaps git has seen change; asks git, and changes nothing."""

import os
import subprocess
from pathlib import Path

from tracker.errors import ExitCode, TrackerError
from tracker.recap.repository import PEOPLE_FILE, SETTINGS_FILE, is_recap_path

# Git sets them for its hooks, relative to another folder than the one it is asked in.
_OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}


def find_changed(folder: Path, revision: str) -> list[Path] | None:
    """Return the recaps that are not what they were in a commit: staged, unstaged and untracked ones.

    Of a repository within, a submodule say, git tells no more than that it has changed: its whole folder is returned.
    A branch that left `revision` behind is compared with where it left. None stands for every recap: tracker.yaml or
    people.yaml has changed, and what they say can make any of them wrong. Raises TrackerError when git is not there,
    or does not know the folder or the commit.
    """
    folder = folder.resolve()
    start = _find_start(folder, revision)
    # By its new name a file is a new one; one that is gone was named too, for people.yaml may be that.
    flags = ("--name-only", "--relative", "--no-renames", "--no-ext-diff", "--ignore-submodules=none", "-z")
    told = _ask(folder, "diff", *flags, start) + _ask(folder, "ls-files", "--others", "--exclude-standard", "-z")
    paths = [folder / name for name in dict.fromkeys(told.split("\0")) if name]
    if any(path in {folder / SETTINGS_FILE, folder / PEOPLE_FILE} for path in paths):
        return None
    return [path for path in paths if _holds_recaps(path, folder)]


def _holds_recaps(path: Path, folder: Path) -> bool:
    """Tell whether a path is that of a recap, or of a folder in which recaps are looked for."""
    if path.is_dir() and not path.is_symlink():
        return is_recap_path(path / "any.yaml", folder)
    return is_recap_path(path, folder) and os.path.lexists(path)


def _find_start(folder: Path, revision: str) -> str:
    """Return the tree or commit to compare with; a repository without a commit was empty before."""
    _ask(folder, "rev-parse", "--git-dir")
    if revision == "HEAD" and run_git(folder, "rev-parse", "--quiet", "--verify", "HEAD").returncode != 0:
        return _ask(folder, "hash-object", "-t", "tree", os.devnull).strip()
    # With the braces behind it no name is an option.
    commit = run_git(folder, "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}")
    if commit.returncode != 0:
        raise TrackerError(
            f'git knows no commit "{revision}"',
            remedy="name a commit, a branch or a tag; fetch it first where only a part was cloned",
            exit_code=ExitCode.USAGE,
        )
    base = run_git(folder, "merge-base", commit.stdout.strip(), "HEAD")
    if base.returncode != 0:
        raise TrackerError(
            f'"{revision}" and HEAD have no commit in common',
            remedy="fetch the whole history where only a part was cloned: git fetch --unshallow",
            exit_code=ExitCode.USAGE,
        )
    return base.stdout.strip()


def _ask(folder: Path, *words: str) -> str:
    done = run_git(folder, *words)
    if done.returncode != 0:
        raise TrackerError(
            f"git cannot tell what has changed in {folder}",
            details=done.stderr.strip().splitlines()[0] if done.stderr.strip() else None,
            remedy="check without `--changed`, or in a git repository",
            exit_code=ExitCode.USAGE,
        )
    return done.stdout


def run_git(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run git in a folder; raises TrackerError where there is no git."""
    try:
        return subprocess.run(  # noqa: S603 - words of this module, and a name that is no option
            ["git", *words],  # noqa: S607 - the user's git, wherever it is
            cwd=folder,
            env={**{name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}, "LC_ALL": "C"},
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise TrackerError(
            f"git cannot be started: {error.strerror}",
            remedy="install git, or check without `--changed`",
            exit_code=ExitCode.USAGE,
        ) from None

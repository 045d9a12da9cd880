"""What can go wrong, and the exit codes that tell it; imports nothing of the project."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The answers of the `tracker` command to the shell that ran it."""

    OK = 0
    """Done, or nothing to do."""
    PROBLEMS = 1
    """Problems in the input."""
    USAGE = 2
    """The command line was not understood."""
    CHANGES_WAIT = 3
    """`plan --exit-code` found changes, or the plan of a file is not what a sync would do now."""
    CONFLICTS = 4
    """Conflicts were left for a person to settle."""
    LAUNCHPAD = 5
    """Launchpad could not be reached, or newly refused part of the work; or the mail server did."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""

    @classmethod
    def first(cls, codes: "list[ExitCode]") -> "ExitCode":
        """Return the code that a run answers when several apply."""
        order = [cls.PROBLEMS, cls.LAUNCHPAD, cls.CONFLICTS, cls.CHANGES_WAIT]
        return next((code for code in order if code in codes), cls.OK)


class TrackerError(Exception):
    """A failure that ends the command, told in one message.

    `message` says what happened and where, `details` what was found, and `remedy` what to do next.
    """

    def __init__(
        self,
        message: str,
        *,
        details: str | None = None,
        remedy: str | None = None,
        exit_code: ExitCode = ExitCode.PROBLEMS,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.remedy = remedy
        self.exit_code = exit_code

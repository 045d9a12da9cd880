"""Change values in a recap's file, and nothing else in it."""

from collections.abc import Iterable

from tracker.recap.editor import Edit, EditError, apply_edits
from tracker.recap.files import ChangedError, explain_read_error, replace_file
from tracker.recap.reader import read_document
from tracker.recap.repository import RecapFile


class WriteError(Exception):
    """The file could not be changed, and is as it was; `remedy` says what to do, where it is known."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy


class Writer:
    """One recap's file, through the changes of a run."""

    def __init__(self, file: RecapFile) -> None:
        self.path = file.path
        self.document = file.document

    def write(self, edits: Iterable[Edit]) -> None:
        """Change these values, each in the lines where it stands.

        Raises WriteError when the file is not what was read any more, when a value cannot be changed alone, and
        when the disk does not take it.
        """
        try:
            data = self.document.encode(apply_edits(self.document, edits))
            replace_file(self.path, data, expected=self.document.encode(self.document.text))
        except EditError as error:
            raise WriteError(f"{self.document.path}: {error}") from None
        except ChangedError:
            raise WriteError(f"{self.document.path} was changed meanwhile") from None
        except OSError as error:
            reason, _ = explain_read_error(self.path, error)
            remedy = "make room or give the right to write it"
            raise WriteError(f"{self.document.path} cannot be written: {reason}", remedy) from None
        self.document = read_document(data, self.document.path)

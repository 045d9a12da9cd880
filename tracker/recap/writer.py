"""Change values in a recap's file, and nothing else in it."""

from collections.abc import Iterable

from tracker.recap.editor import Edit, EditError, apply_edits
from tracker.recap.files import replace_file
from tracker.recap.reader import read_document
from tracker.recap.repository import RecapFile

_BOM = "\ufeff"


class WriteError(Exception):
    """The file could not be changed, and is as it was."""


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
            data = self._encode(apply_edits(self.document, edits))
            if self.path.read_bytes() != self._encode(self.document.text):
                raise WriteError(f"{self.document.path} was changed meanwhile")
            replace_file(self.path, data)
        except EditError as error:
            raise WriteError(f"{self.document.path}: {error}") from None
        except OSError as error:
            raise WriteError(f"{self.document.path} cannot be written: {error.strerror}") from None
        self.document = read_document(data, self.document.path)

    def _encode(self, text: str) -> bytes:
        return ((_BOM if self.document.bom else "") + text).encode("utf-8")

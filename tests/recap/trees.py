"""What a document holds, as plain values."""

from tracker.recap.document import Mapping, Scalar, Sequence


def plain(node):
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key: plain(entry.value) for key, entry in node.entries.items()}

"""The secrets that this process has come to know, kept out of what it shows and writes down."""

_secrets: set[str] = set()


def conceal(*secrets: str) -> None:
    """Let `redact` take these out of what is shown or written down."""
    # A shorter one would be found in ordinary words; Launchpad's have 20 and 80 letters (source).
    _secrets.update(secret for secret in secrets if len(secret) >= 8)


def redact(text: str) -> str:
    """Return a text without the secrets that this process has come to know."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "(secret)")
    return text

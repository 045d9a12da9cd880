"""`tracker demo`: the whole job on a local Launchpad."""


def demo() -> None:
    """Show."""

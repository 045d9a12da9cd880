"""Where the command begins: `tracker`, and `python -m tracker`."""

import sys


def main() -> None:
    """Run the command; Ctrl-C ends it without a trace, also while the commands are still imported."""
    try:
        from tracker.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

"""`python -m tracker` is `tracker`."""

import sys

try:
    from tracker.cli import main
except KeyboardInterrupt:  # already while the commands are imported
    sys.exit(130)

if __name__ == "__main__":
    main()

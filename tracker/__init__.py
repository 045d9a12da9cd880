"""Keep the actions of session recaps in step with Launchpad."""

__version__ = "0.1.0"

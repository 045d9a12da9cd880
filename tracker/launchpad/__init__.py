"""The only place that knows Launchpad: its words and limits, its links, its web service."""

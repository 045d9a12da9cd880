"""Keeping recaps and Launchpad in step: gather everything, decide in one pure step, act."""

"""Answers to who owes what: rows out of recaps and base; pure."""

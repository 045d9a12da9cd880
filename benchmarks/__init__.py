"""Measurements beside something else in the same run; `python -m benchmarks` writes docs/benchmarks.md."""

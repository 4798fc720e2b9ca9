"""Benchmarks against peers, and how well the demo finds what was planted. Not tests: `python -m bench NAME`."""

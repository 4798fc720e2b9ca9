"""The command line ``koe``: one module for each group of commands, and the one place that makes exit codes."""

from flows.cli.app import app, main

__all__ = ["app", "main"]

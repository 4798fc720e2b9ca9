"""``python -m flows.cli`` is ``koe``."""

from flows.cli import main

main()

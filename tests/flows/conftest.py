"""Prefect keeps its things in a folder of the test run, and asks nothing of the network."""

from __future__ import annotations

import os
import tempfile

# Prefect reads these when it is first imported.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="koe-prefect-")
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] = "90"
os.environ["DO_NOT_TRACK"] = "1"

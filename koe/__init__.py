"""The vocabulary of koe (声, "voice"): domain types, errors and settings, and nothing that works."""

__version__ = "0.1.0"

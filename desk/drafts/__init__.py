"""Drafts: a reply in the customer's language for a person to read, and the guard before anything goes out."""

"""Readers: rows of files become Feedback, or refused rows with position and reason. No database."""

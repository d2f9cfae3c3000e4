"""Limits per visitor, without I/O: `now` and randomness are arguments."""

"""Holds the log's sum of tokens against an invoice that is counted apart from it."""

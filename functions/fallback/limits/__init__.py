"""Limits that refusals have taught, kept before the next refusal."""

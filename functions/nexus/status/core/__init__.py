"""What the status page remembers of past states. Pure."""

"""Who waits while no model answers, and in which order they are let in."""

"""Plays the faults of a public benchmark against Nexus and its peers."""

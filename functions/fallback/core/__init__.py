"""The decisions of Nexus, without I/O: standard library only, and `now` is always an argument."""

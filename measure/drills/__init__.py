"""Load and faults that take longer than tests may: `make drills`, `make soak`."""

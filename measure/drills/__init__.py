"""Load and faults on this machine, longer than tests may take: `make drills`, `make soak`."""

"""A fleet of Nexus instances in simulated time, on the real decisions of `fallback.core`."""

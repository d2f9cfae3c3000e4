"""The package's API for Python programs. `fallback` itself offers its names."""

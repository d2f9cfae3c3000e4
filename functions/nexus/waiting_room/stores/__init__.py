"""Where the line is kept."""

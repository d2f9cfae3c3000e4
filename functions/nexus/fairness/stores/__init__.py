"""What fills in the ports: one file for each outside thing."""

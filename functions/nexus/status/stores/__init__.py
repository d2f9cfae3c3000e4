"""The stores that keep the status object: a file and Cloud Storage."""

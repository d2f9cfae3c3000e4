"""What several test suites share: serving a function, time that stands still."""

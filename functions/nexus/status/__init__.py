"""The status object beside the page, written by whoever changes a window."""

"""Breaks off streamed answers at random instants, and looks whether the page makes them whole."""

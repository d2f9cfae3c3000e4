"""Hedges: the next model is asked beside one that keeps a visitor waiting."""

"""A dataset as tables for other programs."""

"""Formats that are more than lines divided by a sign."""

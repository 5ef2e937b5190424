"""Metrics, similarity, projection: numbers in, numbers out."""

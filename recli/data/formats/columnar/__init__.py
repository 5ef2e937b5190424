"""Typed tables: Parquet files, and frames that a program has in memory."""

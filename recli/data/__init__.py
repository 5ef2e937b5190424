"""Where ratings come from: sources, formats, splits, summaries, titles."""

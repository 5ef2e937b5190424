"""Results to tables, JSON, TSV, pictures and pages. Decides nothing about I/O."""

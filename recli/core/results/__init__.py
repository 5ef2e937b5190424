"""What each operation returns: plain values that renderers turn into tables, JSON, pictures and pages."""

"""Lines of text: how they are divided, checked one by one, and read many at once where they are plain."""

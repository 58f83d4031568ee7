"""Charts of progress over time: what to draw, and drawing it, on a terminal and in files."""

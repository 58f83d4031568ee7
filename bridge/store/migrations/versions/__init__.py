"""One file per version, named for its number."""

"""Stories as files, one format per file."""

"""The archive: everything that speaks SQL."""

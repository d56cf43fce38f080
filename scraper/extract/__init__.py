"""What a page says: Snapshot in, Article out. Pure."""

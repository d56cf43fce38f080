"""What a source announces: bytes in, FeedEntries out. Pure."""

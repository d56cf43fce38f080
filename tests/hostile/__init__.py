"""A world of servers that do everything wrong, and what must come of each."""

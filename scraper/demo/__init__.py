"""A small news world of our own, served on loopback and archived: `scraper demo`."""

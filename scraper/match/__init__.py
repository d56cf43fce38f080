"""Which articles are copies: Articles in, Relations and Stories out. Pure."""

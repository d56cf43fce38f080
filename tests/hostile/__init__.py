"""A hostile world on loopback, and what the program makes of it."""

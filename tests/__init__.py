"""The tests, a package so that they may import what they share."""

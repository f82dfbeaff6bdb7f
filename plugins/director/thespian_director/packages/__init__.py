"""Signed packages of code: their format, the keys, how they are made and how they are read."""

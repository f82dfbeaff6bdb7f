"""The director's own commands, one in a file; each imports little before it is used, for quick completion."""

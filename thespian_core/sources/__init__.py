"""Loadable sources: their hash, what a zip file may hold, and imports from one under its hash."""

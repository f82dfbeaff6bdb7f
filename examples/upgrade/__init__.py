"""Replaces a running application by its next version, under load, and goes back: see ``main``."""

"""Import paths that existing programs use; new ones import from ``thespian.actors``."""

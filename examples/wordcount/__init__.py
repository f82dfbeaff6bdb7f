"""Counts the words and identifiers of a folder with actors: ``python -m examples.wordcount --help``."""

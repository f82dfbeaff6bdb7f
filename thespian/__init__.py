"""Thespian: write actors once, run them on any system base."""

"""Thespian: write actors once, run them on any system base."""

from thespian_core.installation import refuse_foreign_files

refuse_foreign_files(__path__[0])

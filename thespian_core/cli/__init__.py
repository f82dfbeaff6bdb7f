"""The ``thespian`` command."""

from __future__ import annotations

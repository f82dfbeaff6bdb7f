"""How plugins are found, checked and looked up by name."""

from __future__ import annotations

"""Helpers under the path that existing programs import."""

from thespian_core.internallog import thesplog
from thespian_core.utilities import fmap

__all__ = ["fmap", "thesplog"]

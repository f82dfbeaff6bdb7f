"""``import_module`` under the path that existing programs import."""

from thespian_core.sources.importing import import_module

__all__ = ["import_module"]

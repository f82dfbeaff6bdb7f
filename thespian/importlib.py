"""``importlib`` for code of loaded sources: imports by name look into the code's own source first."""

from importlib import abc, invalidate_caches, machinery, reload, util

from thespian_core.sources.importing import import_module

__all__ = ["abc", "import_module", "invalidate_caches", "machinery", "reload", "util"]

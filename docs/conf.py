"""How Sphinx builds the documentation: ``make docs``."""

from __future__ import annotations

import doctest
import sys
from importlib import metadata
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS / "_ext"), str(DOCS.parent)]  # the extension; and tools/, which is not installed

project = "Thespian"
author = "The Thespian maintainers"
project_copyright = "the Thespian maintainers"
release = version = metadata.version("thespian-core")

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.doctest", "from_the_code"]
exclude_patterns = ["_build", "_generated", "examples/**"]
highlight_language = "default"  # Python where it can be, and no complaint where it is not
nitpicky = True

# The standard library, which no page here explains; and short names for types, as annotations use them.
nitpick_ignore_regex = [("py:class", r"(collections\.abc|datetime|types|pathlib|os)\.\w+")]
nitpick_ignore = [("py:class", name) for name in ("Iterable", "LogDefs", "Logger", "Mapping")]
# The engine's own parts, which the page about it speaks of and no page documents.
nitpick_ignore += [("py:meth", name) for name in ("Exchange.rest", "attend")]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = ["Called in", "If it raises"]

# For `sphinx -b doctest`, by hand; the tests run the same examples through tests/docs.
doctest_default_flags = doctest.ELLIPSIS
doctest_global_setup = """
import pathlib, tempfile
from tests.docs.example_plugins import installed
_folder = tempfile.TemporaryDirectory()
_examples = installed(pathlib.Path(_folder.name))
_examples.__enter__()
"""
doctest_global_cleanup = """
_examples.__exit__(None, None, None)
_folder.cleanup()
"""

html_theme = "alabaster"
html_title = f"Thespian {release}"
html_static_path = ["_static"]
html_css_files = ["house.css"]
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html", "relations.html"]}
html_theme_options = {
    "description": "Write actors once, run them on any system base.",
    "fixed_sidebar": True,
    "page_width": "1080px",
    "body_max_width": "820px",
    "sidebar_width": "230px",
    "font_family": "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
    "head_font_family": "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
    "code_font_family": "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    "font_size": "16px",
    "code_font_size": "0.86em",
    "link": "#1f5f8b",
    "link_hover": "#b3541e",
    "show_relbars": True,
}

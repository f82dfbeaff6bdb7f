"""What the documentation takes from the code itself, so that it cannot be out of date.

Directives:

``layers-picture``   the layers and the imports between them, as ``tools/layers.py`` draws them
``layers-table``     the same layers as a table
``system-bases``     every installed system base, and what each one does not promise
``contract-tests``   the tests that a contract class brings
``thespian-output``  what a ``thespian`` command prints
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from docutils import nodes  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import thespian_core.testing
from thespian_core.cli.main import thespian as thespian_command
from thespian_core.hooks.records import SystemBaseSpec, open_spec
from thespian_core.hooks.registry import default_registry
from tools import house_layers, layers

ROOT = Path(__file__).resolve().parents[2]


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> nodes.table:
    """Build a table; a text that begins with a backquote is shown as code."""
    lines = [list(headings), *map(list, rows)]
    # A wide column gets more room, but no more than five times that of a narrow one.
    widths = [min(max(map(len, column)), 60) + 12 for column in zip(*lines, strict=True)]
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in widths), cols=len(widths))
    group += nodes.thead("", _row(lines[0]))
    group += nodes.tbody("", *map(_row, lines[1:]))
    return nodes.table("", group, classes=["colwidths-given"])


def _row(cells: Iterable[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", _paragraph(cell)) for cell in cells))


def _paragraph(cell: str) -> nodes.paragraph:
    if cell.startswith("`"):
        return nodes.paragraph("", "", nodes.literal(text=cell[1:]))
    return nodes.paragraph(text=cell)


def sentence(test: str) -> str:
    """Return a test's name as the sentence it is."""
    return test.removeprefix("test_").replace("_", " ")


class FromTheCode(SphinxDirective):
    """What all have in common: their page is read anew at each build, since the code may have changed."""

    def run(self) -> list[nodes.Node]:
        """Return what stands in the place of the directive."""
        self.env.note_reread()
        return self.found()

    def found(self) -> list[nodes.Node]:
        """Ask the code."""
        raise NotImplementedError


class LayersPicture(FromTheCode):
    """Draws the layers."""

    def found(self) -> list[nodes.Node]:
        """Return the picture, for HTML."""
        return [nodes.raw("", f'<div class="picture">{layers.svg(ROOT)}</div>', format="html")]


class LayersTable(FromTheCode):
    """Lists the layers."""

    def found(self) -> list[nodes.Node]:
        """Return one row for each layer that has a module."""
        known = layers.modules(ROOT)
        used = {layer.name for module in known if (layer := layers.layer_of(module, known))}
        rows = [
            (f"`{layer.name}", layer.summary, ", ".join(n for n in layer.may_import if n in used) or "none")
            for layer in house_layers.LAYERS
            if layer.name in used
        ]
        return [table(("layer", "what it is", "layers it may import"), rows)]


class SystemBases(FromTheCode):
    """Describes the installed system bases from their records."""

    def found(self) -> list[nodes.Node]:
        """Return a table of the records, and what each base does not promise."""
        registry = default_registry()
        specs = registry.find_all(SystemBaseSpec)
        rows = []
        for spec in specs:
            origin = registry.origin_of(spec)
            rows.append(
                (
                    f"`{spec.name}",
                    spec.summary,
                    (origin.distribution if origin else None) or "",
                    spec.transport or "none",
                    "yes" if spec.outlives_starter else "no",
                    "yes" if spec.joins_conventions else "no",
                )
            )
        heads = ("name", "what it is", "comes with", "transport", "outlives its starter", "joins conventions")
        found: list[nodes.Node] = [table(heads, rows)]
        for spec in specs:
            found += self._not_promised(spec)
        return found

    def _not_promised(self, spec: SystemBaseSpec) -> list[nodes.Node]:
        left_out = open_spec(spec).not_promised
        if not left_out:
            text = " promises everything that the contract of a system base tests."
            return [nodes.paragraph("", "", nodes.literal(text=spec.name), nodes.Text(text))]
        text = " promises what the contract of a system base tests, but for:"
        items = [
            nodes.list_item(
                "",
                nodes.paragraph(text=f"{reason}. So this does not hold: {'; '.join(map(sentence, tests))}."),
            )
            for reason, tests in left_out.items()
        ]
        return [
            nodes.paragraph("", "", nodes.literal(text=spec.name), nodes.Text(text)),
            nodes.bullet_list("", *items),
        ]


class ContractTests(FromTheCode):
    """Lists what a contract class demands."""

    required_arguments = 1

    def found(self) -> list[nodes.Node]:
        """Return the names of the tests, as sentences."""
        module, _, name = self.arguments[0].rpartition(".")
        contract = getattr(importlib.import_module(module or "thespian_core.testing"), name)
        shared = set(dir(thespian_core.testing.Contract))
        tests = [name for name, _ in inspect.getmembers(contract) if name.startswith("test_")]
        items = [
            nodes.list_item("", nodes.paragraph(text=sentence(name))) for name in tests if name not in shared
        ]
        return [nodes.bullet_list("", *items)]


class ThespianOutput(FromTheCode):
    """Shows what a command prints."""

    required_arguments = 1
    final_argument_whitespace = True

    def found(self) -> list[nodes.Node]:
        """Carry the command out now."""
        result = CliRunner().invoke(thespian_command, self.arguments[0].split(), prog_name="thespian")
        if result.exit_code != 0:
            raise self.error(f"thespian {self.arguments[0]} failed: {result.output}")
        text = f"$ thespian {self.arguments[0]}\n{result.output}"
        return [nodes.literal_block(text, text, language="text")]


def find_by_short_name(app: Sphinx, env: Any, node: Any, contnode: Any) -> Any:
    """Resolve the names that annotations use inside this project to where the pages document them.

    Annotations name a class by the file it is in, or by its bare name; the pages document it under
    the path that programs import.
    """
    wanted = str(node.get("reftarget", ""))
    name = wanted.rpartition(".")[2]
    domain = env.get_domain("py")
    found = [known for known in domain.objects if known.rpartition(".")[2] == name and known != wanted]
    if len(found) != 1 or not (wanted == name or wanted.startswith("thespian")):
        return None
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", found[0], node, contnode)


def without_example(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Leave the short example of a hook's docstring out: its page shows a longer one, from a file."""
    if not name.startswith("thespian_core.hooks.specs.thespian_") or "Example:" not in lines:
        return
    start = lines.index("Example:")
    end = next(n for n in range(start + 1, len(lines)) if lines[n] and not lines[n].startswith(" "))
    del lines[start:end]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all of it."""
    app.add_directive("layers-picture", LayersPicture)
    app.add_directive("layers-table", LayersTable)
    app.add_directive("system-bases", SystemBases)
    app.add_directive("contract-tests", ContractTests)
    app.add_directive("thespian-output", ThespianOutput)
    app.connect("missing-reference", find_by_short_name)
    app.connect("autodoc-process-docstring", without_example, priority=100)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}

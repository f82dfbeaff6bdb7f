"""The layers of the house, and whether the imports in the code keep to them.

Every import that a file states counts, wherever it stands: at the top, inside a function, or under
``if TYPE_CHECKING:`` (a type from above is knowledge of what is above). ``import_module("...")`` with a
plain string counts too. The text ``"package.module:Name"`` in a plugin's record does not: looking code up
by name is how an upper layer is reached from below without knowing it.

Draw the picture of the documentation with ``python tools/layers.py --svg FILE``.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

import attrs

from tools.house_layers import IMPURE, LAYERS, PURE, Layer


@attrs.frozen
class Import:
    """One import as a file states it."""

    file: Path
    line: int
    importer: str
    imported: str


def source_roots(root: Path) -> list[Path]:
    """Return the import packages that are ours, as folders."""
    candidates = [root / "thespian", root / "thespian_core", *sorted(root.glob("plugins/*/thespian_*"))]
    return [folder for folder in candidates if folder.is_dir()]


def modules(root: Path) -> dict[str, Path]:
    """Return every module of ours by its dotted name."""
    found = {}
    for package in source_roots(root):
        for file in sorted(package.rglob("*.py")):
            parts = file.relative_to(package.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def layer_of(module: str, known: dict[str, Path]) -> Layer | None:
    """Return the layer that holds ``module``, or None when no layer does."""
    for layer in LAYERS:
        for pattern in layer.holds:
            if pattern.startswith("="):
                held = module == pattern[1:]
            elif pattern.endswith(".*"):
                # A leaf is a single file: a new package must be given its layer by name.
                file = known.get(module)
                is_single_file = file is not None and file.name != "__init__.py"
                held = is_single_file and module.rpartition(".")[0] == pattern[:-2]
            else:
                held = module == pattern or module.startswith(f"{pattern}.")
            if held:
                return layer
    return None


def imports_in(file: Path, importer: str, known: dict[str, Path]) -> Iterator[Import]:
    """Yield every import that ``file`` states, relative ones made absolute."""
    package = importer if file.name == "__init__.py" else importer.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(file, node.lineno, importer, alias.name)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = module or ""
                if level:
                    anchor = package.split(".")[: len(package.split(".")) - (level - 1)]
                    base = ".".join([*anchor, *([module] if module else [])])
                for alias in names:
                    # "from package import name" means the module of that name, if there is one.
                    inner = f"{base}.{alias.name}"
                    yield Import(file, node.lineno, importer, inner if inner in known else base)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]):
                if ast.unparse(func) in {"import_module", "importlib.import_module", "__import__"}:
                    yield Import(file, node.lineno, importer, name)


def all_imports(root: Path) -> list[Import]:
    """Return every import that our packages state."""
    known = modules(root)
    return [found for name, file in known.items() for found in imports_in(file, name, known)]


def violations(root: Path) -> list[str]:
    """Return one sentence for each import, or module, that breaks the order of the layers."""
    known = modules(root)
    ours = {package.name for package in source_roots(root)}
    sentences = []
    for module, file in known.items():
        if layer_of(module, known) is None:
            sentences.append(
                f"{file.relative_to(root)}: {module} is in no layer; "
                f"give it one in LAYERS in tools/house_layers.py"
            )
    for found in all_imports(root):
        where = f"{found.file.relative_to(root)}:{found.line}"
        top = found.imported.partition(".")[0]
        pure = next((p for p in PURE if f"{found.importer}.".startswith(f"{p}.")), None)
        if pure and top in IMPURE:
            sentences.append(
                f"{where}: {found.importer} imports {found.imported}, but {pure} is pure; "
                f"take what it gives (time, a random number, ...) as an argument"
            )
        if top not in ours:
            continue
        above, below = layer_of(found.importer, known), layer_of(found.imported, known)
        if below is None and found.imported not in known:
            sentences.append(f"{where}: {found.importer} imports {found.imported}, which does not exist")
        elif above and below and above != below and below.name not in above.may_import:
            allowed = ", ".join(above.may_import) or "no other layer"
            sentences.append(
                f"{where}: {found.importer} imports {found.imported}, "
                f"but layer {above.name} may import {allowed}, not {below.name}"
            )
    return sentences


def edges(root: Path) -> set[tuple[str, str]]:
    """Return which layer really imports which, as pairs of layer names."""
    known = modules(root)
    pairs = set()
    for found in all_imports(root):
        above, below = layer_of(found.importer, known), layer_of(found.imported, known)
        if found.imported in known and above and below and above != below:
            pairs.add((above.name, below.name))
    return pairs


# Sizes in the picture's own units (pixels at 100 %).
BOX_WIDTH, BOX_HEIGHT, GAP, MARGIN, LANE = 430, 50, 18, 16, 26
COLOURS = ("#b3541e", "#1f6f8b", "#5b7f2b", "#8a3b6e", "#8a6d1d", "#3b57a8", "#9a2f2f", "#2f7d6b", "#555b66")


def svg(root: Path) -> str:
    """Draw the layers from top to bottom, with the imports that the code really has.

    Each layer that is imported has one line of its own at the right: a dot where a layer starts to
    import it, an arrow where it ends.
    """
    known = modules(root)
    used = {layer.name for module in known if (layer := layer_of(module, known))}
    shown = [layer for layer in LAYERS if layer.name in used]
    row = {layer.name: number for number, layer in enumerate(shown)}
    importers: dict[str, list[str]] = {}
    for above, below in sorted(edges(root), key=lambda pair: (row[pair[1]], row[pair[0]])):
        importers.setdefault(below, []).append(above)

    right = MARGIN + BOX_WIDTH
    width = right + LANE * (len(importers) + 1) + MARGIN
    height = MARGIN * 2 + len(shown) * (BOX_HEIGHT + GAP) - GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="Helvetica, Arial, sans-serif" role="img">',
        "<title>The layers, top to bottom, and the imports between them</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for layer in shown:
        y = MARGIN + row[layer.name] * (BOX_HEIGHT + GAP)
        parts += [
            f'<rect x="{MARGIN}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
            f'fill="#f4f6f9" stroke="#8a94a6"/>',
            f'<text x="{MARGIN + 14}" y="{y + 21}" font-size="15" font-weight="bold" fill="#1d2433">'
            f"{escape(layer.name)}</text>",
            f'<text x="{MARGIN + 14}" y="{y + 39}" font-size="12" fill="#4a5468">'
            f"{escape(layer.summary)}</text>",
        ]
    # The nearest lane is that of the topmost layer, so a line crosses as few others as can be.
    for number, (below, names) in enumerate(importers.items()):
        colour = COLOURS[number % len(COLOURS)]
        x = right + LANE * (number + 1)
        port = BOX_HEIGHT * (number + 1) / (len(importers) + 1)  # each line leaves a box at its own height
        target = MARGIN + row[below] * (BOX_HEIGHT + GAP) + port
        starts = [MARGIN + row[name] * (BOX_HEIGHT + GAP) + port for name in names]
        ends = [*starts, target]
        parts.append(
            f'<path d="M{x} {min(ends):.1f} V{max(ends):.1f}" stroke="{colour}" stroke-width="1.6"/>'
        )
        for start in starts:
            parts.append(f'<path d="M{right} {start:.1f} H{x}" stroke="{colour}" stroke-width="1.6"/>')
            parts.append(f'<circle cx="{right}" cy="{start:.1f}" r="2.6" fill="{colour}"/>')
        parts.append(f'<path d="M{x} {target:.1f} H{right + 8}" stroke="{colour}" stroke-width="1.6"/>')
        parts.append(
            f'<path d="M{right} {target:.1f} l10 -4.5 v9 z" fill="{colour}"/>',
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> int:
    """Print the violations; with ``--svg FILE`` draw the picture too."""
    parser = argparse.ArgumentParser(description="Check the layers of the house, or draw them.")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="write the picture to FILE")
    chosen = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    if chosen.svg:
        chosen.svg.parent.mkdir(parents=True, exist_ok=True)
        chosen.svg.write_text(svg(root), encoding="utf-8")
    found = violations(root)
    print("\n".join(found) or "Every import goes down.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

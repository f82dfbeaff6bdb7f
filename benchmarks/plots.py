"""The plots of the curves, as SVG files: light, and with a logarithmic x axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import Finding, Summary, summaries

# Which figures share a plot: its file, the text below it, and the figures.
PLOTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "pipelined": ("messages sent in a row by one actor to another", ("pipelined",)),
    "create": ("actors created, each until it has answered", ("created by a program", "created by an actor")),
    "memory": ("idle actors", ("memory per idle actor",)),
    "gone": ("actors of the system", ("all gone after shutdown",)),
}
STYLES = ("-", "--")


def draw(findings: Sequence[Finding], folder: Path) -> list[Path]:
    """Draw all curves of which there are two points or more, and return the files."""
    found = summaries(findings)
    drawn = []
    for plot_name, (below, figures) in PLOTS.items():
        lines = {}
        for figure, style in zip(figures, STYLES, strict=False):
            for system in dict.fromkeys(one.system for one in findings if one.name == figure):
                points = _points(found, figure, system)
                label = system if len(figures) == 1 else f"{system}, {figure}"
                if len(points) > 1:
                    lines[label] = (points, style, system)
        if lines:
            unit = next(one.unit for one in findings if one.name in figures)
            drawn.append(_draw(folder / f"{plot_name}.svg", below, unit, lines))
    return drawn


def _points(
    found: Mapping[tuple[str, int | None], Mapping[str, Summary]], figure: str, system: str
) -> list[tuple[int, Summary]]:
    return sorted(
        (
            (x, by_system[system])
            for (name, x), by_system in found.items()
            if name == figure and x is not None and system in by_system and by_system[system].median
        ),
        key=lambda point: point[0],
    )


def _draw(file: Path, below: str, unit: str, lines: Mapping[str, Any]) -> Path:
    from matplotlib.figure import Figure  # takes half a second, and not every run draws
    from matplotlib.ticker import FuncFormatter, NullLocator

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    colours: dict[str, str] = {}
    values = [summary.median for points, _, _ in lines.values() for _, summary in points]
    for label, (points, style, system) in lines.items():
        colour = colours.setdefault(system, f"C{len(colours)}")
        places = [x for x, _ in points]
        lowest, highest = [[getattr(s, end) for _, s in points] for end in ("lowest", "highest")]
        axes.plot(places, [s.median for _, s in points], style, color=colour, marker="o", ms=4, label=label)
        axes.fill_between(places, lowest, highest, color=colour, alpha=0.15, linewidth=0)
    axes.set_xscale("log")
    if max(values) > 30 * min(values):
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_xticks(sorted({x for points, _, _ in lines.values() for x, _ in points}))
    axes.xaxis.set_minor_locator(NullLocator())
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel(below)
    axes.set_ylabel(unit)
    axes.grid(color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(file)
    return file

"""Takes the terminal pictures of the page for operators, from what the commands really print.

``make pictures`` runs this. It starts systems of its own, runs ``thespian`` on a terminal that nobody sees,
and draws what came there into ``docs/_static/terminal/``. Given a folder, it draws into that.
"""

from __future__ import annotations

import html
import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
PICTURES = HERE.parent / "_static" / "terminal"
CHARACTER_WIDTH = 12.2  # in a picture, as rich draws it
COLUMNS = 130  # what is longer is continued below, as on any terminal


def on_a_terminal(words: tuple[str, ...]) -> str:
    """Run ``thespian`` on a terminal of its own; return what comes there, colours included."""
    screen, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "thespian_core.cli", *words],
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(screen, 65536):
                shown += piece
        except OSError:  # how a terminal says that nobody writes to it any more
            pass
    os.close(screen)
    return shown.decode().replace("\r\n", "\n")


def draw(name: str, words: tuple[str, ...], shown: str) -> str:
    """Return a picture of a terminal, as SVG that loads nothing from anywhere."""
    from rich.console import Console
    from rich.terminal_theme import SVG_EXPORT_THEME
    from rich.text import Text

    text = Text.from_ansi(f"\x1b[32m$\x1b[0m \x1b[1mthespian {' '.join(words)}\x1b[0m\n{shown.rstrip()}")
    width = min(COLUMNS, max(len(line) for line in text.plain.splitlines()))
    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(text, highlight=False)
    svg = console.export_svg(title="", theme=SVG_EXPORT_THEME, unique_id=f"thespian-{name}")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def lines_of(svg: str) -> list[str]:
    """Return the lines of text in a picture."""
    lines: dict[float, str] = {}
    for attributes, text in re.findall(r"<text ([^>]*)>(.*?)</text>", svg, re.DOTALL):
        x, y = (float(re.search(rf'\b{axis}="([\d.]+)"', attributes)[1]) for axis in "xy")  # type: ignore[index]
        before = lines.get(y, "").ljust(round(x / CHARACTER_WIDTH))
        lines[y] = before + html.unescape(text).replace("\xa0", " ")
    return [lines[y].rstrip() for y in sorted(lines)]


def kind_of(svg: str) -> Counter[str]:
    """Return a picture's words without what differs each time: numbers, ids, and which plugins there are."""
    text = " ".join(lines_of(svg))
    text = re.sub(r"plugins: ([\w-]+ [\d.]+(, +| ))+", "plugins: ", text)
    text = re.sub(r"~[0-9a-f]+", "~ID", text)
    text = re.sub(r"\d+(\.\d+)?", "#", text)
    return Counter(re.sub(r"# (KiB|MiB|GiB)", "SIZE", text).split())


def take_all(folder: Path) -> None:
    """Draw all pictures into a folder."""
    sys.path.insert(0, str(HERE))
    from scenes import play

    folder.mkdir(parents=True, exist_ok=True)

    def take(name: str, *words: str) -> None:
        picture = draw(name, words, on_a_terminal(words))
        (folder / f"{name}.svg").write_text(picture, "utf-8")
        print(f"{folder / name}.svg", flush=True)

    play(take)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as state:
        os.environ |= {"XDG_STATE_HOME": state, "THESPLOG_FILE": str(Path(state, "internal.log"))}
        take_all(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)

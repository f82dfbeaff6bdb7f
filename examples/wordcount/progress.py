"""Shows how far the work is: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from examples.wordcount.messages import Progress

LINE_EVERY_PERCENT = 20


class ProgressDisplay:
    """Writes to stderr, so that stdout holds the result and nothing else."""

    def __init__(self) -> None:
        console = Console(file=sys.stderr, force_terminal=sys.stderr.isatty())
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self._bar = Bar(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("looking for files", total=None)
        self._next_percent = LINE_EVERY_PERCENT
        self._doing = "counting"

    def __enter__(self) -> ProgressDisplay:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def begin_again(self, doing: str) -> None:
        """Begin at nothing, for another run; ``doing`` says what it does."""
        self._doing = doing
        self._next_percent = LINE_EVERY_PERCENT
        self._bar.reset(self._task, description="looking for files", total=None)
        if self._bar.disable:
            print(doing, file=sys.stderr)

    def show(self, progress: Progress) -> None:
        """Draw how far it is."""
        if progress.is_searching:
            self._bar.update(self._task, completed=progress.of_files)
            return
        done, total = progress.files, progress.of_files
        self._bar.update(self._task, description=self._doing, completed=done, total=total)
        percent = 100 * progress.size_bytes // max(1, progress.of_size_bytes)
        if self._bar.disable and percent >= self._next_percent:
            print(f"{percent:3} %  {done:,} of {total:,} files", file=sys.stderr)
            self._next_percent = percent - percent % LINE_EVERY_PERCENT + LINE_EVERY_PERCENT

"""Runs the examples as a user does: each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60.0


def run_program(*arguments: str | os.PathLike[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run ``python *arguments`` in the project's folder, with these environment variables on top."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
    )


def wordcount(*arguments: str | os.PathLike[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the word count."""
    return run_program("-m", "examples.wordcount", *arguments, **variables)

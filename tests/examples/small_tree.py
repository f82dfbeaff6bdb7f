"""The files of the small tree, and what a plain loop counts in them."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

FILES = {
    "empty.txt": b"",
    "names.py": b"def snake_case(x2, _y=0x1F):\n    return self.don't  # 2nd\n",
    "deep/er/letters.md": "Straße naïve Ελληνικά 日本語 x² ½ a1b_c É e\u0301\n".encode(),
    "deep/SHOUT.PY": b"\xef\xbb\xbfIF = 'bom'",
    "folder.txt/inside.txt": b"inside inside\r\n",
    "latin.txt": b"caf\xe9",
    "half.py": b"cut = '\xe2\x82",
    "picture.png": b"not text",
    "site-packages/other.py": b"other = 1",
}
NOT_UTF_8 = {"latin.txt": "not UTF-8 at byte 3", "half.py": "not UTF-8 at byte 7"}
SKIPPED = {
    **NOT_UTF_8,
    "nowhere.txt": "No such file or directory",
    "itself.txt": "Too many levels of symbolic links",
    "nobody writes.txt": "not a regular file",
}
LEFT_OUT = {"picture.png", "site-packages/other.py"}
COUNTED = {
    name: content.decode()
    for name, content in FILES.items()
    if name not in NOT_UTF_8 and name not in LEFT_OUT
}


def words_of(text: str) -> list[str]:
    """Return the runs of letters, found letter by letter."""
    return ["".join(run) for is_letter, run in groupby(text, str.isalpha) if is_letter]


def identifiers_of(text: str) -> list[str]:
    """Return the runs of letters, digits and underscores that are names, found letter by letter."""
    runs = ["".join(run) for inside, run in groupby(text, lambda c: c.isalnum() or c == "_") if inside]
    return [run for run in runs if run.isidentifier()]


WORDS = Counter(word for text in COUNTED.values() for word in words_of(text))
IDENTIFIERS = Counter(
    name for file, text in COUNTED.items() if file.lower().endswith(".py") for name in identifiers_of(text)
)

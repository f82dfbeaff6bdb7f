"""How much a loaded source may hold: our choices, far above what code needs."""

from __future__ import annotations

MAX_SOURCE_BYTES = 64 << 20  # what is loaded; every actor of it holds that much
MAX_DIRECTORY_BYTES = 4 << 20  # its table of contents, which is read before anything else is known
MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 64 << 20  # unpacked
MAX_UNPACKED_BYTES = 256 << 20  # all members
MAX_RATIO = 200  # of unpacked to packed: text reaches 20, and what deflate can do is 1,032
RATIO_MATTERS_FROM_BYTES = 1 << 20  # a smaller member may be all blanks
MAX_NAME_CHARACTERS = 500
MAX_FOLDERS_DEEP = 50

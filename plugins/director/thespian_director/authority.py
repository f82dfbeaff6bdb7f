"""The source authority ``director``: it accepts what a key in the director's folder has signed."""

from __future__ import annotations

import logging
from typing import Any

from thespian_core.texts import told
from thespian_director.errors import DirectorError
from thespian_director.folder import DirectorFolder
from thespian_director.packages.reading import verify_with
from thespian_director.packages.sealing import BadPackage

_log = logging.getLogger("thespian")


def validate(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Return the zip file of a signed package, or None; keys are in the folder of THESPIAN_DIRECTOR_DIR."""
    return validated(DirectorFolder(), source_hash, data, info)


def validated(folder: DirectorFolder, source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Return the zip file of a package that a key of this folder has signed, or None.

    Why one is rejected is logged, and so is which key has verified one.
    """
    try:
        verified = verify_with(folder, data)
    except (BadPackage, DirectorError) as why:
        _log.warning("the source %s (%s) is rejected: %s", source_hash, told(info), why)
        return None
    _log.info("the source %s (%s) is verified with the key %s", source_hash, told(info), verified.key_file)
    return verified.zip

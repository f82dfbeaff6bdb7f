"""Removing old packages of a group, when its TLI file says how many are kept."""

from __future__ import annotations

import os

from thespian_director.errors import DirectorError
from thespian_director.groupfiles import GroupLoadableFiles


def remove_old(group: GroupLoadableFiles, keep_limit: int | None, newly: str | None = None) -> list[str]:
    """Remove the oldest packages of a group, so that no more are left than its limit.

    Args:
        group: the group.
        keep_limit: how many stay; None for all.
        newly: a package that stays whatever its version, since it was just made or loaded.

    Returns:
        The packages that were removed.

    Raises:
        DirectorError: one cannot be removed; older ones may have been.
    """
    if keep_limit is None:
        return []
    packages = group.tls_filenames()
    newest_first = sorted(packages, key=lambda file: newly is None or not _is_same(file, newly))
    removed = []
    for file in reversed(newest_first[keep_limit:]):
        try:
            os.unlink(file)
        except FileNotFoundError:
            continue
        except OSError as why:
            raise DirectorError(
                f"the old package {file} cannot be removed: {why.strerror}",
                f"remove it, or raise TLS_Keep_Limit in {group.tli_filename()}",
            ) from None
        removed.append(file)
    return removed


def _is_same(one: str, other: str) -> bool:
    return os.path.abspath(one) == os.path.abspath(other)

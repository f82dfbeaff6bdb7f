"""Unpickles what admin and launcher are told: classes of this project and plain values, and no others."""

from __future__ import annotations

import io
import pickle
from typing import Any

from thespian_multiproc.transport.interface import Buffer

_OURS = ("thespian_core.", "thespian_multiproc.", "thespian.")  # the last: where public classes say they are
_PLAIN = {
    *(("builtins", name) for name in ("set", "frozenset", "bytearray", "complex", "range", "slice")),
    *(("datetime", name) for name in ("timedelta", "datetime", "date", "time", "timezone")),
    ("thespian_multiproc.runtime.opaque", "reopen"),
}


class _Closed(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.startswith(_OURS) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__.startswith(_OURS):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not for this process")


def loads_closed(data: Buffer) -> Any:
    """Return what was pickled.

    Raises:
        pickle.UnpicklingError: it holds something else; nothing of that was imported.
        Exception: it is no pickle.
    """
    return _Closed(io.BytesIO(data)).load()

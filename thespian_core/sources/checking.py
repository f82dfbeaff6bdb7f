"""What a system asks about sources before it has any; importing this costs next to nothing."""

from __future__ import annotations


def problem_with(data: bytes) -> str | None:
    """Return why bytes are no usable source, in one sentence, or None."""
    from thespian_core.sources import archive  # and with it zipfile, which most systems do without

    return archive.problem_with(data)


def checked_authority(name: object) -> str | None:
    """Return the name of the source authority that a new system is to start with, or None for none.

    Args:
        name: what the capability ``Source Authority`` says.

    Raises:
        ActorSystemStartupFailure: it is no text.
        PluginError: there is no such authority, or it cannot be loaded.
    """
    if name is None:
        return None
    from thespian_core.sources import authorities

    return authorities.named(name)

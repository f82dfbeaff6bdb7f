"""How modules of loaded sources are named: the name that their code uses, after the source's hash in braces.

>>> qualify("4d41", "app.actors")
'{{4d41}}app.actors'
>>> split("{{4d41}}app.actors")
('4d41', 'app.actors')
>>> split("app.actors")
(None, 'app.actors')
"""

from __future__ import annotations


def qualify(source_hash: str, name: str) -> str:
    """Return what the import system knows a source's module by."""
    return f"{{{{{source_hash}}}}}{name}"


def split(name: str) -> tuple[str | None, str]:
    """Return the hash of the source that a module is from, or None, and the name its code uses."""
    if not name.startswith("{{"):
        return None, name
    source_hash, braces, plain = name[2:].partition("}}")
    return (source_hash, plain) if braces else (None, name)


def foreign_source(why: BaseException) -> str | None:
    """Return what to tell who sent an object of a source that its receiver does not run.

    Args:
        why: what unpickling it raised; None is returned when that was about something else.
    """
    name = why.name if isinstance(why, ModuleNotFoundError) else None
    source_hash, _ = split(name or "")
    if source_hash is None:
        return None
    return (
        f"its class is one of the loaded source {source_hash}, which its receiver does not run\n"
        f"  between sources, and between a source and a program, send only what both know: "
        f"texts, numbers, tuples, lists, dicts, and classes of modules that are installed"
    )

"""Texts about values that may refuse to be shown."""

from __future__ import annotations


def shown(value: object, limit: int = 200) -> str:
    """Return ``repr(value)`` cut to ``limit`` characters, or what stands for it when that raises."""
    try:
        text = repr(value)
    except Exception as why:
        text = f"<{type(value).__name__} whose repr raises {type(why).__name__}>"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def told(value: object) -> str:
    """Return ``str(value)``, or what stands for it when that raises."""
    try:
        return str(value)
    except Exception as why:
        return f"<{type(value).__name__} whose str raises {type(why).__name__}>"


def cut(text: str, limit: int = 64 << 10) -> str:
    """Return a text that goes along with a message, without its middle when it is very long.

    >>> cut("abcdefghij", 4)
    'ab\\n... 6 characters left out ...\\nij'
    """
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n... {len(text) - 2 * half:,} characters left out ...\n{text[-half:]}"


def module_name(name: str) -> str:
    """Return the name by which a program knows a module, or what is in it.

    In the process of an actor, the program's main script has the name that multiprocessing gives it.

    >>> module_name("__mp_main__"), module_name("__mp_main__.Greeter"), module_name("mine")
    ('__main__', '__main__.Greeter', 'mine')
    """
    return name.replace("__mp_main__", "__main__", 1) if name.startswith("__mp_main__") else name


def class_name(actor_class: object) -> str:
    """Return the dotted name of a class, or the text that was given instead of one.

    ``module:Outer.Class``, as a class in a class is named between processes, is shown with dots only.

    >>> class_name("package.module:Outer.Class")
    'package.module.Outer.Class'
    """
    if isinstance(actor_class, type):
        return f"{module_name(str(actor_class.__module__))}.{actor_class.__qualname__}"
    return actor_class.replace(":", ".", 1) if isinstance(actor_class, str) else shown(actor_class)

"""One source's modules: where they are in its archive, how they are loaded, and what lies beside them."""

from __future__ import annotations

import builtins
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import ExecutionLoader
from importlib.machinery import ModuleSpec
from importlib.util import decode_source
from types import ModuleType
from typing import Any

from thespian_core.sourcenames import qualify, split
from thespian_core.sources.archive import Archive, BadArchive

# Never taken from a source: six, since its own finder for moved modules must be one for all; and what a
# second copy of would no longer be what the system looks for.
_NEVER = frozenset({"six", "thespian", "thespian_core", "__main__", *sys.builtin_module_names})


class Source:
    """The code of one source, as its own modules see it.

    Args:
        tag: what its modules' names begin with in braces: its hash.
        archive: its members.
    """

    def __init__(self, tag: str, archive: Archive) -> None:
        self.tag = tag
        self.prefix = qualify(tag, "")
        self.archive = archive
        archive.zip.filename = self.prefix  # what paths in it are shown below
        self._loader = Loader(self)
        self._builtins = {**vars(builtins), "__import__": self._import}

    def qualified(self, name: str) -> str | None:
        """Return what a module is known by that the source calls ``name``; None when it has none."""
        top = name.partition(".")[0]
        return None if top in _NEVER or top not in self.archive.modules else self.prefix + name

    def find_spec(self, fullname: str) -> ModuleSpec | None:
        """Return the spec of a module under its qualified name; None when it is not in the source."""
        name = split(fullname)[1]
        if self.qualified(name) is None or name not in self.archive.modules:
            return None
        is_package = name in self.archive.packages
        spec = ModuleSpec(fullname, self._loader, origin=self.path_of(name), is_package=is_package)
        if is_package:
            spec.submodule_search_locations = [self.prefix + "/" + name.replace(".", "/")]
        # Modules have a __file__: it is no path, but tracebacks and pkgutil need one.
        spec.has_location = self.archive.modules[name] is not None
        return spec

    def path_of(self, name: str) -> str:
        """Return what stands for the file of a module."""
        return f"{self.prefix}/{self.archive.modules[name] or name.replace('.', '/')}"

    def children(self, folder: str) -> Iterator[tuple[str, bool]]:
        """Yield the names of the modules in a folder of the archive, and whether they are packages."""
        above = folder.replace("/", ".") + "." if folder else ""
        for name in sorted(self.archive.modules):
            if name.startswith(above) and "." not in name[len(above) :]:
                yield name[len(above) :], name in self.archive.packages

    def furnish(self, module: ModuleType) -> None:
        """Give a module the builtins of this source, before its code runs: imports in it begin here."""
        module.__dict__["__builtins__"] = self._builtins

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if level == 0:
            name = self.qualified(name) or name
        try:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        except ModuleNotFoundError as why:
            tell_plainly(why)
            raise


def tell_plainly(why: ModuleNotFoundError) -> None:
    """Let an error name a module as the source's code does."""
    source_hash, plain = split(why.name or "")
    if source_hash is not None:
        why.args = why.args and (str(why.args[0]).replace(qualify(source_hash, ""), ""), *why.args[1:])
        why.msg = str(why.args[0]) if why.args else why.msg
        why.name = plain


class Loader(ExecutionLoader):
    """Loads the modules of one source.

    Args:
        source: whose.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code, with imports that look into the source first."""
        self._source.furnish(module)
        super().exec_module(module)

    def get_filename(self, fullname: str) -> str:
        """Return what stands for a module's file.

        Raises:
            ImportError: it is not in the source.
        """
        self._member(fullname)
        return self._source.path_of(split(fullname)[1])

    def get_source(self, fullname: str) -> str:
        """Return a module's text, with the line ends of Python.

        Raises:
            ImportError: it is not in the source, or damaged there.
        """
        member = self._member(fullname)
        if member is None:
            return ""
        try:
            return decode_source(self._source.archive.read(member))
        except BadArchive as why:
            raise ImportError(f"cannot load {split(fullname)[1]}: {why}", name=fullname) from None

    def is_package(self, fullname: str) -> bool:
        """Whether a module is a package.

        Raises:
            ImportError: it is not in the source.
        """
        self._member(fullname)
        return split(fullname)[1] in self._source.archive.packages

    def get_data(self, path: str) -> bytes:
        """Return what is in a file beside a module.

        Args:
            path: it begins as the module's ``__file__`` does.

        Raises:
            OSError: there is no such file, or it is damaged.
        """
        below = self._source.prefix + "/"
        name = path.replace("\\", "/").removeprefix(below)
        try:
            return self._source.archive.read(name)
        except BadArchive as why:
            raise OSError(str(why)) from None

    def get_resource_reader(self, fullname: str) -> Reader | None:
        """Return what ``importlib.resources`` reads a package's data with; None for what is no package."""
        name = split(fullname)[1]
        if name not in self._source.archive.packages:
            return None
        return Reader(self._source.archive, name.replace(".", "/") + "/")

    def _member(self, fullname: str) -> str | None:
        name = split(fullname)[1]
        try:
            return self._source.archive.modules[name]
        except KeyError:
            raise ImportError(f"the source has no module {name}", name=fullname) from None


class Reader:
    """The data of one package, as ``importlib.resources`` asks for it.

    Args:
        archive: where it is.
        folder: the package's, with a slash at its end.
    """

    def __init__(self, archive: Archive, folder: str) -> None:
        self._archive = archive
        self._folder = folder

    def files(self) -> zipfile.Path:
        """Return the package's folder."""
        return zipfile.Path(self._archive.zip, self._folder)

    def open_resource(self, resource: str) -> Any:
        """Open a file of the package.

        Raises:
            FileNotFoundError: there is none of that name.
        """
        return self.files().joinpath(resource).open("rb")

    def resource_path(self, resource: str) -> str:
        """Nothing here is a file of the system's.

        Raises:
            FileNotFoundError: always; ``importlib.resources`` then makes a temporary file.
        """
        raise FileNotFoundError(resource)

    def is_resource(self, path: str) -> bool:
        """Whether the package has a file of that name."""
        return self.files().joinpath(path).is_file()

    def contents(self) -> Iterator[str]:
        """Yield the names of what is in the package's folder."""
        return (item.name for item in self.files().iterdir())

"""Whether this installation is whole: no other distribution may put files into ``thespian/``."""

from __future__ import annotations

import os

# A folder that the unrelated distribution "thespian" brings, and this one never has.
FOREIGN_FOLDER = os.path.join("system", "transport")


def refuse_foreign_files(package_folder: str) -> None:
    """Raise when another distribution has put files into the package ``thespian``.

    Args:
        package_folder: the folder of the package ``thespian``.

    Raises:
        ImportError: it has, so some modules would be this project's and some the other's.
    """
    if os.path.isdir(os.path.join(package_folder, FOREIGN_FOLDER)):
        raise ImportError(
            f"another distribution has put its files into {package_folder}, the package of thespian-core\n"
            f"  mend it:  pip uninstall thespian;  pip install --force-reinstall thespian-core"
        )

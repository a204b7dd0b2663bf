"""Where the program is."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

from ._errors import BinaryNotFound

_NAME = "revgraph" + (sysconfig.get_config_var("EXE") or "")


def find_binary() -> Path:
    """The path of the ``revgraph`` program that was installed with this module.

    ``REVGRAPH_BINARY`` goes before it. ``PATH`` is not searched: a program found there may be of another version.

    Raises :class:`BinaryNotFound`.
    """
    named = os.environ.get("REVGRAPH_BINARY")
    candidates = [Path(named)] if named else _candidates()
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise BinaryNotFound([str(candidate) for candidate in candidates])


def _candidates() -> list[Path]:
    """Where installers put programs: of the environment, of a ``--user``, ``--target`` or ``--prefix`` installation."""
    package = Path(__file__).resolve().parent
    folders = [
        Path(sysconfig.get_path("scripts")),
        Path(sysconfig.get_path("scripts", vars={"base": sys.base_prefix})),
        Path(sysconfig.get_path("scripts", scheme=_user_scheme())),
        package.parent / "bin",
    ]
    # PREFIX/lib/python3.X/site-packages/revgraph
    folders += [parent / "bin" for parent in package.parents[3:4]]
    return [folder / _NAME for folder in dict.fromkeys(folders)]


def _user_scheme() -> str:
    if os.name == "nt":
        return "nt_user"
    if sys.platform == "darwin" and sysconfig.get_config_var("PYTHONFRAMEWORK"):
        return "osx_framework_user"
    return "posix_user"

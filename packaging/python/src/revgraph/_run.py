"""Runs the program and reads its JSON."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Optional, Protocol, Union, runtime_checkable

from ._binary import find_binary
from ._errors import RevgraphError

logger = logging.getLogger("revgraph")


@runtime_checkable
class _SQLAlchemyURL(Protocol):
    """``sqlalchemy.engine.URL``, whose ``str()`` hides the password."""

    def render_as_string(self, hide_password: bool = ...) -> str: ...


DatabaseURL = Union[str, _SQLAlchemyURL]
"""A database's URL: any text that the command takes, or SQLAlchemy's ``URL``."""

Folder = Union[str, "os.PathLike[str]"]
"""The path of a folder or file."""


def run(
    *arguments: str,
    url: Optional[DatabaseURL] = None,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Any:
    """Runs ``revgraph ARGUMENTS --json`` and returns its JSON document, parsed; ``None`` where it prints none.

    * ``url``: the database; without it the configuration's. A relative path of SQLite is relative to the current
      folder. It is not handed over on the command line, where other users of the machine could read it.
    * ``directory``: the project's folder: ``alembic.toml`` is looked for there and in the folders above, else its
      folder ``versions`` has the scripts. Without it the current folder's.
    * ``environment``: the ``[env.NAME]`` of ``alembic.toml`` to lay over it.

    A check that answers no (exit status 3 or 4 with a document) is a result, not an error. Messages of the command go
    to the logger ``revgraph``. An exception that arrives meanwhile, such as ``KeyboardInterrupt``, interrupts the
    command, which rolls back what is open, and is then raised again.

    Raises :class:`RevgraphError`.
    """
    command = [os.fspath(find_binary()), "--json", "--color", "never"]
    variables = dict(os.environ)
    if environment is not None:
        command += ["--name", environment]
    if url is not None:
        variables["REVGRAPH_URL"] = _text(url)
    if directory is not None:
        command += _project(Path(directory), variables)
    status, output, messages = _communicate([*command, *arguments], variables)
    return _document(status, output, messages)


def _text(url: DatabaseURL) -> str:
    if isinstance(url, _SQLAlchemyURL):
        return url.render_as_string(hide_password=False)
    return str(url)


def _project(directory: Path, variables: dict[str, str]) -> list[str]:
    """The arguments that have the command use a project's folder, without changing the current one."""
    directory = directory.resolve()
    for folder in (directory, *directory.parents):
        if (folder / "alembic.toml").is_file():
            return ["--config", os.fspath(folder / "alembic.toml")]
    # The defaults, relative to the project.
    variables.setdefault("REVGRAPH_VERSION_LOCATIONS", json.dumps([os.fspath(directory / "versions")]))
    variables.setdefault("REVGRAPH_BACKUP_LOCATION", os.fspath(directory / "versions" / "backup"))
    return []


def _communicate(command: list[str], variables: dict[str, str]) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    process = subprocess.Popen(
        command,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C reaches every process of a terminal's group, and a second signal ends the command at once: so that it
        # gets just the one sent below, it has a session of its own.
        start_new_session=True,
    )
    try:
        output, messages = process.communicate()
    except BaseException:
        # Windows has nothing gentler than to end it; its transaction is then rolled back by the database.
        process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
        process.communicate()
        raise
    return process.returncode, output, messages


def _document(status: int, output: str, messages: str) -> Any:
    error, notes = _error(messages)
    for note in notes:
        logger.info("%s", note)
    if error is not None:
        raise RevgraphError(error, status)
    if output.strip():
        try:
            return json.loads(output)
        except ValueError:
            raise _unexpected(status, "its output is not JSON", output) from None
    if status != 0:
        raise _unexpected(status, f"it ended with status {status} and no error", messages)
    return None


def _error(messages: str) -> tuple[Optional[dict[str, Any]], list[str]]:
    """The error document among the messages, which is the last line where there is one, and the other lines."""
    lines = messages.splitlines()
    if lines and lines[-1].startswith('{"error":'):
        try:
            return json.loads(lines[-1])["error"], lines[:-1]
        except (ValueError, KeyError):
            pass
    return None, lines


def _unexpected(status: int, cause: str, text: str) -> RevgraphError:
    details = {"kind": "unexpected", "message": "revgraph did not answer as it should", "causes": [cause, text.strip()]}
    return RevgraphError(details, status)

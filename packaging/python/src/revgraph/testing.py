"""Migrated databases for tests, at the cost of a copy each.

A template is migrated once. What a test gets is a copy of it: of the file on SQLite, by ``CREATE DATABASE … TEMPLATE``
on PostgreSQL. The pytest plugin is built on it; other test runners can use it themselves::

    with template("sqlite:", directory="backend") as migrated:
        with migrated.copy() as database:
            engine = create_engine(database.url)
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import ContextManager, Iterator, Optional, Protocol

from . import _postgres
from ._api import upgrade
from ._run import Folder


@dataclass(frozen=True)
class TestDatabase:
    """A migrated database of one test's own."""

    # Or pytest takes it for a class of tests.
    __test__ = False

    url: str
    """Its URL, for revgraph and for SQLAlchemy; with the driver of the URL that the template was made with."""
    path: Optional[Path] = None
    """The file, on SQLite."""
    name: Optional[str] = None
    """The database's name, on PostgreSQL."""


class Template(Protocol):
    """A migrated database that others are copied from."""

    def copy(self) -> ContextManager[TestDatabase]:
        """A new database like the template, until the context ends."""
        ...


def template(
    url: str = "sqlite:",
    target: str = "heads",
    *,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> ContextManager[Template]:
    """Migrates a new database to a target, for copies of it to be made until the context ends.

    ``url`` is ``sqlite:``, or the URL of any database of a PostgreSQL server where the user may create databases, which
    itself is not changed. ``directory`` and ``environment`` are those of :func:`revgraph.run`.
    """
    if _postgres.is_postgres(url):
        return _postgres_template(url, target, directory, environment)
    if url.split(":")[0].split("+")[0] == "sqlite":
        return _sqlite_template(url, target, directory, environment)
    raise ValueError("the URL of a test database begins with postgresql: or sqlite:")


class _SqliteTemplate:
    def __init__(self, file: Path, scheme: str) -> None:
        self.file = file
        self.scheme = scheme

    @contextmanager
    def copy(self) -> Iterator[TestDatabase]:
        with tempfile.TemporaryDirectory(prefix="revgraph-", dir=self.file.parent, ignore_cleanup_errors=True) as folder:
            path = Path(shutil.copyfile(self.file, Path(folder) / "test.db"))
            yield TestDatabase(_sqlite_url(self.scheme, path), path=path)


@contextmanager
def _sqlite_template(
    url: str, target: str, directory: Optional[Folder], environment: Optional[str]
) -> Iterator[Template]:
    scheme = url.split(":")[0]
    with tempfile.TemporaryDirectory(prefix="revgraph-", ignore_cleanup_errors=True) as folder:
        file = Path(folder).resolve() / "template.db"
        upgrade(_sqlite_url(scheme, file), target, directory=directory, environment=environment)
        with closing(sqlite3.connect(file)) as connection:
            # Whatever the scripts made of the journal: all is in the one file that is copied.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield _SqliteTemplate(file, scheme)


def _sqlite_url(scheme: str, path: Path) -> str:
    return f"{scheme}:///{path.as_posix()}"


class _PostgresTemplate:
    def __init__(self, server: str, name: str) -> None:
        self.server = server
        self.name = name

    @contextmanager
    def copy(self) -> Iterator[TestDatabase]:
        name = _new_name()
        _postgres.execute(self.server, f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')
        try:
            yield TestDatabase(_postgres.with_database(self.server, name), name=name)
        finally:
            _drop(self.server, name)


@contextmanager
def _postgres_template(
    server: str, target: str, directory: Optional[Folder], environment: Optional[str]
) -> Iterator[Template]:
    name = _new_name()
    _postgres.execute(server, f'CREATE DATABASE "{name}"')
    try:
        upgrade(_postgres.with_database(server, name), target, directory=directory, environment=environment)
        yield _PostgresTemplate(server, name)
    finally:
        _drop(server, name)


def _new_name() -> str:
    return f"revgraph_test_{os.getpid()}_{token_hex(6)}"


def _drop(server: str, name: str) -> None:
    # Connections that the test's pool still holds do not keep it.
    _postgres.execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

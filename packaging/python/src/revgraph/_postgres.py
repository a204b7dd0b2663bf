"""Statements to a PostgreSQL server, through whichever driver is installed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from urllib.parse import urlsplit, urlunsplit

_DRIVERS = ("psycopg", "psycopg2", "asyncpg")


class DriverNotFound(RuntimeError):
    """No driver for PostgreSQL is installed."""

    def __init__(self) -> None:
        super().__init__(f"a test database of PostgreSQL needs one of these packages: {', '.join(_DRIVERS)}")


def is_postgres(url: str) -> bool:
    """Whether a URL is one of PostgreSQL, with SQLAlchemy's driver or without."""
    return urlsplit(url).scheme.split("+")[0] in ("postgres", "postgresql")


def with_database(url: str, name: str) -> str:
    """The URL of another database of the same server, for the same user and driver."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def execute(url: str, statement: str) -> None:
    """Runs one statement, outside of a transaction."""
    scheme, _, driver = urlsplit(url).scheme.partition("+")
    plain = urlunsplit(urlsplit(url)._replace(scheme=scheme))
    wanted = [driver] if driver in _DRIVERS else []
    for name in [*wanted, *_DRIVERS]:
        if find_spec(name) is not None:
            return _EXECUTE[name](plain, statement)
    raise DriverNotFound()


def _psycopg(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _psycopg2(url: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def _asyncpg(url: str, statement: str) -> None:
    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    # Where a loop runs in this thread another cannot.
    with ThreadPoolExecutor(max_workers=1) as executor:
        executor.submit(asyncio.run, run()).result()


_EXECUTE = {"psycopg": _psycopg, "psycopg2": _psycopg2, "asyncpg": _asyncpg}

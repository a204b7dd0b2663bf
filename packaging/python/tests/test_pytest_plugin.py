"""The fixture, on SQLite, and on PostgreSQL where ``POSTGRES_TEST_URL`` names a server."""

from __future__ import annotations

import os

import pytest

from conftest import Project

TESTS = """
import sqlite3

def test_first(revgraph_database):
    with sqlite3.connect(revgraph_database.path) as connection:
        connection.execute("INSERT INTO account (id, name) VALUES (1, 'ann')")

def test_second(revgraph_database):
    with sqlite3.connect(revgraph_database.path) as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone() == (0,)
    assert revgraph_database.url == f"sqlite:///{revgraph_database.path}"
"""

POSTGRES_TESTS = """
import pytest
from revgraph import status
from revgraph._postgres import execute

@pytest.mark.parametrize("number", range(10))
def test_each_has_its_own(revgraph_database, number):
    assert revgraph_database.name in revgraph_database.url
    execute(revgraph_database.url, "INSERT INTO account (id, name) VALUES (1, 'ann')")

def test_it_is_migrated(revgraph_database, revgraph_directory):
    assert status(revgraph_database.url, directory=revgraph_directory)["state"] == "up_to_date"
"""


def test_each_test_has_a_database_of_its_own(pytester: pytest.Pytester, project: Project) -> None:
    pytester.makeini(f"[pytest]\nrevgraph_directory = {project.folder}")
    pytester.makepyfile(TESTS)
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_settings_are_fixtures(pytester: pytest.Pytester, project: Project) -> None:
    pytester.makeconftest(
        f"""
        import pytest

        @pytest.fixture(scope="session")
        def revgraph_directory():
            return {os.fspath(project.folder)!r}

        @pytest.fixture(scope="session")
        def revgraph_target():
            return "a1"
        """
    )
    pytester.makepyfile(
        """
        import revgraph

        def test_target(revgraph_database, revgraph_directory):
            status = revgraph.status(revgraph_database.url, directory=revgraph_directory)
            assert status["heads"] == ["a1"]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_script_that_fails_is_the_tests_error(pytester: pytest.Pytester, project: Project) -> None:
    project.add("a3", "a2", "CREATE TABLE broken (", "")
    pytester.makeini(f"[pytest]\nrevgraph_directory = {project.folder}")
    pytester.makepyfile("def test_it(revgraph_database): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*RevgraphError: *a3*"])


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "asyncpg"])
def test_postgres(pytester: pytest.Pytester, project: Project, driver: str) -> None:
    server = os.environ.get("POSTGRES_TEST_URL")
    if server is None:
        pytest.skip("POSTGRES_TEST_URL names no server")
    pytest.importorskip(driver)
    pytester.makeini(f"[pytest]\nrevgraph_directory = {project.folder}")
    pytester.makepyfile(POSTGRES_TESTS)
    url = server.replace("postgresql://", f"postgresql+{driver}://", 1)
    pytester.runpytest_subprocess(f"--revgraph-url={url}").assert_outcomes(passed=11)

    from revgraph._postgres import execute

    left = "(SELECT count(*) FROM pg_database WHERE datname LIKE 'revgraph_test_%')"
    execute(server, f"DO $$ BEGIN ASSERT {left} = 0, 'test databases are left'; END $$")

"""The pytest plugin: ``revgraph_database`` gives each test a migrated database of its own.

Its settings are those of pytest's own configuration, each also a fixture that a ``conftest.py`` may override.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Optional

import pytest

from .testing import Template, TestDatabase, template


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares the settings."""
    group = parser.getgroup("revgraph")
    group.addoption("--revgraph-url", help="the server for test databases, instead of the setting revgraph_url")
    parser.addini(
        "revgraph_url",
        "sqlite: or the URL of any database of a PostgreSQL server where databases may be created; "
        "REVGRAPH_TEST_URL goes before it (default: sqlite:)",
        default="sqlite:",
    )
    parser.addini(
        "revgraph_directory",
        "the folder of alembic.toml, relative to pytest's rootdir (default: rootdir)",
        default=".",
    )
    parser.addini("revgraph_target", "what test databases are migrated to (default: heads)", default="heads")
    parser.addini("revgraph_environment", "the [env.NAME] of alembic.toml to use", default="")


@pytest.fixture(scope="session")
def revgraph_url(request: pytest.FixtureRequest) -> str:
    """The server for test databases. The ``url`` of ``alembic.toml`` is never used."""
    option: Optional[str] = request.config.getoption("--revgraph-url")
    return option or os.environ.get("REVGRAPH_TEST_URL") or str(request.config.getini("revgraph_url"))


@pytest.fixture(scope="session")
def revgraph_directory(request: pytest.FixtureRequest) -> Path:
    """The project's folder."""
    return request.config.rootpath / str(request.config.getini("revgraph_directory"))


@pytest.fixture(scope="session")
def revgraph_target(request: pytest.FixtureRequest) -> str:
    """What test databases are migrated to."""
    return str(request.config.getini("revgraph_target"))


@pytest.fixture(scope="session")
def revgraph_environment(request: pytest.FixtureRequest) -> Optional[str]:
    """The ``[env.NAME]`` of ``alembic.toml`` to use."""
    return str(request.config.getini("revgraph_environment")) or None


@pytest.fixture(scope="session")
def revgraph_template(
    revgraph_url: str, revgraph_directory: Path, revgraph_target: str, revgraph_environment: Optional[str]
) -> Iterator[Template]:
    """The migrated database that those of the tests are copied from, made once a session."""
    made = template(
        revgraph_url, revgraph_target, directory=revgraph_directory, environment=revgraph_environment
    )
    with made as migrated:
        yield migrated


@pytest.fixture
def revgraph_database(revgraph_template: Template) -> Iterator[TestDatabase]:
    """A migrated database of this test's own: ``.url``, and ``.path`` of the file or ``.name`` of the database."""
    with revgraph_template.copy() as database:
        yield database

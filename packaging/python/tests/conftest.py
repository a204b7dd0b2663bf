"""The tests run against the installed package, on a project that they write."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

UP = """-- {title}
--
-- revision: {revision}
-- down_revision: {parent}

{sql}
"""


class Project:
    """A folder with scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "versions").mkdir(parents=True)

    def add(self, revision: str, parent: str, up: str, down: str) -> None:
        """Writes a revision's scripts."""
        text = UP.format(title=f"the {revision} revision", revision=revision, parent=parent, sql=up)
        (self.folder / "versions" / f"{revision}.up.sql").write_text(text)
        (self.folder / "versions" / f"{revision}.down.sql").write_text(down)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two revisions: a table, and a column of it."""
    project = Project(tmp_path / "project")
    project.add("a1", "", "CREATE TABLE account (id integer PRIMARY KEY);", "DROP TABLE account;")
    project.add("a2", "a1", "ALTER TABLE account ADD COLUMN name text;", "ALTER TABLE account DROP COLUMN name;")
    return project

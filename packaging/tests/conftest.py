"""What the tests of the packages share: where these are, and the program of this machine."""

from __future__ import annotations

import platform
import re
import tarfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = REPOSITORY / "target" / "packages"
TARGET = f"{platform.machine()}-unknown-linux-musl"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


@pytest.fixture(scope="session")
def version() -> str:
    """The crate's version."""
    found = re.search(r'^version = "(.+)"$', (REPOSITORY / "Cargo.toml").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of its archive."""
    folder = tmp_path_factory.mktemp("program")
    with tarfile.open(PACKAGES / f"revgraph-{TARGET}.tar.gz") as archive:
        archive.extractall(folder)
    return folder / "revgraph"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a revision that can be undone."""
    folder = tmp_path / "project"
    (folder / "versions").mkdir(parents=True)
    write_revision(folder, "a1", "", "CREATE TABLE account (id integer PRIMARY KEY);", "DROP TABLE account;")
    return folder


def write_revision(project: Path, revision: str, parent: str, up: str, down: str) -> None:
    """Writes the scripts of a revision, and the heads file for it."""
    header = f"-- the {revision} revision\n--\n-- revision: {revision}\n-- down_revision: {parent}\n\n"
    (project / "versions" / f"{revision}.up.sql").write_text(header + up)
    (project / "versions" / f"{revision}.down.sql").write_text(down)
    (project / "versions" / "heads").write_text(f"{revision}\n")

"""The Debian package, unpacked beside the system."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import ARCHITECTURE, PACKAGES


@pytest.fixture
def package(version: str) -> Path:
    return PACKAGES / f"revgraph_{version}-1_{ARCHITECTURE}.deb"


def field(package: Path, name: str) -> str:
    return subprocess.run(
        ["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_its_fields(package: Path, version: str) -> None:
    assert field(package, "Package") == "revgraph"
    assert field(package, "Version") == f"{version}-1"
    assert field(package, "Depends") == "", "the program is static"
    assert field(package, "Section") == "database"


def test_its_program_runs(package: Path, tmp_path: Path, version: str) -> None:
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    ran = subprocess.run([tmp_path / "usr/bin/revgraph", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"revgraph {version}\n"
    documents = {path.name for path in (tmp_path / "usr/share/doc/revgraph").iterdir()}
    assert {"copyright", "LICENSE-MIT", "LICENSE-APACHE"} <= documents

"""The wheel and the sources for pip, as files. What is in them runs in packaging/python/tests."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from conftest import PACKAGES, TARGET


@pytest.fixture
def wheel() -> Path:
    (path,) = PACKAGES.glob("*.whl")
    return path


def read(wheel: Path, suffix: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(suffix)]
        return archive.read(name).decode()


def test_auditwheel_calls_it_manylinux_and_musllinux(wheel: Path) -> None:
    assert "manylinux_2_17" in wheel.name and "musllinux_1_1" in wheel.name
    command = [sys.executable, "-m", "auditwheel", "show", wheel]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    text = " ".join((shown.stdout + shown.stderr).split())
    assert 'is consistent with the following platform tag: "manylinux_' in text, text
    assert "requires no external shared libraries" in text


def test_its_metadata(wheel: Path, version: str) -> None:
    metadata = Parser().parsestr(read(wheel, ".dist-info/METADATA"))
    assert (metadata["Name"], metadata["Version"]) == ("revgraph", version)
    assert metadata["License-Expression"] == "MIT OR Apache-2.0"
    assert metadata["Requires-Dist"] is None
    assert "revgraph.upgrade" in str(metadata.get_payload())
    assert "revgraph=revgraph.pytest_plugin" in read(wheel, "entry_points.txt").replace(" ", "")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "revgraph/py.typed" in names
    assert f"revgraph-{version}.data/scripts/revgraph" in names


def test_the_sources_have_what_builds_them(version: str) -> None:
    with tarfile.open(PACKAGES / f"revgraph-{version}.tar.gz") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Cargo.lock", "Cargo.toml", "PKG-INFO", "pyproject.toml", "src/main.rs"} <= names
    assert any(name.endswith("revgraph/__init__.py") for name in names)


def test_cargo_finds_all_that_the_sources_name(version: str, tmp_path: Path) -> None:
    with tarfile.open(PACKAGES / f"revgraph-{version}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    found = subprocess.run(command, cwd=tmp_path / f"revgraph-{version}", capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_the_list_of_parts_has_the_c_libraries() -> None:
    document = json.loads((PACKAGES / f"revgraph-{TARGET}.cdx.json").read_text())
    assert document["bomFormat"] == "CycloneDX"
    parts = {component["name"] for component in document["components"]}
    assert {"openssl-src", "pq-src", "libsqlite3-sys"} <= parts

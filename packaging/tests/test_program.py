"""The program itself: static, small, whole."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from conftest import PACKAGES, TARGET
from elftools.elf.elffile import ELFFile

LIMIT = 15_000_000


def test_it_needs_nothing_of_the_system(program: Path) -> None:
    with program.open("rb") as file:
        elf = ELFFile(file)
        segments = [segment.header.p_type for segment in elf.iter_segments()]
        assert "PT_INTERP" not in segments, "no interpreter, so no C library"
        dynamic = [segment for segment in elf.iter_segments() if segment.header.p_type == "PT_DYNAMIC"]
        needed = [tag.needed for segment in dynamic for tag in segment.iter_tags() if tag.entry.d_tag == "DT_NEEDED"]
    assert needed == []


def test_it_is_small(program: Path) -> None:
    assert program.stat().st_size < LIMIT


def test_it_has_both_databases(program: Path, tmp_path: Path, project: Path) -> None:
    run = [program, "--url", f"sqlite:{tmp_path}/test.db", "upgrade"]
    subprocess.run(run, cwd=project, env={}, check=True)
    refused = subprocess.run(
        [program, "--url", "postgres://u@localhost:1/x?sslmode=require", "current"],
        cwd=project,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, "cannot be reached" in refused.stderr) == (5, True), refused.stderr


def test_the_checksums_are_those_of_the_files() -> None:
    sums = dict(reversed(line.split("  ")) for line in (PACKAGES / "SHA256SUMS").read_text().splitlines())
    files = {path.name: path for path in PACKAGES.iterdir() if path.is_file() and path.name != "SHA256SUMS"}
    assert sums == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert f"revgraph-{TARGET}.tar.gz" in sums

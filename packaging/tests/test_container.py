"""The container image, without a builder: its files are laid out as the Dockerfile says, and the entry point runs in them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ARCHITECTURE, PACKAGES

CONTEXT = PACKAGES / "docker"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the last stage, without comments and continuations."""
    text = (CONTEXT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    pairs = [tuple(line.split(maxsplit=1)) for line in joined]
    last = max(index for index, (name, _) in enumerate(pairs) if name == "FROM")
    return pairs[last:]  # type: ignore[return-value]


def only(name: str) -> str:
    """The argument of an instruction that there is once."""
    (argument,) = [argument for instruction, argument in instructions() if instruction == name]
    return argument


def test_it_is_the_program_alone() -> None:
    assert only("FROM") == "scratch"
    assert json.loads(only("ENTRYPOINT")) == ["revgraph"]
    assert not [name for name, _ in instructions() if name in ("RUN", "ADD", "VOLUME")], "scratch has no shell"


def test_nobody_is_root() -> None:
    user, group = (int(part) for part in only("USER").split(":"))
    assert user > 0 and group > 0


def test_it_has_the_certificates_where_they_are_looked_for() -> None:
    copies = [argument.split() for name, argument in instructions() if name == "COPY"]
    assert ["--from=base", *["/etc/ssl/certs/ca-certificates.crt"] * 2] in copies


@pytest.mark.skipif(os.geteuid() != 0, reason="changes its root, which only root may")
def test_the_entry_point_runs_in_an_empty_root(tmp_path: Path, project: Path) -> None:
    root = tmp_path / "root"
    workdir = only("WORKDIR")
    for name, argument in instructions():
        if name == "COPY" and "--from=" not in argument:
            *sources, destination = [part for part in argument.split() if not part.startswith("--")]
            for source in sources:
                target = root / destination.strip("/")
                target = target / source if destination.endswith("/") else target
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(CONTEXT / source.replace("${TARGETARCH}", ARCHITECTURE), target)
    (root / "usr/local/bin/revgraph").chmod(0o755)
    (root / "tmp").mkdir(mode=0o1777)
    (root / "tmp").chmod(0o1777)
    shutil.copytree(project, root / workdir.strip("/"))
    user, group = (int(part) for part in only("USER").split(":"))
    entry_point = json.loads(only("ENTRYPOINT"))
    environment = dict(pair.split("=", 1) for pair in only("ENV").split())

    def enter() -> None:
        os.chroot(root)
        os.chdir(workdir)
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)

    def run(*arguments: str) -> str:
        ran = subprocess.run([*entry_point, *arguments], preexec_fn=enter, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    run("--url", "sqlite:/tmp/test.db", "upgrade")
    assert "up to date" in run("--url", "sqlite:/tmp/test.db", "status")
    assert "reversible a1" in run("--url", "sqlite:/tmp/test.db", "verify"), "scratch databases have a place"

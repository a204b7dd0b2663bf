"""The shell of the action: what it installs, finds and says."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from conftest import PACKAGES, REPOSITORY, TARGET, write_revision


@dataclass
class Job:
    """What GitHub gives a step, and what the step leaves."""

    workspace: Path
    files: Path
    variables: dict[str, str] = field(default_factory=dict)

    def step(self, number: int, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Runs a step of action.yml as GitHub does, with the inputs that the step names."""
        step = yaml.safe_load((REPOSITORY / "action.yml").read_text())["runs"]["steps"][number]
        assert set(inputs) <= set(step["env"])
        environment = {
            "PATH": os.environ["PATH"],
            "GITHUB_ACTION_PATH": os.fspath(REPOSITORY),
            "GITHUB_WORKSPACE": os.fspath(self.workspace),
            "GITHUB_OUTPUT": os.fspath(self.files / "output"),
            "GITHUB_STEP_SUMMARY": os.fspath(self.files / "summary"),
            "RUNNER_TEMP": os.fspath(self.files),
            **dict.fromkeys(step["env"], ""),
            **self.variables,
            **inputs,
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False
        )

    def output(self, name: str) -> str:
        lines = (self.files / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)[name]


@pytest.fixture
def job(tmp_path: Path, project: Path) -> Job:
    files = tmp_path / "files"
    files.mkdir()
    return Job(project, files)


def annotations(ran: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in ran.stdout.splitlines() if line.startswith("::error")]


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, check=True)


def release(folder: Path, name: str) -> Path:
    """A release of the packages that were built, as files."""
    target = folder / name
    target.mkdir(parents=True)
    shutil.copy(PACKAGES / f"revgraph-{TARGET}.tar.gz", target)
    shutil.copy(PACKAGES / "SHA256SUMS", target)
    return target


@pytest.mark.parametrize(("asked", "place"), [("latest", "latest/download"), ("0.1.0", "download/v0.1.0")])
def test_a_release_is_installed(job: Job, asked: str, place: str) -> None:
    release(job.files, f"releases/{place}")
    job.variables["REVGRAPH_RELEASES"] = f"file://{job.files}/releases"
    ran = job.step(0, INPUT_VERSION=asked)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("revgraph ")
    assert os.access(job.output("binary"), os.X_OK)


def test_a_program_that_is_not_the_released_one_is_refused(job: Job) -> None:
    folder = release(job.files, "releases/latest/download")
    (folder / f"revgraph-{TARGET}.tar.gz").write_bytes(b"something else")
    job.variables["REVGRAPH_RELEASES"] = f"file://{job.files}/releases"
    ran = job.step(0, INPUT_VERSION="latest")
    assert ran.returncode == 1
    assert annotations(ran) == [f"::error title=revgraph::revgraph-{TARGET}.tar.gz is not what SHA256SUMS says"]
    assert hashlib.sha256(b"something else").hexdigest() not in (folder / "SHA256SUMS").read_text()


def test_a_missing_release_is_told(job: Job) -> None:
    job.variables["REVGRAPH_RELEASES"] = "file:///nowhere"
    ran = job.step(0, INPUT_VERSION="9.9.9")
    assert ran.returncode == 1
    assert "/nowhere/download/v9.9.9/" in annotations(ran)[0]


def test_a_sound_project_passes(job: Job, program: Path) -> None:
    assert job.step(0, INPUT_BINARY=os.fspath(program)).returncode == 0
    url = f"sqlite:{job.files}/test.db"
    ran = job.step(
        1, REVGRAPH_BINARY=job.output("binary"), REVGRAPH_URL=url, INPUT_CHECKS="check verify drift"
    )
    assert (ran.returncode, annotations(ran)) == (0, []), ran.stdout + ran.stderr
    assert job.output("problems") == "0"
    assert (job.files / "summary").read_text().count("fine") == 3


def test_findings_stand_beside_the_files(job: Job, program: Path) -> None:
    url = f"sqlite:{job.files}/test.db"
    project = job.workspace
    git(project, "init")
    git(project, "add", "-A")
    git(project, "commit", "-m", "base")
    git(project, "checkout", "-b", "feature")
    # One of each branch on the same parent; the branch's does not come down, the other's leaves something behind.
    write_revision(project, "b1", "a1", "CREATE TABLE b (i integer);", "DROP TABLE nobody;")
    git(project, "add", "-A")
    git(project, "commit", "-m", "ours")
    git(project, "checkout", "main")
    write_revision(project, "c1", "a1", "CREATE TABLE c (i integer);", "")
    git(project, "add", "-A")
    git(project, "commit", "-m", "theirs")
    git(project, "checkout", "feature")
    subprocess.run([program, "--url", url, "upgrade", "-q", "a1"], cwd=project, check=True)
    with closing(sqlite3.connect(job.files / "test.db")) as connection:
        connection.execute('CREATE TABLE "50%, or: so" (i integer)')

    ran = job.step(
        1,
        REVGRAPH_BINARY=os.fspath(program),
        REVGRAPH_URL=url,
        INPUT_CHECKS="check verify drift",
        INPUT_BASE="main",
    )
    assert ran.returncode == 1
    check, verify, drift = annotations(ran)
    assert check.startswith("::error file=versions/b1.up.sql,title=revgraph check::there would be 2 heads: b1")
    assert "%0Ahelp: once merged: revgraph rebase b1 --onto c1" in check
    assert verify.startswith("::error file=versions/b1.down.sql,line=1,col=1,title=revgraph verify::")
    assert "no such table: nobody" in verify
    assert drift == "::error title=revgraph drift::drift: added table 50%25, or: so"
    assert job.output("problems") == "3"
    assert "50%, or: so" in (job.files / "summary").read_text()


def test_a_script_that_is_not_undone_is_named(job: Job, program: Path) -> None:
    write_revision(job.workspace, "b1", "a1", "CREATE TABLE b (i integer); CREATE TABLE IF NOT EXISTS c (i integer);", "DROP TABLE b;")
    ran = job.step(1, REVGRAPH_BINARY=os.fspath(program), REVGRAPH_URL="sqlite:none.db", INPUT_CHECKS="verify")
    (found,) = annotations(ran)
    assert found.startswith("::error file=versions/b1.down.sql,line=1,title=revgraph verify::")
    assert "added table c" in found


def test_scripts_that_cannot_be_read_are_told_once(job: Job, program: Path) -> None:
    (job.workspace / "versions" / "b1.up.sql").write_text("-- revisio: b1\n-- down_revision: a1\n")
    ran = job.step(1, REVGRAPH_BINARY=os.fspath(program), REVGRAPH_URL="sqlite:none.db", INPUT_CHECKS="verify")
    (found,) = annotations(ran)
    assert found.startswith("::error file=versions/b1.up.sql,line=1,col=1,title=revgraph verify::`revisio`")


def test_an_unknown_check_is_refused(job: Job, program: Path) -> None:
    ran = job.step(1, REVGRAPH_BINARY=os.fspath(program), INPUT_CHECKS="chek")
    assert ran.returncode == 1
    assert "there are check, verify and drift" in annotations(ran)[0]

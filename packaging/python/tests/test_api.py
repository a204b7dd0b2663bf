"""The functions, on SQLite."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import revgraph
from conftest import Project


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


def test_up_and_down(project: Project, url: str) -> None:
    run = revgraph.upgrade(url, "head", directory=project.folder)
    assert [(step["revision"], step["operation"]) for step in run["steps"]] == [("a1", "upgrade"), ("a2", "upgrade")]
    assert run["heads"] == ["a2"]
    assert revgraph.status(url, directory=project.folder)["state"] == "up_to_date"
    assert [row["revision"] for row in revgraph.current(url, directory=project.folder)["heads"]] == ["a2"]

    run = revgraph.downgrade(url, "-1", directory=project.folder)
    assert [(step["revision"], step["operation"]) for step in run["steps"]] == [("a2", "downgrade")]
    status = revgraph.status(url, directory=project.folder)
    assert (status["state"], status["pending"]) == ("pending", ["a2"]), "pending is a state, not an error"
    assert [event["revision"] for event in revgraph.log(url, limit=2, directory=project.folder)] == ["a2", "a2"]


def test_views_of_the_scripts(project: Project, url: str) -> None:
    assert [revision["revision"] for revision in revgraph.history(directory=project.folder)] == ["a2", "a1"]
    revgraph.upgrade(url, "a1", directory=project.folder)
    history = revgraph.history(url, "a1:a2", indicate_current=True, directory=project.folder)
    assert [revision["applied"] for revision in history] == [False, True]
    assert [revision["revision"] for revision in revgraph.heads(directory=project.folder)] == ["a2"]


def test_checks_that_answer_no_are_results(project: Project, url: str) -> None:
    assert not revgraph.verify(url, directory=project.folder)["broken"]
    project.add("a3", "a1", "CREATE TABLE t (i integer);", "DROP TABLE u;")
    assert "several_heads" in [problem["kind"] for problem in revgraph.check(directory=project.folder)["problems"]]
    assert revgraph.verify(url, directory=project.folder)["broken"]
    revgraph.upgrade(url, "a2", directory=project.folder)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("CREATE TABLE drift (i integer)")
    difference = revgraph.diff(url, directory=project.folder)["differences"][0]
    assert (difference["change"], difference["object"]["name"]) == ("added", "drift")


def test_stamp_compares_first(project: Project, url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("CREATE TABLE other (i integer)")
    with pytest.raises(revgraph.RevgraphError) as raised:
        revgraph.stamp(url, "a2", directory=project.folder)
    assert raised.value.exit_status == 4
    assert revgraph.stamp(url, "a2", force=True, directory=project.folder)["heads"] == ["a2"]


def test_a_failed_script_says_what_and_where(project: Project, url: str) -> None:
    project.add("a3", "a2", "ALTER TABLE acount ADD COLUMN x text;", "")
    with pytest.raises(revgraph.RevgraphError) as raised:
        revgraph.upgrade(url, directory=project.folder)
    error = raised.value
    assert (error.kind, error.exit_status, error.may_succeed_later) == ("step", 1, False)
    assert error.file is not None and Path(error.file).name == "a3.up.sql"
    assert (error.line, error.column) == (6, 1)
    assert error.details["heads"] == ["a2"]
    assert "no such table: acount" in error.message and error.hints
    assert all(part in str(error) for part in [error.message, "a3.up.sql:6:1", *error.hints])

    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.details, again.exit_status) == (str(error), error.details, error.exit_status)


def test_a_database_that_is_not_reached_is_worth_another_try(project: Project) -> None:
    with pytest.raises(revgraph.RevgraphError) as raised:
        revgraph.upgrade("postgresql://u:hush@localhost:1/x", directory=project.folder)
    assert raised.value.may_succeed_later
    assert "hush" not in str(raised.value)


def test_the_url_is_on_no_command_line(project: Project, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Watched(subprocess.Popen[str]):
        def __init__(self, arguments: list[str], **options: Any) -> None:
            seen.extend(arguments)
            super().__init__(arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    revgraph.upgrade(url, directory=project.folder)
    assert seen and not any("test.db" in argument for argument in seen)


def test_a_url_of_sqlalchemys_keeps_its_password(project: Project) -> None:
    class URL:
        def render_as_string(self, hide_password: bool = True) -> str:
            return "sqlite:////nowhere/***.db" if hide_password else "sqlite::memory:"

    assert revgraph.upgrade(URL(), directory=project.folder)["heads"] == ["a2"]


def test_paths_are_relative_to_the_current_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    revgraph.upgrade("sqlite:///here.db", directory="project")
    assert (tmp_path / "here.db").exists()
    # Those of the file are relative to the file, and it is looked for upwards.
    (project.folder / "alembic.toml").write_text('url = "sqlite:there.db"\n')
    (project.folder / "app").mkdir()
    revgraph.upgrade(directory="project/app")
    assert (project.folder / "there.db").exists()


def test_messages_go_to_the_logger(project: Project, url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="revgraph"):
        revgraph.upgrade(url, directory=project.folder)
    assert any("upgraded to a2" in record.getMessage() for record in caplog.records)


def test_a_missing_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVGRAPH_BINARY", "/nowhere/revgraph")
    with pytest.raises(revgraph.BinaryNotFound, match="/nowhere/revgraph"):
        revgraph.heads()


def test_an_interrupted_call_rolls_back(project: Project, url: str) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;"
    project.add("a3", "a2", f"CREATE TABLE half (i integer);\n{endless}", "DROP TABLE half;")
    code = f"import revgraph; revgraph.upgrade({url!r}, directory={os.fspath(project.folder)!r})"
    program = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while revgraph.current(url, directory=project.folder)["heads"] == [] and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    program.send_signal(signal.SIGINT)
    _, messages = program.communicate(timeout=60)
    assert "KeyboardInterrupt" in messages
    assert revgraph.status(url, directory=project.folder)["pending"] == ["a3"]
    assert revgraph.log(url, limit=1, directory=project.folder)[0]["outcome"] == "interrupted"


def test_the_module_is_the_command(project: Project) -> None:
    command = [sys.executable, "-m", "revgraph", "heads"]
    ran = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True)
    assert ran.stdout == "a2 (head)\n"
    refused = subprocess.run([*command, "--bogus"], capture_output=True, check=False)
    assert refused.returncode == 2

"""The files that other programs read: workflows, the action, the hooks, and that they agree with each other."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import REPOSITORY, write_revision

WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
SCRIPTS = ["packaging/build", "packaging/action/install", "packaging/action/checks", "scripts/test-packages"]


def load(path: Path) -> dict[Any, Any]:
    document = yaml.safe_load(path.read_text())
    assert isinstance(document, dict)
    return document


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def shellcheck(script: str) -> None:
    command = ["shellcheck", "--shell=bash", "--severity=style", "-"]
    checked = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows(path: Path) -> None:
    workflow = load(path)
    # YAML takes the key for a truth value.
    assert True in workflow, "a workflow says when it runs"
    assert workflow["permissions"] == {"contents": "read"}, "more is for the jobs that need it"
    names = set(workflow["jobs"])
    for job in workflow["jobs"].values():
        assert {"runs-on", "steps"} <= set(job)
        needed = job.get("needs", [])
        assert {needed} if isinstance(needed, str) else set(needed) <= names
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step), step
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[\w./-]+", step["uses"])
        else:
            assert "${{" not in step["run"], "what others wrote reaches a shell only as a variable"
            shellcheck(f"set -eo pipefail\n{step['run']}")


@pytest.mark.parametrize("path", SCRIPTS)
def test_scripts(path: str) -> None:
    shellcheck((REPOSITORY / path).read_text())


def test_the_action() -> None:
    action = load(REPOSITORY / "action.yml")
    assert action["runs"]["using"] == "composite"
    used = set()
    for step in action["runs"]["steps"]:
        assert step["shell"] == "bash", "a composite action has no default"
        assert "${{" not in step["run"], "what others wrote reaches a shell only as a variable"
        shellcheck(step["run"])
        used |= set(re.findall(r"inputs\.([\w-]+)", json.dumps(step)))
    assert used == set(action["inputs"])
    assert all("description" in value for value in action["inputs"].values())


def test_every_platform_is_released_to_npm() -> None:
    platforms = json.loads((REPOSITORY / "packaging/npm/platforms.json").read_text())
    matrix = load(REPOSITORY / ".github/workflows/release.yml")["jobs"]["build"]["strategy"]["matrix"]["include"]
    assert {platform["target"] for platform in platforms.values()} == {entry["target"] for entry in matrix}
    for target in [entry["target"] for entry in matrix]:
        assert target in (REPOSITORY / "packaging/action/install").read_text()


def test_the_hooks(tmp_path: Path, project: Path, program: Path) -> None:
    subprocess.run(["pre-commit", "validate-manifest", REPOSITORY / ".pre-commit-hooks.yaml"], check=True)
    hooks = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    files = {hook["id"]: re.compile(hook["files"]) for hook in hooks}
    for path in ["alembic.toml", "versions/a1.up.sql", "app/versions/a1.down.sql", "versions/heads"]:
        assert files["revgraph-check"].search(path)
    assert not files["revgraph-check"].search("app/query.sql")

    # As pre-commit runs them: the entry, cut like a shell's words, in the project.
    environment = {"PATH": str(program.parent), "REVGRAPH_URL": f"sqlite:{tmp_path}/none.db"}
    entries = {hook["id"]: hook["entry"].split() for hook in hooks}

    def run(hook: str) -> int:
        return subprocess.run(entries[hook], cwd=project, env=environment, capture_output=True, check=False).returncode

    assert (run("revgraph-check"), run("revgraph-verify")) == (0, 0)
    write_revision(project, "b1", "missing", "SELECT 1;", "SELECT 1;")
    assert run("revgraph-check") == 4
    write_revision(project, "b1", "a1", "CREATE TABLE t (i integer);", "SELECT 1;")
    assert (run("revgraph-check"), run("revgraph-verify")) == (0, 4)

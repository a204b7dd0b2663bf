#!/usr/bin/env python3
"""Record what Alembic does on random revision graphs, for revgraph to replay.

    pip install alembic==1.20.1
    python record.py                                  # rewrites traversals.jsonl
    python record.py --graphs 20000 --seed 7 --output -   # a larger, fresh sample

Every command runs through `alembic.command`, against a version table in an
in-memory SQLite database; only the loading of script files is replaced. The
output depends on the arguments alone. One line is one graph, as JSON:

    revisions        in load order: revision, down_revisions, depends_on (ids or
                     labels, as written), branch_labels
    heads            what `alembic heads` prints
    effective_heads  what `alembic heads --resolve-dependencies` prints
    cases            commands, each from a version table that earlier ones left

and a case holds:

    command    upgrade, downgrade, stamp, history, current, or resolve
               (`RevisionMap.get_revisions`)
    rows       the version table before, sorted; Alembic reads it in this order
    target     the argument: a list for stamp, absent for current
    steps      upgrade, downgrade: revision ids in the order they ran
    after      upgrade, downgrade, stamp: the version table after, sorted
    revisions  history, resolve: ids in Alembic's order (resolve: null where
               Alembic has None, "base" where it has that); current: sorted
    error      instead of the above: type, message, deliberate. A RevisionError
               that a CommandError wraps is given as itself. deliberate is false
               for assertions and for exceptions other than Alembic's own, and
               `at` then names the function of Alembic's that failed
    warnings   what Alembic warned of, if anything
    unstable   true where the answer depends on PYTHONHASHSEED; `outcomes` then
               lists the different answers in place of one
"""

from __future__ import annotations

import argparse
import collections
from collections.abc import Iterator
import io
import json
import os
from pathlib import Path
import random
import subprocess
import sys
import traceback
import types
from typing import Any
from unittest import mock
import warnings

import alembic
from alembic import command
from alembic import context
from alembic.config import Config
from alembic.script import Script
from alembic.script import ScriptDirectory
from alembic.script.revision import Revision
from alembic.script.revision import RevisionError
from alembic.script.revision import RevisionMap
from alembic.util import CommandError
import sqlalchemy

ALEMBIC_VERSION = "1.20.1"
FIXTURE = Path(__file__).with_name("traversals.jsonl")
HASH_SEEDS = (0, 1, 2)

Json = dict[str, Any]


# Running Alembic


class RecordedScript(Script):
    """A script without a file, which is printed as its id."""

    def __init__(self, revision: Json) -> None:
        def upgrade() -> None:
            """Runs nothing: only the bookkeeping is recorded."""

        def downgrade() -> None:
            """Runs nothing: only the bookkeeping is recorded."""

        module = types.SimpleNamespace(
            down_revision=tuple(revision["down_revisions"]),
            depends_on=tuple(revision["depends_on"]),
            branch_labels=tuple(revision["branch_labels"]),
            upgrade=upgrade,
            downgrade=downgrade,
        )
        super().__init__(module, revision["revision"], revision["revision"])

    def __hash__(self) -> int:
        # By id, not by address: PYTHONHASHSEED then fixes the order of sets.
        return hash(self.revision)

    def cmd_format(self, *_args: Any, **_kwargs: Any) -> str:
        return self.revision


class RecordedDirectory(ScriptDirectory):
    """A ScriptDirectory over one graph, with a version table to work on."""

    def __init__(self, graph: Json, connection: sqlalchemy.Connection) -> None:
        # Not super().__init__(): it wants a folder of scripts.
        scripts = [RecordedScript(each) for each in graph["revisions"]]
        self.revision_map = RevisionMap(lambda: scripts)
        self.connection = connection
        self.steps: list[str] = []

    def run_env(self) -> None:
        """What an env.py does online."""
        context.configure(
            connection=self.connection,
            on_version_apply=lambda step, **_: self.steps.append(
                step.up_revision_id
            ),
        )
        with context.begin_transaction():
            context.run_migrations()

    def write_rows(self, rows: list[str]) -> None:
        self.connection.exec_driver_sql("DELETE FROM alembic_version")
        for row in rows:
            self.connection.exec_driver_sql(
                "INSERT INTO alembic_version VALUES (?)", (row,)
            )
        self.connection.commit()

    def read_rows(self) -> list[str]:
        rows = self.connection.exec_driver_sql("SELECT * FROM alembic_version")
        return sorted(rows.scalars())

    def run(self, name: str, target: Any) -> Json:
        """Run one command and return its results, or raise as it does."""
        if name == "resolve":
            revisions = self.revision_map.get_revisions(target)
            return {
                "revisions": [
                    each.revision if isinstance(each, Revision) else each
                    for each in revisions
                ]
            }
        stdout = io.StringIO()
        config = Config(stdout=stdout)
        arguments = () if name == "current" else (target,)
        with mock.patch.object(
            ScriptDirectory, "from_config", return_value=self
        ):
            getattr(command, name)(config, *arguments)
        if name in ("upgrade", "downgrade"):
            return {"steps": self.steps, "after": self.read_rows()}
        if name == "stamp":
            return {"after": self.read_rows()}
        printed = stdout.getvalue().split()
        return {"revisions": sorted(printed) if name == "current" else printed}

    def outcome(self, case: Json) -> Json:
        """Run one case: its results or error, and its warnings."""
        self.steps = []
        self.write_rows(case["rows"])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome = self.run(case["command"], case.get("target"))
            except Exception as error:  # any crash of Alembic's is a result
                outcome = {"error": describe_error(error)}
        self.connection.rollback()
        if caught:
            outcome["warnings"] = [str(each.message) for each in caught]
        return outcome


def describe_error(error: Exception) -> Json:
    if isinstance(error, CommandError) and isinstance(
        error.__cause__, RevisionError
    ):
        error = error.__cause__
    deliberate = isinstance(error, (RevisionError, CommandError))
    description = {
        "type": type(error).__name__,
        "message": str(error),
        "deliberate": deliberate,
    }
    if not deliberate:
        description["at"] = innermost_function(error)
    return description


def innermost_function(error: Exception) -> str:
    """The function that crashed, passing over Alembic's type assertion."""
    names = [each.name for each in traceback.extract_tb(error.__traceback__)]
    return [
        name
        for name in names
        if name != "is_revision" and not name.startswith("<")
    ][-1]


def open_version_table() -> sqlalchemy.Connection:
    connection = sqlalchemy.create_engine("sqlite://").connect()
    # Without a primary key, so that rows are read in the order written.
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
    )
    return connection


# Random graphs

LABELS = (
    "accounts", "accounting", "billing", "core", "data-model", "db2",
    "reports", "search", "x",
)  # fmt: skip
WORDS = (
    "init", "initial", "users", "user_email", "orders", "order_total",
    "audit", "tags", "index", "roles", "teams", "files", "cleanup", "final",
)  # fmt: skip


def random_hex(rng: random.Random, length: int) -> str:
    return "".join(rng.choices("0123456789abcdef", k=length))


def random_ids(rng: random.Random, count: int) -> list[str]:
    """Distinct ids in one style, in the order they are to be created."""
    style = rng.choices(
        ("hex", "shared prefix", "number", "letter", "word", "version"),
        weights=(8, 4, 2, 3, 2, 1),
    )[0]
    if style == "number":
        return [f"{each:03}" for each in range(1, count + 1)]
    if style == "letter":
        depth = collections.Counter[str]()
        ids = []
        for _ in range(count):
            letter = rng.choice("abc")
            depth[letter] += 1
            number = depth[letter] if depth[letter] > 1 else ""
            ids.append(f"{letter}{number}")
        return ids
    if style == "word":
        return rng.sample(WORDS, count)
    if style == "version":
        return [f"v1.{each}" for each in range(count)]
    prefixes = [random_hex(rng, rng.choice((3, 4, 6))) for _ in range(2)]
    if style == "hex":
        prefixes = [""]
    ids = set()
    while len(ids) < count:
        prefix = rng.choice(prefixes)
        ids.add(prefix + random_hex(rng, 12 - len(prefix)))
    return rng.sample(sorted(ids), count)


class GraphShape:
    """How likely each feature is in one graph."""

    def __init__(self, rng: random.Random) -> None:
        self.base = rng.choice((0.0, 0.05, 0.15, 0.3))
        self.branch = rng.choice((0.0, 0.2, 0.4, 0.8))
        self.merge = rng.choice((0.0, 0.1, 0.3))
        self.depends = rng.choice((0.0, 0.0, 0.15, 0.35))
        self.label = rng.choice((0.0, 0.1, 0.3))
        self.base_label = rng.choice((0.0, 0.3, 0.9))


def random_graph(rng: random.Random) -> Json:
    """A graph without cycles, its revisions in the order of their ids."""
    shape = GraphShape(rng)
    free_labels = rng.sample(LABELS, len(LABELS))
    owned_labels: list[str] = []
    created: list[Json] = []
    ancestors: dict[str, set[str]] = {}
    for rev_id in random_ids(rng, rng.randint(1, 14)):
        parents = random_parents(rng, shape, created, ancestors)
        ancestors[rev_id] = set(parents).union(
            *(ancestors[each] for each in parents)
        )
        known = [each["revision"] for each in created]
        depends_on: list[str] = []
        if known and rng.random() < shape.depends:
            names = known + owned_labels
            wanted = min(rng.choice((1, 1, 1, 2, 3)), len(names))
            depends_on = rng.sample(names, wanted)
        labelled = shape.label if parents else shape.base_label
        labels: list[str] = []
        if free_labels and rng.random() < labelled:
            labels.append(free_labels.pop())
            if free_labels and rng.random() < 0.1:
                labels.append(free_labels.pop())
            owned_labels.extend(labels)
        created.append(
            {
                "revision": rev_id,
                "down_revisions": parents,
                "depends_on": depends_on,
                "branch_labels": labels,
            }
        )
    created.sort(key=lambda each: each["revision"])
    return {"revisions": created}


def random_parents(
    rng: random.Random,
    shape: GraphShape,
    created: list[Json],
    ancestors: dict[str, set[str]],
) -> list[str]:
    if not created or rng.random() < shape.base:
        return []
    known = [each["revision"] for each in created]
    inner = {parent for each in created for parent in each["down_revisions"]}
    heads = [each for each in known if each not in inner]
    if rng.random() < shape.merge:
        pool = known if rng.random() < 0.3 else heads
        merged = rng.sample(pool, min(rng.choice((2, 2, 2, 3, 4)), len(pool)))
        if rng.random() < 0.9:  # else a merge may name an ancestor of another
            merged = [
                each
                for each in merged
                if not any(each in ancestors[other] for other in merged)
            ]
        return merged
    if rng.random() < shape.branch:
        return [rng.choice(known)]
    return [heads[-1] if rng.random() < 0.7 else rng.choice(heads)]


# Random commands

# How often each form of target is given to upgrade, downgrade, stamp and
# resolve. `{label}` is an id in a graph without labels.
TARGET_WEIGHTS = {
    "head": (6, 1, 4, 3),
    "heads": (8, 1, 6, 3),
    "base": (1, 6, 5, 2),
    "{id}": (16, 16, 24, 6),
    "{prefix}": (5, 5, 5, 8),
    "+{n}": (16, 1, 1, 1),
    "-{n}": (1, 16, 2, 3),
    "{id}+{n}": (5, 4, 1, 1),
    "{id}-{n}": (3, 8, 1, 1),
    "{label}": (3, 3, 4, 3),
    "{label_prefix}": (1, 1, 1, 3),
    "{label}@head": (6, 2, 4, 4),
    "{label}@heads": (4, 1, 3, 4),
    "{label}@base": (1, 7, 4, 3),
    "{label}@{id}": (5, 6, 4, 5),
    "{label}@{prefix}": (1, 1, 1, 3),
    "{label}@+{n}": (8, 1, 1, 1),
    "{label}@-{n}": (1, 8, 1, 3),
    "{label}@{id}+{n}": (4, 3, 1, 1),
    "{label}@{id}-{n}": (2, 4, 1, 1),
    "{label_prefix}@head": (1, 1, 1, 2),
    "{id}@head": (3, 1, 2, 3),
    "{id}@heads": (2, 1, 1, 2),
    "{id}@base": (1, 3, 2, 2),
    "{id}@{id}": (1, 1, 1, 3),
    "{id}@+{n}": (3, 0, 0, 0),
    "{id}@-{n}": (0, 3, 0, 1),
    "{prefix}@head": (1, 0, 1, 2),
    "{unknown}": (1, 1, 1, 2),
    "{unknown}@head": (1, 0, 1, 1),
    "{unknown}@base": (1, 2, 1, 1),
    "{unknown}@+{n}": (1, 0, 0, 0),
    "{unknown}@-{n}": (0, 1, 0, 1),
    "{label}@{unknown}": (1, 1, 1, 1),
    "base+{n}": (2, 2, 0, 1),
    "base-{n}": (1, 2, 0, 1),
    "head-{n}": (1, 2, 1, 1),
    "heads-{n}": (1, 1, 0, 1),
    "head+{n}": (1, 1, 0, 0),
    "{id}+{n}x": (1, 1, 1, 1),
    "+{n}x": (1, 0, 0, 0),
    "-{n}x": (0, 1, 0, 0),
    "{label}@": (1, 1, 1, 1),
    "@{id}": (1, 1, 1, 1),
    "@head": (1, 1, 1, 1),
    "@base": (0, 1, 1, 1),
    "@": (1, 1, 1, 1),
    "+": (1, 1, 1, 1),
    "-": (1, 1, 1, 1),
    "+0": (1, 1, 0, 0),
    "-0": (1, 1, 0, 0),
    "{id}+0": (1, 1, 0, 0),
    "": (1, 1, 1, 1),
    "current": (1, 1, 1, 1),
    "{id}:{id}": (1, 1, 0, 0),
}
TARGET_COLUMNS = ("upgrade", "downgrade", "stamp", "resolve")

HISTORY_WEIGHTS = {
    ":": 2,
    "{id}:{id}": 8,
    "{id}:": 5,
    ":{id}": 5,
    "{id}:head": 2,
    "{id}:heads": 3,
    "base:{id}": 3,
    "base:heads": 1,
    "{prefix}:": 2,
    ":{prefix}": 2,
    "-{n}:": 4,
    "-{n}:head": 2,
    "-{n}:{id}": 2,
    ":+{n}": 2,
    ":-{n}": 2,
    "{id}:+{n}": 5,
    "{id}:-{n}": 2,
    "{id}-{n}:{id}": 3,
    "{id}-{n}:": 2,
    ":{id}+{n}": 2,
    ":{id}-{n}": 2,
    "{label}:": 2,
    ":{label}": 2,
    "{label}@base:heads": 4,
    "{label}@base:": 3,
    "{label}@base:{label}@head": 3,
    "{label}@head:": 1,
    ":{label}@head": 3,
    ":{label}@heads": 2,
    "{label}@-{n}:": 2,
    "{label}@{id}:": 1,
    "{label}@{id}:heads": 2,
    "{id}@base:heads": 2,
    "current:": 4,
    ":current": 4,
    "current:{id}": 2,
    "{id}:current": 2,
    "current:+{n}": 2,
    "-{n}:current": 3,
    "current:current": 1,
    "{unknown}:": 1,
    ":{unknown}": 1,
    "{unknown}@base:": 1,
    "{id}": 1,
    "{id}:{id}:{id}": 1,
    " {id}: ": 1,
}

COMMAND_WEIGHTS = {
    "upgrade": 32,
    "downgrade": 28,
    "stamp": 14,
    "history": 12,
    "resolve": 9,
    "current": 5,
}


class Placeholders:
    """Draws a value for each `{name}` in a form of target."""

    def __init__(self, rng: random.Random, graph: Json) -> None:
        self.rng = rng
        self.ids = [each["revision"] for each in graph["revisions"]]
        self.labels = [
            label
            for each in graph["revisions"]
            for label in each["branch_labels"]
        ]

    def __getitem__(self, name: str) -> str:
        draw = self.rng
        if name == "n":
            return str(draw.choice((1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 9)))
        if name == "unknown":
            return draw.choice(("nosuch", "ffffffffffff", "zz", "base2"))
        if name in ("label", "label_prefix"):
            text = draw.choice(self.labels or self.ids)
        else:
            text = draw.choice(self.ids)
        if name.endswith("prefix"):
            shortest = min(4, len(text)) if draw.random() < 0.8 else 1
            return text[: draw.randint(shortest, len(text))]
        return text


class Commands:
    """Draws commands for one graph."""

    def __init__(self, rng: random.Random, graph: Json) -> None:
        self.rng = rng
        self.placeholders = Placeholders(rng, graph)

    def draw(self, rows: list[str]) -> Json:
        """A command to run on a version table of these rows."""
        name = self._weighted(COMMAND_WEIGHTS)
        if name == "downgrade" and not rows and self.rng.random() < 0.9:
            name = "upgrade"  # nothing to take down
        if name == "current":
            return {"command": name, "rows": rows}
        if name == "history":
            target: Any = self._fill(self._weighted(HISTORY_WEIGHTS))
            rows = rows if "current" in target else []
        elif name == "stamp":
            count = self.rng.choice((1, 1, 1, 1, 2, 2, 3))
            target = [self._target(name) for _ in range(count)]
        else:
            target = self._target(name)
            rows = [] if name == "resolve" else rows
        return {"command": name, "rows": rows, "target": target}

    def _target(self, name: str) -> str:
        column = TARGET_COLUMNS.index(name)
        return self._fill(
            self._weighted(
                {form: row[column] for form, row in TARGET_WEIGHTS.items()}
            )
        )

    def _fill(self, form: str) -> str:
        return form.format_map(self.placeholders)

    def _weighted(self, weights: dict[str, int]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]


# Recording


def record_graph(
    rng: random.Random, connection: sqlalchemy.Connection, case_count: int
) -> Json:
    """Walk through the states of a new graph, recording each command."""
    graph = random_graph(rng)
    directory = RecordedDirectory(graph, connection)
    graph["heads"] = directory.get_heads()
    graph["effective_heads"] = directory.get_heads(consider_depends_on=True)
    graph["cases"] = []
    commands = Commands(rng, graph)
    rows: list[str] = []
    reached = [rows]
    seen = set()
    for _ in range(case_count):
        case = commands.draw(rows)
        key = json.dumps(case)
        if key in seen:
            continue
        seen.add(key)
        case |= directory.outcome(case)
        graph["cases"].append(case)
        if "after" in case:
            reached.append(case["after"])
            rows = case["after"]
        if rng.random() < 0.1:  # else a walk that reaches the heads stays
            rows = rng.choice(reached)
    return graph


def question_of(case: Json) -> Json:
    return {
        key: case[key] for key in ("command", "rows", "target") if key in case
    }


def outcome_of(case: Json) -> Json:
    question = question_of(case)
    return {
        key: value for key, value in case.items() if key not in question
    }


def essence(outcome: Json) -> str:
    """What must not depend on the hash seed: all but order and wording."""
    if "error" in outcome:
        return f"error, deliberate: {outcome['error']['deliberate']}"
    return json.dumps(
        {
            key: sorted(map(str, value))
            for key, value in outcome.items()
            if key != "warnings"
        },
        sort_keys=True,
    )


def merge_outcomes(case: Json, outcomes: list[Json]) -> Json:
    """One case from the outcomes of the same question under each seed."""
    different = {essence(each): each for each in reversed(outcomes)}
    if len(different) == 1:
        return case
    return question_of(case) | {
        "unstable": True,
        "outcomes": [different[each] for each in sorted(different)],
    }


def to_line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def record(arguments: argparse.Namespace) -> Iterator[str]:
    """Draw graphs and commands; a line is a graph with its outcomes."""
    connection = open_version_table()
    rng = random.Random(arguments.seed)
    for _ in range(arguments.graphs):
        yield to_line(record_graph(rng, connection, arguments.cases))


def answer(lines: list[str]) -> Iterator[str]:
    """Run recorded cases again; a line is the outcomes of one graph."""
    connection = open_version_table()
    for line in lines:
        graph = json.loads(line)
        directory = RecordedDirectory(graph, connection)
        yield to_line([directory.outcome(each) for each in graph["cases"]])


def run_worker(role: str, hash_seed: int, stdin: str) -> list[str]:
    """Run this program again, with the same arguments, under a hash seed."""
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--worker", role],
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        input=stdin,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.splitlines()


def merge_seeds(recorded: list[str]) -> Iterator[Json]:
    """The recorded graphs, with what other hash seeds make of them."""
    text = "".join(line + "\n" for line in recorded)
    answers = [run_worker("answer", seed, text) for seed in HASH_SEEDS[1:]]
    for line, *others in zip(recorded, *answers, strict=True):
        graph = json.loads(line)
        outcomes = [
            [outcome_of(each) for each in graph["cases"]],
            *map(json.loads, others),
        ]
        graph["cases"] = [
            merge_outcomes(case, list(of_case))
            for case, *of_case in zip(graph["cases"], *outcomes, strict=True)
        ]
        yield graph


def kind_of(case: Json) -> str:
    if "unstable" in case:
        return "unstable"
    if "error" not in case:
        return "warned" if "warnings" in case else "answered"
    return "refused" if case["error"]["deliberate"] else "crashed"


def print_counts(graphs: list[Json]) -> None:
    counts = collections.Counter(
        (case["command"], kind_of(case))
        for graph in graphs
        for case in graph["cases"]
    )
    print(f"{len(graphs)} graphs", file=sys.stderr)
    for (name, kind), count in sorted(counts.items()):
        print(f"{name:10} {kind:10} {count:6}", file=sys.stderr)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--graphs", type=int, default=610)
    parser.add_argument("--cases", type=int, default=12, help="per graph")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--output", default=str(FIXTURE), help="a file, or - for stdout"
    )
    parser.add_argument(
        "--worker", choices=("record", "answer"), help=argparse.SUPPRESS
    )
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    if alembic.__version__ != ALEMBIC_VERSION:
        sys.exit(f"need Alembic {ALEMBIC_VERSION}, not {alembic.__version__}")
    if arguments.worker == "record":
        sys.stdout.writelines(record(arguments))
    elif arguments.worker == "answer":
        sys.stdout.writelines(answer(sys.stdin.readlines()))
    else:
        recorded = run_worker("record", HASH_SEEDS[0], "")
        graphs = list(merge_seeds(recorded))
        text = "".join(map(to_line, graphs))
        if arguments.output == "-":
            sys.stdout.write(text)
        else:
            Path(arguments.output).write_text(text, encoding="utf-8")
        print_counts(graphs)


if __name__ == "__main__":
    main()

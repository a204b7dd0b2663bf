#!/usr/bin/env python3
"""Record the order in which Alembic applies whole histories, for revgraph to follow.

    pip install alembic==1.20.1
    python record_orders.py        # rewrites orders.jsonl

Alembic reads revisions in the order of their files, and puts dependencies into
sets. So each history is asked for several times: with its files in the order of
the ids, in the opposite order and in random orders, and with several values of
PYTHONHASHSEED. One line is one history, as JSON:

    revisions  in the order of their ids: revision, down_revisions, depends_on,
               branch_labels
    orders     those in which `upgrade heads` runs them where the files come in
               the order of the ids: different ones, sorted
    alone      whether all others gave one and the same, too: then the order is
               a matter of the history alone
"""

from __future__ import annotations

import json
import os
from pathlib import Path
import random
import subprocess
import sys

import alembic
from alembic.script.revision import RevisionMap

from record import ALEMBIC_VERSION
from record import Json
from record import RecordedScript
from record import random_graph
from record import to_line

FIXTURE = Path(__file__).with_name("orders.jsonl")
HASH_SEEDS = range(6)
RANDOM_GRAPHS = 400
FILE_ORDERS = 6

# Lines as `id: parents / depends_on`.
HAND_MADE = {
    "diamond": "a | b1: a | b2: a | m: b1 b2 | z: m",
    "ladder of diamonds": "a | b1: a | b2: a | c: b1 b2 | d1: c | d2: c | e: d1 d2 | f1: e | f2: e | g: f1 f2",
    "parents the other way round": "a | b1: a | b2: a | m: b2 b1",
    "a wide merge": "a | b1: a | b2: a | b3: a | b4: a | b5: a | m: b3 b1 b5 b2 b4",
    "branches of several revisions": "a | b1: a | b2: b1 | b3: b2 | c1: a | c2: c1 | m: b3 c2",
    "branches that never merge": "a | b1: a | b2: b1 | c1: a | c2: c1 | d1: a",
    "a branch within a branch": "a | b1: a | b2: b1 | b3: b1 | b4: b2 b3 | c1: a | c2: c1 | m: c2 b4",
    "merges that cross": "a | b: a | c: a | d: b c | e: b c | f: d e",
    "merges that overlap": "a | b: a | c: a | d: a | e: b c | f: c d | g: e f",
    "a merge with an ancestor": "a | b: a | c: b | m: c a",
    "several bases": "a1 | a2: a1 | b1 | b2: b1 | c1 | m: a2 b2 | n: m c1",
    "a dependency across": "a1 | a2: a1 | a3: a2 | b1 | b2: b1 / a2 | b3: b2",
    "dependencies both ways": "a1 | a2: a1 / b1 | a3: a2 | b1 | b2: b1 / a2 | b3: b2 / a3",
    "a dependency on the other branch": "a | b1: a | b2: b1 | c1: a | c2: c1 / b2 | m: b2 c2",
    "a dependency that an ancestor has": "a | x | b: a / x | c: b / x | d: c",
    "a dependency on an ancestor": "a | b: a | c: b | d: c / a",
    "a parent that is a dependency": "a | b: a / a | c: b / a | d: b / b | m: c d / c",
    "a chain of dependencies": "a / b | b / c | c / d | d",
    "a line": "a | b: a | c: b | d: c",
    "ids against the line": "d | c: d | b: c | a: b",
}


def hand_made(text: str) -> Json:
    revisions = []
    for one in text.split(" | "):
        declared, _, depends_on = one.partition("/")
        revision, _, parents = declared.partition(":")
        revisions.append(
            {
                "revision": revision.strip(),
                "down_revisions": parents.split(),
                "depends_on": depends_on.split(),
                "branch_labels": [],
            }
        )
    return {"revisions": sorted(revisions, key=lambda one: one["revision"])}


def order(revisions: list[Json]) -> list[str]:
    """The order of `upgrade heads` where the files come as in the list."""
    scripts = [RecordedScript(each) for each in revisions]
    revision_map = RevisionMap(lambda: scripts)
    down = revision_map.iterate_revisions("heads", "base", implicit_base=True)
    return [each.revision for each in down][::-1]


def answers(graphs: list[Json]) -> list[Json]:
    """The orders of each history under the hash seed of this process."""
    rng = random.Random(1)
    answered = []
    for graph in graphs:
        by_id = graph["revisions"]
        others = [by_id[::-1]] + [rng.sample(by_id, len(by_id)) for _ in range(FILE_ORDERS)]
        answered.append({"by_id": order(by_id), "others": [order(each) for each in others]})
    return answered


def run_worker(hash_seed: int, graphs: list[Json]) -> list[Json]:
    done = subprocess.run(
        [sys.executable, __file__, "--worker"],
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        input=json.dumps(graphs),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)


def distinct(orders: list[list[str]]) -> list[list[str]]:
    return [list(each) for each in sorted({tuple(each) for each in orders})]


def main() -> None:
    if alembic.__version__ != ALEMBIC_VERSION:
        sys.exit(f"need Alembic {ALEMBIC_VERSION}, not {alembic.__version__}")
    if "--worker" in sys.argv:
        json.dump(answers(json.load(sys.stdin)), sys.stdout)
        return
    rng = random.Random(1)
    graphs = [hand_made(text) for text in HAND_MADE.values()]
    graphs += [random_graph(rng) for _ in range(RANDOM_GRAPHS)]
    of_seeds = [run_worker(seed, graphs) for seed in HASH_SEEDS]
    with FIXTURE.open("w", encoding="utf-8") as file:
        for graph, *of_graph in zip(graphs, *of_seeds, strict=True):
            graph["orders"] = distinct([each["by_id"] for each in of_graph])
            others = [order for each in of_graph for order in each["others"]]
            graph["alone"] = len(distinct(graph["orders"] + others)) == 1
            file.write(to_line(graph))


if __name__ == "__main__":
    main()

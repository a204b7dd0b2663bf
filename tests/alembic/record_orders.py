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
    cases      upgrades of it

and a case holds:

    rows       what the version table holds before
    target     where to
    orders     the orders in which Alembic runs the revisions where the files
               come with the last id first: different ones, sorted
    alone      whether all other files and seeds gave one and the same, too:
               then the order is a matter of the history alone
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
RANDOM_GRAPHS = 200
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


def random_cases(rng: random.Random, graph: Json) -> list[Json]:
    """The whole history, up to some revisions of it, and on from one."""
    ids = [each["revision"] for each in graph["revisions"]]
    tops = rng.sample(ids, min(2, len(ids)))
    cases = [{"rows": [], "target": target} for target in ["heads", *tops]]
    return cases + [{"rows": [rng.choice(ids)], "target": "heads"}]


def order(revisions: list[Json], case: Json) -> list[str]:
    """The order of an upgrade where the files come as in the list."""
    scripts = [RecordedScript(each) for each in revisions]
    revision_map = RevisionMap(lambda: scripts)
    down = revision_map.iterate_revisions(
        case["target"], case["rows"] or "base", implicit_base=True
    )
    return [each.revision for each in down][::-1]


def answers(graphs: list[Json]) -> list[list[Json]]:
    """The orders of each case under the hash seed of this process."""
    rng = random.Random(1)
    answered = []
    for graph in graphs:
        by_id = graph["revisions"]
        others = [by_id]
        others += [rng.sample(by_id, len(by_id)) for _ in range(FILE_ORDERS)]
        answered.append(
            [
                {
                    "last_first": order(by_id[::-1], case),
                    "others": [order(files, case) for files in others],
                }
                for case in graph["cases"]
            ]
        )
    return answered


def run_worker(hash_seed: int, graphs: list[Json]) -> list[list[Json]]:
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
    for graph in graphs:
        graph["cases"] = random_cases(rng, graph)
    of_seeds = [run_worker(seed, graphs) for seed in HASH_SEEDS]
    with FIXTURE.open("w", encoding="utf-8") as file:
        for graph, *of_graph in zip(graphs, *of_seeds, strict=True):
            for case, *of_case in zip(graph["cases"], *of_graph, strict=True):
                case["orders"] = distinct([each["last_first"] for each in of_case])
                others = [order for each in of_case for order in each["others"]]
                case["alone"] = len(distinct(case["orders"] + others)) == 1
            file.write(to_line(graph))


if __name__ == "__main__":
    main()

"""A database migrator whose revisions are a graph of up and down SQL scripts, for PostgreSQL and SQLite.

The functions run the ``revgraph`` program and return its JSON, or raise :class:`RevgraphError`::

    import revgraph

    revgraph.upgrade("postgresql://app@localhost/shop", "head", directory="backend")

They block: in asynchronous code call them with ``asyncio.to_thread``.
"""

from ._api import check, current, diff, downgrade, heads, history, log, stamp, status, upgrade, verify
from ._binary import find_binary
from ._errors import BinaryNotFound, RevgraphError
from ._run import run
from ._types import (
    Check,
    Current,
    CurrentHead,
    Diff,
    Difference,
    Event,
    ObjectName,
    Operation,
    Problem,
    Revision,
    Run,
    State,
    Status,
    Step,
    Tried,
    Verification,
)

__all__ = [
    "BinaryNotFound",
    "Check",
    "Current",
    "CurrentHead",
    "Diff",
    "Difference",
    "Event",
    "ObjectName",
    "Operation",
    "Problem",
    "Revision",
    "RevgraphError",
    "Run",
    "State",
    "Status",
    "Step",
    "Tried",
    "Verification",
    "check",
    "current",
    "diff",
    "downgrade",
    "find_binary",
    "heads",
    "history",
    "log",
    "run",
    "stamp",
    "status",
    "upgrade",
    "verify",
]

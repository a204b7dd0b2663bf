"""The JSON of the commands, as far as programs need it. There may be more keys than these."""

from __future__ import annotations

from typing import Literal, Optional, TypedDict

Operation = Literal["upgrade", "downgrade", "stamp"]
"""What a step did; ``upgrade`` also where a baseline was recorded in the place of what it replaces."""

State = Literal["empty", "unmanaged", "up_to_date", "pending", "ahead", "diverged", "failed"]
"""Where a database stands against the scripts."""


class Step(TypedDict):
    """One revision of a run."""

    revision: str
    operation: str
    duration_ms: float


class Run(TypedDict):
    """What ``upgrade``, ``downgrade`` or ``stamp`` has done, and where the database stands now."""

    database: str
    """The database's URL, without a password."""
    steps: list[Step]
    heads: list[str]
    """The version rows."""


class CurrentHead(TypedDict):
    """A version row."""

    revision: str
    is_head: bool
    is_effective_head: bool
    known: bool
    """Whether the scripts have this revision."""
    replaced_by: Optional[str]


class Current(TypedDict):
    """The version rows, and the heads that are applied without a row, because rows depend on them."""

    heads: list[CurrentHead]
    implied: list[str]


class Status(TypedDict):
    """Where the database stands against the scripts."""

    database: str
    state: State
    heads: list[str]
    pending: list[str]
    missing: list[str]
    """Applied revisions that the scripts lack."""
    edited: list[str]
    """Applied revisions whose scripts have changed since."""
    failed: list[str]
    next: list[str]
    """What to do next, as commands."""


class Revision(TypedDict):
    """A revision of the scripts."""

    revision: str
    down_revisions: list[str]
    depends_on: list[str]
    branch_labels: list[str]
    replaces: list[str]
    message: str
    created: Optional[str]
    is_head: bool
    is_base: bool
    is_branch_point: bool
    is_merge_point: bool
    applied: Optional[bool]
    """``None`` where no database was asked."""


class Event(TypedDict):
    """What happened to a database."""

    id: int
    happened_at: str
    revision: Optional[str]
    operation: str
    outcome: str
    duration_ms: Optional[float]
    actor: Optional[str]
    detail: Optional[str]


class Problem(TypedDict):
    """What is wrong with the scripts."""

    kind: str
    message: str
    file: Optional[str]
    line: Optional[int]
    column: Optional[int]
    hint: Optional[str]


class Check(TypedDict):
    """What ``check`` found; without problems all is well."""

    problems: list[Problem]


class Tried(TypedDict):
    """How one revision fared on the scratch database."""

    revision: str
    verdict: str


class Verification(TypedDict):
    """What ``verify`` found."""

    broken: bool
    revisions: list[Tried]


class ObjectName(TypedDict):
    """An object of a schema."""

    kind: str
    schema: Optional[str]
    relation: Optional[str]
    name: str
    arguments: Optional[str]


class Difference(TypedDict):
    """What sets two schemas apart."""

    change: str
    object: ObjectName


class Diff(TypedDict):
    """What ``diff`` found; without differences the schemas are equal."""

    differences: list[Difference]

"""The commands as functions. ``url``, ``directory`` and ``environment`` are those of :func:`revgraph.run`."""

from __future__ import annotations

from typing import Optional, cast

from ._run import DatabaseURL, Folder, run
from ._types import Check, Current, Diff, Event, Revision, Run, Status, Verification


def upgrade(
    url: Optional[DatabaseURL] = None,
    target: str = "head",
    *,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Run:
    """Brings the database up to a target: ``head``, ``heads``, ``+1``, an id, … Any number of processes may call it at
    once: each revision is applied once."""
    return cast(Run, run("upgrade", "--", target, url=url, directory=directory, environment=environment))


def downgrade(
    url: Optional[DatabaseURL],
    target: str,
    *,
    confirm: Optional[str] = None,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Run:
    """Brings the database down to a target: ``-1``, ``base``, an id, …

    ``confirm`` is the name of a protected database that may be erased whole.
    """
    options = [] if confirm is None else ["--confirm", confirm]
    arguments = ["downgrade", *options, "--", target]
    return cast(Run, run(*arguments, url=url, directory=directory, environment=environment))


def stamp(
    url: Optional[DatabaseURL],
    *targets: str,
    force: bool = False,
    purge: bool = False,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Run:
    """Sets the version rows without running scripts. A schema that is not what the scripts build is refused, unless
    ``force`` is given; ``purge`` takes all rows away first."""
    options = ["--force"] * force + ["--purge"] * purge
    arguments = ["stamp", *options, "--", *targets]
    return cast(Run, run(*arguments, url=url, directory=directory, environment=environment))


def current(
    url: Optional[DatabaseURL] = None,
    *,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Current:
    """The version rows."""
    return cast(Current, run("current", url=url, directory=directory, environment=environment))


def status(
    url: Optional[DatabaseURL] = None,
    *,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Status:
    """Where the database stands against the scripts; pending revisions are a state, not an error."""
    return cast(Status, run("status", url=url, directory=directory, environment=environment))


def history(
    url: Optional[DatabaseURL] = None,
    revisions: Optional[str] = None,
    *,
    indicate_current: bool = False,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> list[Revision]:
    """The revisions, newest first, or those of a range ``A:B``. With ``indicate_current`` the database says which are
    applied."""
    arguments = ["history"] + ["--indicate-current"] * indicate_current
    arguments += [] if revisions is None else [f"--rev-range={revisions}"]
    return cast("list[Revision]", run(*arguments, url=url, directory=directory, environment=environment))


def heads(*, directory: Optional[Folder] = None, environment: Optional[str] = None) -> list[Revision]:
    """The heads of the scripts; no database is asked."""
    return cast("list[Revision]", run("heads", directory=directory, environment=environment))


def log(
    url: Optional[DatabaseURL] = None,
    *,
    limit: Optional[int] = None,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> list[Event]:
    """What has been done to the database, newest first, or the last ``limit`` events of it."""
    options = [] if limit is None else ["--limit", str(limit)]
    return cast("list[Event]", run("log", *options, url=url, directory=directory, environment=environment))


def check(
    *,
    base: Optional[str] = None,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Check:
    """Problems of the scripts, without a database. With ``base``, a commit or branch of git, also those that a merge
    with it would have."""
    options = [] if base is None else [f"--base={base}"]
    return cast(Check, run("check", *options, directory=directory, environment=environment))


def verify(
    url: Optional[DatabaseURL] = None,
    revisions: Optional[str] = None,
    *,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Verification:
    """Tries on a scratch database whether every revision, or those of a range, goes up, down and up again."""
    arguments = ["verify", "--"] + ([] if revisions is None else [revisions])
    return cast(Verification, run(*arguments, url=url, directory=directory, environment=environment))


def diff(
    url: Optional[DatabaseURL] = None,
    *sides: str,
    directory: Optional[Folder] = None,
    environment: Optional[str] = None,
) -> Diff:
    """What sets two schemas apart; without sides, the database from what its version rows say (drift)."""
    return cast(Diff, run("diff", "--", *sides, url=url, directory=directory, environment=environment))

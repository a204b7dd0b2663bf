"""What goes wrong, as the command tells it."""

from __future__ import annotations

from typing import Any, Mapping


class RevgraphError(Exception):
    """A command of revgraph failed; nothing was left half done.

    The attributes are those of the command's JSON error:

    * ``kind``: a word for programs, such as ``"step"`` or ``"ahead"``; all are listed in revgraph's ``docs/errors.md``
    * ``message``: one sentence
    * ``causes`` and ``hints``: more about it, and what to do
    * ``file``, ``line``, ``column``: the place, from 1, where a file is at fault; else ``None``
    * ``exit_status``: the command's
    * ``details``: the whole JSON object, with keys such as ``sqlstate``, ``revision`` and ``statement``
    """

    def __init__(self, details: Mapping[str, Any], exit_status: int) -> None:
        self.details: dict[str, Any] = dict(details)
        self.exit_status = exit_status
        self.kind: str = self.details.get("kind", "unknown")
        self.message: str = self.details.get("message", "")
        self.causes: list[str] = list(self.details.get("causes", ()))
        self.hints: list[str] = list(self.details.get("hints", ()))
        self.file: str | None = self.details.get("file")
        self.line: int | None = self.details.get("line")
        self.column: int | None = self.details.get("column")
        super().__init__(self.message)

    @property
    def may_succeed_later(self) -> bool:
        """Whether the database was not reached, or a lock was not had in time: the same call is worth another try."""
        return self.exit_status == 5

    def __str__(self) -> str:
        """Message and place, then the causes and the hints, a line each."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        lines = [self.message]
        lines += [f"at {place}"] if place else []
        lines += self.causes
        lines += [f"help: {hint}" for hint in self.hints]
        return "\n  ".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        # pytest-xdist and multiprocessing send exceptions to other processes.
        return (type(self), (self.details, self.exit_status))


class BinaryNotFound(RevgraphError):
    """The ``revgraph`` program that belongs to this module is not installed beside it."""

    def __init__(self, looked_at: list[str]) -> None:
        self.looked_at = looked_at
        details = {
            "kind": "binary_not_found",
            "message": "the revgraph program was not found",
            "causes": [f"looked at {path}" for path in looked_at],
            "hints": ["install the package anew", "or set REVGRAPH_BINARY to the program's path"],
        }
        super().__init__(details, exit_status=127)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.looked_at,))

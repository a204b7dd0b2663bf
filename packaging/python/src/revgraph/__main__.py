"""``python -m revgraph``: the command."""

from __future__ import annotations

import os
import subprocess
import sys

from ._binary import find_binary
from ._errors import BinaryNotFound


def main() -> int:
    """Becomes the program where the system can; else waits for it. Returns its exit status."""
    try:
        binary = os.fspath(find_binary())
    except BinaryNotFound as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    command = [binary, *sys.argv[1:]]
    if os.name != "nt":
        os.execv(binary, command)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""revgraph's side of an Alembic environment: reads it with its own Python, and writes what it finds as lines of JSON.

The first line of standard input asks: `directory`, `dialect` or null, `run_env`, `x` (Alembic's -x), `version_table`
and `version_table_schema` or null, `starting_schema` (statements that build what is there before the history begins). Every line of standard output is an object with a `kind`:

  environment   what was found: versions, dialect, configuration
  revision      one revision, as it is declared
  script        one side of one revision: its SQL, or why it has none
  note          what is not carried over
  log           more about it, for those who ask
  database      an empty PostgreSQL database is wanted; the next line of standard input has libpq's `parameters` and
                the `search_path` or null
  failure       what went wrong; the last line
  done          that was all; the last line

The files of this folder are one program, in the order protocol, literals, offline, recording, environment.
"""

import json
import os
import re
import sys
import traceback

# Applications print, and env.py logs, to standard output: this is for revgraph alone.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

# The user's folder stays as it is.
sys.dont_write_bytecode = True


def answer(kind, **fields):
    ANSWERS.write(json.dumps(dict(fields, kind=kind)) + "\n")


def ask(kind, **fields):
    answer(kind, **fields)
    ANSWERS.flush()
    return json.loads(sys.stdin.readline())


class Ended(SystemExit):
    """All has been told."""


def traceback_of(error):
    """An error with the frames that are not ours."""
    told = traceback.TracebackException.from_exception(error)
    link = told
    while link is not None:
        frames = [frame for frame in link.stack if not frame.filename.startswith("<")]
        link.stack = traceback.StackSummary.from_list(frames)
        link = link.__cause__ or link.__context__
    return without_addresses(redacted("".join(told.format())))


def fail(stage, error, **fields):
    """Tells an error, and ends."""
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    answer("failure", stage=stage, message=without_addresses(redacted(message)), traceback=traceback_of(error), **fields)
    ANSWERS.flush()
    raise Ended(1)


def without_addresses(text):
    """A text without the addresses of objects, which are others each time."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


SECRET_NAME = re.compile("PASS|SECRET|TOKEN|KEY|URL|URI|DSN|CRED", re.IGNORECASE)


def redacted(text):
    """A text without what may be a password: of URLs, of the process's environment, of what pydantic quotes."""
    for name, value in os.environ.items():
        if SECRET_NAME.search(name) and len(value) > 3:
            text = text.replace(value, "***")
    text = re.sub(r"(\w://[^\s:/@'\"]*):[^\s'\"]*@", r"\1:***@", text)
    text = re.sub(r"input_value=.*?, input_type=", "input_value=***, input_type=", text, flags=re.DOTALL)
    return text


REQUEST = json.loads(sys.stdin.readline())

# `-c` puts the current folder first, where a package `alembic` may be the environment's own.
sys.path[:] = [path for path in sys.path if path != ""]
try:
    import alembic
    import sqlalchemy
    from alembic.config import Config
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import load_python_file
except Exception as error:
    fail("alembic", error, python=sys.executable)

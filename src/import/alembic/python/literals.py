"""Statements as the driver sends them, with their values as literals."""

import datetime
import decimal
import re
import uuid


class Unrecordable(Exception):
    """A value that has no literal here."""


def sqlite_literal(value):
    """A value that sqlite3 has bound, as SQLite reads it. Its adapters have run before."""
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, float):
        # SQLite has no NaN, and reads what is too great as infinity.
        return "NULL" if value != value else repr(value).replace("inf", "9e999")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "X'%s'" % bytes(value).hex()
    if isinstance(value, (datetime.datetime, datetime.date)):
        # The default adapters of sqlite3.
        return quoted(value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat())
    if isinstance(value, str):
        if "\0" in value:
            return "CAST(X'%s' AS TEXT)" % value.encode().hex()
        return quoted(value)
    raise Unrecordable("a value of the type %s" % type(value).__name__)


def postgres_literal(value):
    """A value that a PostgreSQL driver has bound, as the server reads it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (float, decimal.Decimal)):
        return str(value) if decimal.Decimal(value).is_finite() else quoted(str(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "'\\x%s'::bytea" % bytes(value).hex()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return quoted(value.isoformat())
    if isinstance(value, datetime.timedelta):
        return "'%d days %d seconds %d microseconds'::interval" % (value.days, value.seconds, value.microseconds)
    if isinstance(value, (str, uuid.UUID)):
        return quoted(str(value))
    raise Unrecordable("a value of the type %s" % type(value).__name__)


def quoted(text):
    return "'%s'" % text.replace("'", "''")


# What is no placeholder: strings, names, comments, dollar quotes, casts. Then what is one.
PLACEHOLDER = re.compile(
    r"""(?P<other>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/
        |(?P<dollar>\$(?:[A-Za-z_]\w*)?\$).*?(?P=dollar)|::)
      |\$(?P<number>\d+)|(?P<mark>\?)|[:@$](?P<name>[A-Za-z_]\w*)""",
    re.VERBOSE | re.DOTALL,
)


def with_literals(statement, parameters, literal):
    """A statement with `?`, `$1` or `:name` placeholders, and its values as literals."""
    if not parameters:
        return statement
    marks = iter(parameters) if not isinstance(parameters, dict) else None

    def value(match):
        if match["other"] is not None:
            return match[0]
        if match["number"] is not None:
            return literal(parameters[int(match["number"]) - 1])
        if match["mark"] is not None:
            return literal(next(marks))
        return literal(parameters[match["name"]]) if isinstance(parameters, dict) else match[0]

    return PLACEHOLDER.sub(value, statement)


def as_sent(cursor, statement, parameters, driver):
    """One statement with one row of parameters, as it reaches the database."""
    if driver == "psycopg2":
        return cursor.mogrify(statement, parameters).decode()
    if driver == "psycopg":
        import psycopg

        return psycopg.ClientCursor(cursor.connection).mogrify(statement, parameters)
    literal = sqlite_literal if driver == "sqlite" else postgres_literal
    return with_literals(statement, parameters, literal)

"""What Alembic sends to a database, written down while it runs on one that nobody else uses."""

import asyncio
import contextlib
import os
import re
import sqlite3
import sys
import tempfile

import sqlalchemy
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, pool
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import SelectBase


class Recorder:
    """Listens to an engine. What reflection asks is not written down."""

    def __init__(self, engine, driver):
        self.driver = driver
        self.script = None
        event.listen(engine, "after_cursor_execute", self.executed)

    def executed(self, connection, cursor, statement, parameters, context, executemany):
        if self.script is None or by_reflection():
            return
        if only_reads(statement, context):
            self.note_rows(connection, statement, context)
            return
        if cursor.description is not None:
            self.note_rows(connection, statement, context)
        # One statement with the values of many rows also counts as `executemany`.
        is_rows = executemany and isinstance(parameters, (list, tuple)) and isinstance(parameters[0], (list, tuple, dict))
        for row in parameters if is_rows else [parameters]:
            self.script.statements.append(as_sent(cursor, statement, row, self.driver))


    def note_rows(self, connection, statement, context):
        """Remembers how many rows the tables had that a statement reads, when it read them first."""
        script, self.script = self.script, None
        try:
            for table in tables_of(statement, context):
                if table not in script.reads:
                    script.reads[table] = rows_of(connection, table)
        finally:
            self.script = script


def tables_of(statement, context):
    """Schema and name of the tables that a statement names."""
    construct = getattr(getattr(context, "compiled", None), "statement", None)
    found = set()
    if construct is not None and not isinstance(construct, sqlalchemy.sql.elements.TextClause):
        for element in visitors.iterate(construct):
            if isinstance(element, sqlalchemy.sql.selectable.TableClause):
                found.add((getattr(element, "schema", None), str(element.name)))
            elif isinstance(element, sqlalchemy.sql.elements.TextClause):
                found |= tables_in_text(element.text)
    else:
        found |= tables_in_text(statement)
    found.discard((None, "alembic_version"))
    return sorted(found, key=lambda table: (table[0] or "", table[1]))


NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
TABLE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO|USING|TABLE)\s+(?:ONLY\s+)?(?:(%s)\s*\.\s*)?(%s)(?!\s*\()" % (NAME, NAME), re.IGNORECASE)
FURTHER = re.compile(r"\s*(?:AS\s+)?(?:%s)?\s*,\s*(?:(%s)\s*\.\s*)?(%s)(?!\s*\()" % (NAME, NAME, NAME), re.IGNORECASE)


def tables_in_text(text):
    """What stands where SQL names tables. A word too many does no harm: there is no such table."""
    text = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", text, flags=re.DOTALL)
    found = set()
    for match in TABLE.finditer(text):
        while match is not None:
            found.add(tuple(unquoted(part) for part in match.groups()))
            match = FURTHER.match(text, match.end())
    return found


def unquoted(name):
    if name is None or not name.startswith('"'):
        return name and name.lower()
    return name[1:-1].replace('""', '"')


def rows_of(connection, table):
    """How many rows a table has; None where there is no such table."""
    schema, name = table
    quoted = ".".join('"%s"' % part.replace('"', '""') for part in (schema, name) if part)
    try:
        with connection.begin_nested():
            return connection.exec_driver_sql("SELECT count(*) FROM %s" % quoted).scalar()
    except sqlalchemy.exc.DBAPIError:
        return None


# Functions that change nothing.
HARMLESS = {"count", "max", "min", "sum", "avg", "coalesce", "lower", "upper", "length", "now", "row_number"}


def only_reads(statement, context):
    """Whether a statement certainly changes nothing, so that it need not run again."""
    construct = getattr(getattr(context, "compiled", None), "statement", None)
    if isinstance(construct, SelectBase):
        functions = [element for element in visitors.iterate(construct) if isinstance(element, FunctionElement)]
        return all(getattr(function, "name", "").lower() in HARMLESS for function in functions)
    words = statement.upper().split()
    return words[:1] == ["SELECT"] and "(" not in statement and "INTO" not in words


def by_reflection():
    """Whether SQLAlchemy's inspector, or a check whether something exists, is who asks."""
    frame = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        if frame.f_globals.get("__name__") == "sqlalchemy.engine.reflection":
            return True
        if code.co_name in ("has_table", "has_type", "has_sequence", "has_index", "has_schema") and frame.f_globals.get(
            "__name__", ""
        ).startswith("sqlalchemy."):
            return True
        frame = frame.f_back
    return False


class Online:
    """A migration context on a connection, with the options that env.py has set."""

    def __init__(self, environment, connection, recorder, preamble):
        self.environment = environment
        self.recorder = recorder
        self.preamble = preamble
        options = dict(environment.context_opts, as_sql=False, literal_binds=False, transaction_per_migration=True)
        options.pop("output_buffer", None)
        options.pop("starting_rev", None)
        self.options = options
        self.context = MigrationContext.configure(
            connection=connection, environment_context=environment, opts=options
        )
        self.autocommit_block = self.context.autocommit_block
        self.context.autocommit_block = self.noticed_autocommit_block
        self.script = None
        # Alembic makes it before the first revision, and revisions may look at it.
        with connection.begin():
            self.context._ensure_version_table()

    @contextlib.contextmanager
    def noticed_autocommit_block(self):
        self.script.no_transaction = True
        with self.autocommit_block():
            yield

    def begin_from(self, statements):
        """Builds what the history does not begin without."""
        with self.context.connection.begin():
            for statement in statements:
                self.execute_plainly(statement)

    def execute_plainly(self, statement):
        self.context.connection.execution_options(no_parameters=True).exec_driver_sql(statement)

    def run(self, migration, arguments, keep=True):
        """Runs `upgrade` or `downgrade` of a revision in a transaction; what it sent. Without `keep` the transaction
        is rolled back."""
        self.script = script = Script()
        script.reads = {}
        environment, context = self.environment, self.context
        before = environment.context_opts, environment._migration_context
        environment.context_opts, environment._migration_context = self.options, context
        try:
            with contextlib.suppress(RolledBack), context.begin_transaction(_per_migration=True):
                for statement in self.preamble:
                    self.execute_plainly(statement)
                self.recorder.script = script
                try:
                    with Operations.context(context):
                        migration(**arguments)
                finally:
                    self.recorder.script = None
                if not keep:
                    raise RolledBack
        finally:
            environment.context_opts, environment._migration_context = before
        return script


class RolledBack(Exception):
    pass


class SqliteScratch:
    """A file of our own. A `downgrade` runs on a copy of it: DDL is not rolled back by Python's sqlite3."""

    driver = "sqlite"

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="revgraph-")
        self.path = os.path.join(self.folder.name, "scratch.db")

    def use(self, environment, preamble, work):
        self.environment, self.preamble = environment, preamble
        with self.opened(self.path) as self.online:
            self.online.begin_from(REQUEST["starting_schema"])
            work()

    @contextlib.contextmanager
    def opened(self, path):
        engine = sqlalchemy.create_engine("sqlite:///" + path, poolclass=pool.NullPool)
        recorder = Recorder(engine, self.driver)
        try:
            with engine.connect() as connection:
                yield Online(self.environment, connection, recorder, self.preamble)
        finally:
            engine.dispose()

    def up(self, migration, arguments):
        return self.online.run(migration, arguments)

    def tried_up(self, migration, arguments):
        """As `up`, and nothing stays."""
        return self.down(migration, arguments, None)

    def down(self, migration, arguments, _again):
        copy = os.path.join(self.folder.name, "copy.db")
        with contextlib.closing(sqlite3.connect(self.path)) as source:
            with contextlib.closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        try:
            with self.opened(copy) as online:
                return online.run(migration, arguments)
        finally:
            os.remove(copy)

    def close(self):
        self.folder.cleanup()


class PostgresScratch:
    """The database that revgraph has made. A `downgrade` is rolled back."""

    def __init__(self, driver, parameters, search_path):
        self.parameters = parameters
        self.search_path = None if search_path is None else '"%s"' % search_path.replace('"', '""')
        self.driver = postgres_driver(driver)

    def use(self, environment, preamble, work):
        url = "postgresql+%s://" % self.driver
        if self.driver == "asyncpg":
            asyncio.run(self.use_asynchronously(url, environment, preamble, work))
            return
        arguments = dict(self.parameters, client_encoding="utf8")
        if self.search_path is not None:
            escaped = re.sub(r"([\\ ])", r"\\\1", self.search_path)
            arguments["options"] = "%s -csearch_path=%s" % (arguments.get("options", ""), escaped)
        engine = sqlalchemy.create_engine(url, connect_args=arguments, poolclass=pool.NullPool)
        with engine.connect() as connection:
            self.work_on(engine, connection, environment, preamble, work)

    async def use_asynchronously(self, url, environment, preamble, work):
        from sqlalchemy.ext.asyncio import create_async_engine

        names = {"host": "host", "port": "port", "user": "user", "password": "password", "dbname": "database"}
        arguments = {names[name]: value for name, value in self.parameters.items() if name in names}
        if "sslmode" in self.parameters:
            arguments["ssl"] = self.parameters["sslmode"]
        if self.search_path is not None:
            arguments["server_settings"] = {"search_path": self.search_path}
        engine = create_async_engine(url, connect_args=arguments, poolclass=pool.NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(
                lambda synchronous: self.work_on(engine.sync_engine, synchronous, environment, preamble, work)
            )

    def work_on(self, engine, connection, environment, preamble, work):
        recorder = Recorder(engine, self.driver)
        self.online = Online(environment, connection, recorder, preamble)
        self.online.begin_from(REQUEST["starting_schema"])
        work()

    def up(self, migration, arguments):
        return self.online.run(migration, arguments)

    def tried_up(self, migration, arguments):
        """As `up`, and nothing stays."""
        return self.online.run(migration, arguments, keep=False)

    def down(self, migration, arguments, again):
        script = self.online.run(migration, arguments, keep=False)
        if script.no_transaction:
            # The block has committed what came before it.
            again()
        return script

    def close(self):
        pass


def postgres_driver(preferred):
    """The environment's own driver, where it is one of those that can be recorded, else one that is installed."""
    known = ("psycopg2", "psycopg", "asyncpg")
    for driver in sorted(known, key=lambda name: name != preferred):
        try:
            __import__(driver)
            return driver
        except ImportError:
            pass
    raise ImportError("to record what revisions send, one of psycopg2, psycopg and asyncpg has to be installed")

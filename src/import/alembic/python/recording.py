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

    # The one whose script is being recorded.
    active = None

    def __init__(self, engine, driver):
        self.driver = driver
        self.engine = engine
        self.script = None
        event.listen(engine, "after_cursor_execute", self.executed)

    @contextlib.contextmanager
    def recording(self, script):
        self.script, Recorder.active = script, self
        try:
            yield
        finally:
            self.script = Recorder.active = None

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
        """Remembers how many rows the tables had that a statement reads, when it read them first. Where it reads what
        is behind a view or a function, these are all tables."""
        script, self.script = self.script, None
        try:
            tables = tables_of(statement, context)
            kinds = {table: kind_of(connection, table) for table in tables}
            if reads_anything(connection, statement, context, kinds):
                tables = all_tables(connection)
            else:
                tables = [table for table in tables if kinds[table] == "table"]
            for table in tables:
                if table not in script.reads:
                    script.reads[table] = rows_of(connection, table)
        finally:
            self.script = script


def is_outside():
    """Whether the one who called the caller is neither SQLAlchemy nor Alembic."""
    return not sys._getframe(2).f_globals.get("__name__", "").startswith(("sqlalchemy.", "alembic."))


def refuse(reason):
    recorder = Recorder.active
    if recorder is not None and recorder.script is not None:
        recorder.script.unrecordable = recorder.script.unrecordable or reason


PAST_SQLALCHEMY = "it uses the driver's own connection, and what it sends there cannot be written down"


def watch_for_other_doors():
    """Notices revisions that reach past the connection that is recorded, and those that decide by how many rows a
    statement has changed."""
    connection = sqlalchemy.engine.Connection
    plain, raw = connection.connection, sqlalchemy.engine.Engine.raw_connection

    def connection_of_driver(self):
        if is_outside():
            refuse(PAST_SQLALCHEMY)
        return plain.__get__(self, type(self))

    def raw_connection(self, *arguments, **more):
        if is_outside():
            refuse(PAST_SQLALCHEMY)
        return raw(self, *arguments, **more)

    connection.connection = property(connection_of_driver)
    sqlalchemy.engine.Engine.raw_connection = raw_connection
    for owner in sqlalchemy.engine.CursorResult.__mro__ if hasattr(sqlalchemy.engine, "CursorResult") else ():
        if "rowcount" in vars(owner):
            watch_row_count(owner)
    event.listen(sqlalchemy.engine.Engine, "before_cursor_execute", elsewhere)


def watch_row_count(owner):
    plain = vars(owner)["rowcount"]

    def rowcount(self):
        recorder = Recorder.active
        if recorder is not None and recorder.script is not None and is_outside():
            context = self.context
            recorder.note_rows(context.root_connection, context.statement or "", context)
        return plain.__get__(self, type(self))

    owner.rowcount = property(rowcount)


def elsewhere(connection, *_):
    recorder = Recorder.active
    if recorder is not None and connection.engine.pool is not recorder.engine.pool:
        refuse("it makes a connection of its own, and what it does there cannot be written down")


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
    text = without_strings(text)
    found = set()
    for match in TABLE.finditer(text):
        while match is not None:
            found.add(tuple(unquoted(part) for part in match.groups()))
            match = FURTHER.match(text, match.end())
    return found


def without_strings(text):
    return re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", text, flags=re.DOTALL)


def unquoted(name):
    if name is None or not name.startswith('"'):
        return name and name.lower()
    return name[1:-1].replace('""', '"')


def quoted_table(table):
    return ".".join('"%s"' % part.replace('"', '""') for part in table if part)


def rows_of(connection, table):
    """How many rows a table has; None where there is no such table."""
    try:
        with connection.begin_nested():
            return connection.exec_driver_sql("SELECT count(*) FROM %s" % quoted_table(table)).scalar()
    except sqlalchemy.exc.DBAPIError:
        return None


def kind_of(connection, table):
    """What a name in a statement stands for: "table", "system" for what the database keeps for itself, "other" for a view
    or a table of another server; None where there is nothing of that name."""
    if connection.dialect.name == "sqlite":
        schema = '"%s".' % table[0].replace('"', '""') if table[0] else ""
        if table[1].lower().startswith(("sqlite_", "pragma_")):
            return "system"
        asked = sqlalchemy.text("SELECT type FROM %ssqlite_master WHERE name = :name COLLATE NOCASE" % schema)
        try:
            kinds = set(connection.execute(asked, {"name": table[1]}).scalars())
        except sqlalchemy.exc.DBAPIError:
            return None
        return "table" if "table" in kinds else "other" if "view" in kinds else None
    asked = sqlalchemy.text(
        "SELECT n.nspname, c.relkind::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.oid = pg_catalog.to_regclass(CAST(:name AS text))"
    )
    found = connection.execute(asked, {"name": quoted_table(table)}).first()
    if found is None:
        return None
    if found[0] in ("pg_catalog", "information_schema"):
        return "system"
    return "table" if found[1] in ("r", "p") else "other" if found[1] in ("v", "m", "f") else "system"


def all_tables(connection):
    """All tables that hold rows, but Alembic's own. A partitioned one stands for its partitions."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT NULL, name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    else:
        asked = (
            "SELECT CASE WHEN NOT pg_catalog.pg_table_is_visible(c.oid) THEN n.nspname::text END, c.relname::text"
            " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
        )
    found = [tuple(row) for row in connection.execute(sqlalchemy.text(asked))]
    return sorted((table for table in found if table[1] != "alembic_version"), key=lambda table: (table[0] or "", table[1]))


# What of PostgreSQL tells of rows and names no table where SQL names tables.
OF_ROWS = re.compile(
    r"\b(?:(?:query|table|cursor|schema|database)_to_xml\w*|pg_\w*_size|pg_stat\w*|reltuples|relpages|dblink\w*)\b",
    re.IGNORECASE,
)
CALLED = re.compile(r"(%s)\s*\(" % NAME)


def reads_anything(connection, statement, context, kinds):
    """Whether which rows a statement reads cannot be told from the tables that it names: it names a view, calls a
    function of the history's own, runs what was prepared, or asks for statistics."""
    if "other" in kinds.values() or statement.split(None, 1)[:1] in (["EXECUTE"], ["FETCH"]):
        return True
    if connection.dialect.name == "sqlite":
        return False
    text = without_strings(statement)
    names = sorted({unquoted(name) for name in CALLED.findall(text)})
    if OF_ROWS.search(text):
        return True
    asked = sqlalchemy.text(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.proname = ANY (CAST(:names AS text[])) AND n.nspname NOT IN ('pg_catalog', 'information_schema'))"
    )
    return bool(names) and connection.execute(asked, {"names": names}).scalar()


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


watch_for_other_doors()


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
        script.unrecordable = None
        environment, context = self.environment, self.context
        before = environment.context_opts, environment._migration_context
        environment.context_opts, environment._migration_context = self.options, context
        try:
            with contextlib.suppress(RolledBack), context.begin_transaction(_per_migration=True):
                for statement in self.preamble:
                    self.execute_plainly(statement)
                with self.recorder.recording(script), Operations.context(context):
                    migration(**arguments)
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

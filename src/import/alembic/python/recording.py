"""What Alembic sends to a database, written down while it runs on one that nobody else uses."""

import contextlib
import os
import sqlite3
import sys
import tempfile

import sqlalchemy
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event, pool


class Recorder:
    """Listens to an engine. What reflection asks is not written down."""

    def __init__(self, engine, driver):
        self.driver = driver
        self.script = None
        event.listen(engine, "after_cursor_execute", self.executed)

    def executed(self, connection, cursor, statement, parameters, context, executemany):
        if self.script is None or by_reflection():
            return
        # Values of many rows in one statement also count as `executemany`.
        for row in parameters if executemany and isinstance(parameters, list) else [parameters]:
            self.script.statements.append(as_sent(cursor, statement, row, self.driver))
        if cursor.description is not None and statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.script.reads = True


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
        self.context = MigrationContext.configure(
            connection=connection, environment_context=environment, opts=options
        )
        self.autocommit_block = self.context.autocommit_block
        self.context.autocommit_block = self.noticed_autocommit_block
        self.script = None

    @contextlib.contextmanager
    def noticed_autocommit_block(self):
        self.script.no_transaction = True
        with self.autocommit_block():
            yield

    def run(self, migration, arguments, keep=True):
        """Runs `upgrade` or `downgrade` of a revision in a transaction; what it sent. Without `keep` the transaction
        is rolled back."""
        self.script = script = Script()
        script.reads = False
        environment, context = self.environment, self.context
        before = environment._migration_context
        environment._migration_context = context
        try:
            with contextlib.suppress(RolledBack), context.begin_transaction(_per_migration=True):
                for statement in self.preamble:
                    plain = context.connection.execution_options(no_parameters=True)
                    plain.exec_driver_sql(statement)
                self.recorder.script = script
                try:
                    with Operations.context(context):
                        migration(**arguments)
                finally:
                    self.recorder.script = None
                if not keep:
                    raise RolledBack
        finally:
            environment._migration_context = before
        return script


class RolledBack(Exception):
    pass


class SqliteScratch:
    """A file of our own. A `downgrade` runs on a copy of it: DDL is not rolled back by Python's sqlite3."""

    driver = "sqlite"

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="revgraph-")
        self.path = os.path.join(self.folder.name, "scratch.db")
        self.engine = None

    def open(self, environment, preamble):
        self.environment, self.preamble = environment, preamble
        self.engine, self.connection, self.online = self._connect(self.path)

    def _connect(self, path):
        engine = sqlalchemy.create_engine("sqlite:///" + path, poolclass=pool.NullPool)
        recorder = Recorder(engine, self.driver)
        connection = engine.connect()
        return engine, connection, Online(self.environment, connection, recorder, self.preamble)

    def up(self, migration, arguments):
        return self.online.run(migration, arguments)

    def down(self, migration, arguments, _again):
        copy = os.path.join(self.folder.name, "copy.db")
        with contextlib.closing(sqlite3.connect(self.path)) as source, contextlib.closing(
            sqlite3.connect(copy)
        ) as target:
            source.backup(target)
        engine, connection, online = self._connect(copy)
        try:
            return online.run(migration, arguments)
        finally:
            connection.close()
            engine.dispose()
            os.remove(copy)

    def close(self):
        if self.engine is not None:
            self.connection.close()
            self.engine.dispose()
        self.folder.cleanup()


class PostgresScratch:
    """The database that revgraph has made. A `downgrade` is rolled back."""

    def __init__(self, parameters, search_path):
        self.search_path = search_path
        self.driver = postgres_driver()
        self.engine = sqlalchemy.create_engine(
            "postgresql+%s://" % self.driver,
            connect_args=dict(parameters, client_encoding="utf8"),
            poolclass=pool.NullPool,
        )
        self.recorder = Recorder(self.engine, self.driver)
        self.connection = None

    def open(self, environment, preamble):
        self.connection = self.engine.connect()
        if self.search_path is not None:
            with self.connection.begin():
                self.connection.exec_driver_sql('SET search_path = "%s"' % self.search_path.replace('"', '""'))
        self.online = Online(environment, self.connection, self.recorder, preamble)

    def up(self, migration, arguments):
        return self.online.run(migration, arguments)

    def down(self, migration, arguments, again):
        script = self.online.run(migration, arguments, keep=False)
        if script.no_transaction:
            # The block has committed what came before it.
            again()
        return script

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.engine.dispose()


def postgres_driver():
    for driver in ("psycopg2", "psycopg"):
        try:
            __import__(driver)
            return driver
        except ImportError:
            pass
    raise ImportError("neither psycopg2 nor psycopg is installed; one of them records what revisions send")

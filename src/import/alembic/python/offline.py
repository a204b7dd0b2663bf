"""SQL of revisions without a database: Alembic's offline mode, one script at a time, without what is wrong in it.

Alembic's own output doubles backslashes, turns tabs into blanks, and forgets the parameters of
`op.get_bind().execute(statement, parameters)`. Here a script either renders to what Alembic runs online, or says that
it cannot.
"""

import contextlib

from sqlalchemy import inspection, text
from sqlalchemy import types as sqltypes
from sqlalchemy.engine.strategies import MockEngineStrategy
from sqlalchemy.schema import DDLElement
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import BindParameter, TextClause


def binary_literal(_type, dialect):
    """Bytes as bytes. SQLAlchemy writes them as a string, which SQLite keeps as one."""
    return sqlite_literal if dialect.name == "sqlite" else postgres_literal


def json_literal(json_type, dialect):
    """The text that is bound otherwise. SQLAlchemy has none."""
    serialized = sqltypes.JSON.bind_processor(json_type, dialect)
    return lambda value: quoted(serialized(value))


sqltypes._Binary.literal_processor = binary_literal
sqltypes.JSON.literal_processor = json_literal


class NeedsDatabase(Exception):
    """The script asks the database, or does what only an online run shows."""


class Script:
    """The statements of one side of one revision, as they come."""

    def __init__(self):
        self.statements = []
        self.no_transaction = False
        # Set beside the exception: a script may catch it.
        self.needs_database = None

    def refuse(self, why):
        self.needs_database = self.needs_database or why
        raise NeedsDatabase(why)

    def sql(self):
        return "\n\n".join(terminated(statement) for statement in self.statements)


def terminated(statement):
    statement = statement.strip()
    if "--" in statement.rsplit("\n", 1)[-1]:
        return statement + "\n;"
    return statement if statement.endswith(";") else statement + ";"


class NoResult:
    """What a statement returns that has not run: nothing can be asked of it."""

    def __init__(self, offline):
        object.__setattr__(self, "_offline", offline)

    def _refuse(self, *_):
        self._offline.script.refuse("it reads what a statement returns")

    __getattr__ = __setattr__ = __bool__ = __iter__ = __len__ = __getitem__ = __eq__ = _refuse
    __hash__ = None


class OfflineConnection(MockEngineStrategy.MockConnection):
    """What `op.get_bind()` gives."""

    def __init__(self, dialect, offline):
        super().__init__(dialect, offline.execute_with)
        self._offline = offline

    def execute(self, statement, parameters=None, *more, **options):
        if more:
            self._offline.script.refuse("it passes parameters one by one")
        return self._offline.execute_with(statement, parameters)

    def _run_ddl_visitor(self, visitor, element, **options):
        if options.get("checkfirst"):
            self._offline.script.refuse("it makes or drops what is not or already there (checkfirst)")
        return super()._run_ddl_visitor(visitor, element, **options)

    def __getattr__(self, name):
        # Alembic asks for `in_transaction`, and does without.
        if name.startswith("__") or name == "in_transaction":
            raise AttributeError(name)
        self._offline.script.refuse("it uses the connection (%s)" % name)


def is_json_null(element):
    """Whether it is a `None` that is bound as a value, and would be written as NULL."""
    return isinstance(element, BindParameter) and element.value is None and element.type.should_evaluate_none


@inspection._inspects(OfflineConnection)
def _refuse_inspection(connection):
    connection._offline.script.refuse("it inspects the database")


class Offline:
    """Takes the place of a migration context's output."""

    def __init__(self, context):
        self.context = context
        self.dialect = context.dialect
        # `standard_conforming_strings` is on everywhere; SQLAlchemy knows only once it is connected.
        self.dialect._backslash_escapes = False
        # What env.py sends before the revisions.
        self.script = Script()
        context.connection = context.impl.connection = OfflineConnection(self.dialect, self)
        context.impl._exec = self.execute
        context.impl.static_output = lambda text: None
        context.autocommit_block = self.autocommit_block

    def execute(self, statement, execution_options=None, multiparams=None, params=None):
        if multiparams or params:
            self.script.refuse("it passes parameters")
        self.script.statements.append(self.compiled(statement))

    def execute_with(self, statement, parameters=None, *_, **__):
        for row in parameters if isinstance(parameters, (list, tuple)) else [parameters]:
            self.script.statements.append(self.compiled(self.bound(statement, row)))
        return NoResult(self)

    def bound(self, statement, parameters):
        if not parameters:
            return statement
        if isinstance(statement, TextClause):
            return statement.bindparams(**parameters)
        if isinstance(statement, Insert):
            return statement.values(**parameters)
        self.script.refuse("it passes parameters")

    def compiled(self, statement):
        if isinstance(statement, str):
            statement = text(statement)
        if isinstance(statement, DDLElement):
            return str(statement.compile(dialect=self.dialect))
        if any(is_json_null(element) for element in visitors.iterate(statement)):
            self.script.refuse("a value has no literal")
        try:
            compiled = statement.compile(dialect=self.dialect, compile_kwargs={"literal_binds": True})
            sql = str(compiled)
        except Exception:
            self.script.refuse("a value has no literal")
        if getattr(compiled, "insert_prefetch", None) or getattr(compiled, "update_prefetch", None):
            self.script.refuse("Python computes a default")
        return sql

    @contextlib.contextmanager
    def autocommit_block(self):
        self.script.no_transaction = True
        yield

    def render(self, migration, arguments):
        """Runs `upgrade` or `downgrade` of a revision."""
        self.script = script = Script()
        try:
            migration(**arguments)
        except Exception as error:
            script.needs_database = script.needs_database or describe(error)
            script.error = error
        return script


def describe(error):
    if "to reflect the table" in str(error):
        return "it rebuilds a table, which batch mode looks at"
    said = str(error).split("\n")[0]
    return without_addresses("%s: %s" % (type(error).__name__, said) if said else type(error).__name__)

"""From an environment to answers."""

import argparse
import heapq
import inspect
import logging
import re
import warnings


class Renderer:
    """Runs env.py as for `alembic upgrade --sql`, and renders every revision where it runs the migrations."""

    def __init__(self, config, directory):
        self.directory = directory
        self.revisions = []
        # The driver of the URL that env.py gives.
        self.driver = None
        self.offline = None
        self.asked_mode = False
        self.runs = 0
        # `alembic.context` calls the methods of the installed object, and knows no class but this one.
        self.environment = EnvironmentContext(config, directory, as_sql=True)
        for method in (self.is_offline_mode, self.configure, self.run_migrations):
            setattr(self.environment, method.__name__, method)

    def is_offline_mode(self):
        self.asked_mode = True
        return EnvironmentContext.is_offline_mode(self.environment)

    def configure(self, connection=None, url=None, dialect_name=None, dialect_opts=None, **options):
        wanted = REQUEST["dialect"]
        dialect = dialect_of(connection, url, dialect_name)
        self.driver = driver_of(dialect)
        if dialect is None or wanted is not None and backend(dialect) != wanted:
            dialect = wanted
        options.update(transaction_per_migration=True, literal_binds=True)
        # `named` keeps a % a %.
        options.update(dialect_name=dialect, dialect_opts=dict(dialect_opts or {}, paramstyle="named"))
        EnvironmentContext.configure(self.environment, **options)
        self.offline = Offline(self.environment.get_context())

    def run_migrations(self, **arguments):
        if is_of_another_database(arguments):
            return
        self.runs += 1
        if self.runs > 1:
            self.run_again(arguments)
            return
        # Only now: env.py may have told the folder where its revisions are.
        try:
            self.revisions = revisions_of(self.directory)
        except Exception as error:
            fail("history", error)
        for revision in self.revisions:
            declare(revision)
        context = self.environment.get_context()
        preamble = list(self.offline.script.statements)
        if preamble:
            text = "what it sends before the migrations begins every script: %s" % "; ".join(preamble)
            answer("note", path="env.py", text=text)
        if context.on_version_apply_callbacks:
            answer("note", path="env.py", text="its on_version_apply is not carried over")
        self.note_version_table(context)
        answer("dialect", dialect=backend(context.dialect.name))
        Rendering(self, preamble, arguments).run()

    def note_version_table(self, context):
        for key in ("version_table", "version_table_schema"):
            theirs = getattr(context, key)
            if theirs != REQUEST[key]:
                text = "its %s is %s, and that of revgraph %s: set %s in alembic.toml" % (key, theirs, REQUEST[key], key)
                answer("note", path="env.py", text=text)

    def run_again(self, arguments):
        if arguments:
            ways = " ".join("-x %s=%s" % argument for argument in arguments.items())
            raise alembic.util.CommandError(
                "env.py migrates several databases, one after the other: import each into an environment of its own, this one with %s" % ways
            )
        answer("note", path="env.py", text="it runs the migrations several times; the first was imported")


def is_of_another_database(arguments):
    """Whether env.py gives a revision these arguments for another database than the one that `-x` names."""
    asked = dict(pair.partition("=")[::2] for pair in REQUEST["x"] or [])
    return any(asked.get(name, str(value)) != str(value) for name, value in arguments.items())


def dialect_of(connection, url, name):
    if connection is not None:
        return "%s+%s" % (connection.dialect.name, connection.dialect.driver)
    return sqlalchemy.engine.make_url(url).drivername if url else name


def driver_of(dialect):
    driver = (dialect or "").partition("+")[2]
    return driver.partition("_")[0] or None


def backend(dialect):
    name = dialect.split("+")[0]
    return "postgresql" if name == "postgres" else name


class Rendering:
    """Both sides of every revision."""

    def __init__(self, renderer, preamble, arguments):
        self.renderer = renderer
        self.environment = renderer.environment
        self.preamble = preamble
        self.arguments = arguments
        # For each revision the sides that need a database, and why.
        self.wanted = {}

    def run(self):
        with Operations.context(self.environment.get_context()):
            for revision in self.renderer.revisions:
                self.render(revision)
        if self.wanted:
            self.record()

    def render(self, revision):
        source = source_of(revision)
        for side in ("up", "down"):
            migration = migration_of(revision, side)
            if migration is None:
                self.irreversible(revision, "it has no downgrade()")
                continue
            self.renderer.asked_mode = False
            script = self.renderer.offline.render(migration, self.arguments)
            if isinstance(getattr(script, "error", None), NotImplementedError) and side == "down":
                self.irreversible(revision, reason_of(script.error))
                continue
            if self.renderer.asked_mode or "as_sql" in source:
                script.needs_database = script.needs_database or "it asks whether it runs offline"
            if script.needs_database is None:
                self.note_values_of_python(revision, side, script, lambda migration: self.renderer.offline.render(migration, self.arguments))
                self.script(revision, side, script, recorded=None)
            else:
                self.wanted.setdefault(revision.revision, {})[side] = script.needs_database

    def note_values_of_python(self, revision, side, script, again):
        """Tells where a second rendering, of the file loaded anew, gives something else: a time, a random number."""
        if not script.statements or not COMPUTES.search(source_of(revision)):
            return
        try:
            module = loaded_again(revision)
            migration = getattr(module, {"up": "upgrade", "down": "downgrade"}[side])
            second = again(migration)
        except Exception:
            return
        if second.statements != script.statements:
            text = "its %sgrade() gives other values each time, such as a time or a random id: those of this import are the same for every database"
            answer("note", path=revision.path, text=text % side)

    def irreversible(self, revision, reason):
        answer("script", revision=revision.revision, side="down", irreversible=reason)

    def script(self, revision, side, script, recorded):
        statements = script.statements
        if statements:
            script.statements = self.preamble + statements
        answer(
            "script",
            revision=revision.revision,
            side=side,
            sql=script.sql(),
            no_transaction=script.no_transaction,
            recorded=recorded,
            reads=[
                dict(schema=schema, table=table, rows=rows)
                for (schema, table), rows in sorted(getattr(script, "reads", {}).items(), key=str)
                if rows is not None
            ],
        )

    def unrecordable(self, revision, side, reason):
        answer("script", revision=revision.revision, side=side, unrecordable=reason)

    def record(self):
        scratch = self.scratch()
        try:
            scratch.use(self.environment, self.preamble, lambda: self.record_all(scratch))
        except Exception as error:
            fail("database", error)
        finally:
            scratch.close()

    def record_all(self, scratch):
        # What cannot be recorded, and what stands on it.
        self.failed = {}
        for revision in self.renderer.revisions:
            self.record_one(scratch, revision)
            if not self.wanted:
                break

    def scratch(self):
        if self.environment.get_context().dialect.name == "sqlite":
            return SqliteScratch()
        wanted = [{"revision": id, "why": list(sides.values())[0]} for id, sides in sorted(self.wanted.items())]
        try:
            return PostgresScratch(self.renderer.driver, **ask("database", wanted=wanted))
        except Exception as error:
            fail("database", error)

    def record_one(self, scratch, revision):
        sides = self.wanted.pop(revision.revision, {})
        upgrade = migration_of(revision, "up")
        below = {getattr(one, "revision", one) for one in revision._all_down_revisions}
        culprit = next((self.failed[one] for one in sorted(below) if one in self.failed), None)
        reason = culprit and "it stands on %s, which could not be recorded" % culprit
        if culprit is None:
            reason = self.record_up(scratch, revision, upgrade, sides.get("up"))
        if reason is None:
            if "down" in sides:
                self.record_down(scratch, revision, upgrade, sides["down"])
            return
        self.failed[revision.revision] = culprit or revision.revision
        if "up" in sides:
            self.unrecordable(revision, "up", reason)
        if "down" in sides:
            self.irreversible(revision, "it could not be recorded")

    def record_up(self, scratch, revision, upgrade, why):
        """Records `upgrade` and tells it where it is wanted; why it cannot be, where it cannot."""
        second = None
        if why is not None and COMPUTES.search(source_of(revision)):
            try:
                second = scratch.tried_up(loaded_again(revision).upgrade, self.arguments)
            except Exception:
                pass
        try:
            script = scratch.up(upgrade, self.arguments)
        except Exception as error:
            told = traceback_of(error)
            answer("log", path=revision.path, text=told)
            return "its upgrade() fails on an empty database: %s" % first_line_of(error)
        if why is not None and script.unrecordable is not None:
            # What it has done stays done, for those that stand on it.
            self.unrecordable(revision, "up", script.unrecordable)
        elif why is not None:
            if second is not None and not second.no_transaction:
                self.note_values_of_python(revision, "up", script, lambda _: second)
            self.script(revision, "up", script, recorded=why)
        return None

    def record_down(self, scratch, revision, upgrade, why):
        try:
            script = scratch.down(
                migration_of(revision, "down"), self.arguments, lambda: scratch.up(upgrade, self.arguments)
            )
        except Exception as error:
            self.irreversible(revision, reason_of(error))
        else:
            if script.unrecordable is not None:
                self.irreversible(revision, script.unrecordable)
            else:
                self.script(revision, "down", script, recorded=why)


# What gives other values each time is seldom written without one of these words.
COMPUTES = re.compile("uuid|random|secret|token|now|today|time|date|getenv|environ|import (?!sqlalchemy|alembic)", re.IGNORECASE)


def loaded_again(revision):
    """The file of a revision, run once more."""
    return load_python_file(os.path.dirname(revision.path), os.path.basename(revision.path))


def first_line_of(error):
    said = str(error).strip().split("\n")[0]
    return without_addresses(redacted("%s: %s" % (type(error).__name__, said) if said else type(error).__name__))


def migration_of(revision, side):
    return getattr(revision.module, {"up": "upgrade", "down": "downgrade"}[side], None)


def source_of(revision):
    try:
        return inspect.getsource(revision.module)
    except (OSError, TypeError):
        return ""


def reason_of(error):
    said = str(error).strip().split("\n")[0]
    told = "its downgrade() says: %s" % said if said else "its downgrade() raises %s" % type(error).__name__
    return without_addresses(redacted(told))


def in_order(directory):
    """Parents and dependencies first, as Alembic runs them; where it cannot order them, by their ids."""
    try:
        return list(reversed(list(directory.walk_revisions())))
    except AssertionError:
        revisions = set(filter(None, directory.revision_map._revision_map.values()))
        return list(by_id_order(revisions))


def by_id_order(revisions):
    by_id = {revision.revision: revision for revision in revisions}
    above, missing = {id: [] for id in by_id}, {}
    for id, revision in by_id.items():
        below = {getattr(one, "revision", one) for one in revision._all_down_revisions}
        missing[id] = len(below)
        for one in below:
            above[one].append(id)
    ready = [id for id, count in missing.items() if count == 0]
    heapq.heapify(ready)
    while ready:
        id = heapq.heappop(ready)
        yield by_id[id]
        for one in above[id]:
            missing[one] -= 1
            if missing[one] == 0:
                heapq.heappush(ready, one)


def configuration(directory):
    """Alembic's configuration of a folder: that of alembic.ini or pyproject.toml, or of env.py alone."""
    directory = os.path.abspath(directory)
    options = argparse.Namespace(x=REQUEST["x"] or None)
    if os.path.isfile(directory):
        return config_of_file(directory, options)
    for folder in (directory, os.path.dirname(directory), os.path.dirname(os.path.dirname(directory))):
        for name in ("alembic.ini", "pyproject.toml"):
            path = os.path.join(folder, name)
            if not os.path.isfile(path):
                continue
            os.chdir(folder)
            config = config_of_file(path, options)
            location = location_of(config)
            if folder == directory and location:
                return config
            if location and os.path.realpath(location) == os.path.realpath(directory):
                return config
    # Flask-Migrate names the folder itself, and is run beside it.
    os.chdir(os.path.dirname(directory))
    ini = os.path.join(directory, "alembic.ini")
    config = Config(ini if os.path.isfile(ini) else None, cmd_opts=options)
    config.set_main_option("script_location", directory.replace("%", "%%"))
    return config


def config_of_file(path, options):
    os.chdir(os.path.dirname(path))
    if path.endswith(".toml"):
        ini = os.path.join(os.path.dirname(path), "alembic.ini")
        try:
            return Config(ini if os.path.isfile(ini) else None, toml_file=path, cmd_opts=options)
        except TypeError:
            return Config(ini, cmd_opts=options)
    toml = os.path.join(os.path.dirname(path), "pyproject.toml")
    try:
        return Config(path, toml_file=toml if os.path.isfile(toml) else None, cmd_opts=options)
    except TypeError:
        return Config(path, cmd_opts=options)


def location_of(config):
    get = getattr(config, "get_alembic_option", config.get_main_option)
    return get("script_location")


def revisions_of(directory):
    with warnings.catch_warnings():
        # A revision that is there twice, or that nobody has, is a warning to Alembic.
        warnings.filterwarnings("error", message="Revision .*")
        return in_order(directory)


def declare(revision):
    answer(
        "revision",
        revision=revision.revision,
        down_revisions=list(names(revision.down_revision)),
        depends_on=list(names(revision.dependencies)),
        branch_labels=list(names(getattr(revision.module, "branch_labels", None))),
        message=message_of(revision.longdoc),
        created=created_of(revision.longdoc),
        path=os.path.abspath(revision.path),
    )


def names(declared):
    return (declared,) if isinstance(declared, str) else tuple(declared or ())


GENERATED = re.compile(r"^(Revision ID|Revises|Create Date|Branch Labels?|Depends On)\s*:.*$", re.MULTILINE)


def message_of(docstring):
    """The docstring without what Alembic's template adds."""
    return GENERATED.sub("", docstring).strip()


def created_of(docstring):
    found = re.search(r"^Create Date\s*:\s*(.+)$", docstring, re.MULTILINE)
    return found[1].strip() if found else None


class without_application:
    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def application_of(directory):
    """Flask's application, where env.py asks for it; `flask db` would give it."""
    try:
        with open(os.path.join(directory.dir, "env.py"), encoding="utf-8") as file:
            needs_flask = "current_app" in file.read()
    except (OSError, UnicodeDecodeError):
        needs_flask = False
    if not needs_flask:
        return without_application()
    from flask.cli import ScriptInfo

    return ScriptInfo(os.environ.get("FLASK_APP")).load_app().app_context()


def main():
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    try:
        config = configuration(REQUEST["directory"])
        sys.path.insert(0, os.getcwd())
        directory = ScriptDirectory.from_config(config)
    except Exception as error:
        fail("configuration", error)
    answer(
        "environment",
        alembic=alembic.__version__,
        sqlalchemy=sqlalchemy.__version__,
        python=sys.executable,
        script_location=os.path.abspath(directory.dir),
    )
    render(config, directory)
    answer("done")
    ANSWERS.flush()


def render(config, directory):
    renderer = Renderer(config, directory)
    try:
        with renderer.environment:
            if REQUEST["run_env"]:
                with application_of(directory):
                    directory.run_env()
            else:
                with application_of(directory):
                    renderer.configure()
                    renderer.run_migrations()
    except Ended:
        raise
    except (Exception, SystemExit) as error:
        fail("env", error, path=os.path.join(directory.dir, "env.py"))
    if renderer.runs == 0:
        fail("env", RuntimeError("env.py has not called context.run_migrations()"), path=os.path.join(directory.dir, "env.py"))


main()

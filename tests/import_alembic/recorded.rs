//! Revisions that are recorded while Alembic runs them: what they were computed from, and what refuses to be recorded.

use super::environment::{Environment, Revision, texts};
use crate::support::{Project, on_each_database};

on_each_database!(
    rows_that_the_recording_lacked_keep_a_data_migration_from_running,
    rows_of_the_history_itself_are_known_by_their_number,
    what_the_recording_reads_is_found_in_constructs_and_in_text,
    rows_that_are_seen_through_other_doors_keep_a_data_migration_from_running,
    what_is_sent_past_the_recording_is_not_imported,
    a_revision_that_cannot_be_recorded_is_a_stub,
    a_history_that_does_not_begin_from_empty_is_recorded_on_what_it_begins_with,
    values_that_are_others_each_time_are_noted,
    revisions_may_look_at_the_version_table,
    env_py_may_say_where_the_revisions_are,
    reasons_hold_no_addresses,
);

fn script(project: &Project, name: &str) -> String {
    std::fs::read_to_string(project.path("versions").join(name)).expect("it was written")
}

/// A data migration as people write them: rows are read, and written by what was read.
fn data_migration(project: &Project) -> Environment {
    let environment = Environment::new(project);
    environment.sql(
        "a1",
        "None",
        "CREATE TABLE account (id INTEGER, name VARCHAR(20), slug VARCHAR(20))",
        "DROP TABLE account",
    );
    environment.revision(&Revision {
        id: "a2",
        down_revision: "'a1'",
        upgrade: "bind = op.get_bind()\n\
                  for id, name in bind.execute(sa.text('SELECT id, name FROM account')).fetchall():\n    \
                      bind.execute(sa.text('UPDATE account SET slug = :s WHERE id = :i'), {'s': name.lower(), 'i': id})",
        downgrade: "op.execute('UPDATE account SET slug = NULL')",
        ..Revision::default()
    });
    environment
}

fn rows_that_the_recording_lacked_keep_a_data_migration_from_running(project: &Project) {
    let environment = data_migration(project);
    let imported = environment.import(project, &[]);
    assert!(script(project, "a2_do_a2.up.sql").contains("\n-- revgraph: recorded-empty account\n"));
    assert_eq!(imported["summary"], "1 offline, 1 recorded, 1 read rows");
    project.takes(&["upgrade", "a1"], &["a1"], &["a1"]);
    project.database.execute("INSERT INTO account VALUES (1, 'Ann', NULL), (2, 'Bob', NULL);");

    let error = project.refused(&["upgrade"], 4);
    assert_eq!(error["kind"], "recorded");
    assert_eq!(error["tables"][0]["rows"], 2);
    assert!(texts(&error["hints"]).contains("--accept-recorded a2"), "{error}");
    assert_eq!(project.database.version_rows(), ["a1"]);
    let status = project.run(&["status", "--json"]).json();
    assert_eq!(status["recorded"][0]["revision"], "a2");
    assert_eq!(status["recorded"][0]["tables"][0], "account");
    let check = project.json(&["check"]).json();
    assert_eq!(check["recorded"][0]["revision"], "a2", "{check}");

    project.takes(&["upgrade", "--accept-recorded", "a2"], &["a2"], &["a2"]);
    assert_eq!(project.database.column("SELECT count(*) FROM account WHERE slug IS NULL"), ["2"]);
}

fn rows_of_the_history_itself_are_known_by_their_number(project: &Project) {
    let environment = data_migration(project);
    environment.sql("a0", "None", "SELECT 1", "");
    environment.sql("b1", "'a0'", "CREATE TABLE role (id INTEGER, name VARCHAR(20))", "DROP TABLE role");
    environment.sql("b2", "'b1'", "INSERT INTO role VALUES (1, 'admin'), (2, 'user')", "DELETE FROM role");
    environment.revision(&Revision {
        id: "b3",
        down_revision: "'b2'",
        upgrade: "role = sa.table('role', sa.column('id'), sa.column('name'))\n\
                  for row in op.get_bind().execute(sa.select(role.c.id).order_by(role.c.id)).fetchall():\n    \
                      op.execute(role.update().where(role.c.id == row[0]).values(name='r%d' % row[0]))",
        downgrade: "pass",
        ..Revision::default()
    });
    environment.import(project, &[]);
    assert!(script(project, "b3_do_b3.up.sql").contains("\n-- revgraph: recorded-rows role 2\n"));
    project.takes(&["upgrade", "b2"], &["a0", "b1", "b2"], &["b2"]);
    project.database.execute("INSERT INTO role VALUES (3, 'guest');");
    assert_eq!(project.refused(&["upgrade", "b3"], 4)["kind"], "recorded");
    project.database.execute("DELETE FROM role WHERE id = 3;");
    project.takes(&["upgrade", "b3"], &["b3"], &["b3"]);
    assert_eq!(project.database.column("SELECT name FROM role ORDER BY id"), ["r1", "r2"]);
}

fn what_the_recording_reads_is_found_in_constructs_and_in_text(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE a (x INTEGER)", "DROP TABLE a");
    for (id, below, table) in [("a2", "'a1'", "b"), ("a3", "'a2'", "\"Mixed c\"")] {
        environment.sql(
            id,
            below,
            &format!("CREATE TABLE {table} (x INTEGER)"),
            &format!("DROP TABLE {table}"),
        );
    }
    environment.revision(&Revision {
        id: "a4",
        down_revision: "'a3'",
        upgrade: "a, b = (sa.table(name, sa.column('x')) for name in ('a', 'b'))\n\
                  bind = op.get_bind()\n\
                  bind.execute(sa.select(a.c.x).where(a.c.x.in_(sa.select(b.c.x)))).scalar()\n\
                  bind.execute(sa.text('SELECT \"Mixed c\".x -- FROM nothing\\nFROM a AS one, \"Mixed c\"')).scalar()",
        downgrade: "pass",
        ..Revision::default()
    });
    environment.import(project, &[]);
    let up = script(project, "a4_do_a4.up.sql");
    assert!(up.contains("\n-- revgraph: recorded-empty \"Mixed c\", a, b\n"), "{up}");
    project.json(&["upgrade"]);
}

/// A history that makes two tables, and this revision on top.
fn on_two_tables(project: &Project, upgrade: &str) -> Environment {
    let environment = Environment::new(project);
    environment.sql(
        "a1",
        "None",
        "CREATE TABLE account (id INTEGER, name VARCHAR(20), slug VARCHAR(20))",
        "DROP TABLE account",
    );
    environment.sql("a2", "'a1'", "CREATE TABLE other (id INTEGER)", "DROP TABLE other");
    environment.revision(&Revision {
        id: "a3",
        down_revision: "'a2'",
        upgrade,
        downgrade: "pass",
        ..Revision::default()
    });
    environment
}

/// What is read names no table: through what it is read may be filled by any.
fn rows_that_are_seen_through_other_doors_keep_a_data_migration_from_running(project: &Project) {
    let update = "op.execute(\"UPDATE account SET slug = 'some'\")";
    let view = format!(
        "bind = op.get_bind()\n\
         op.execute('CREATE VIEW v AS SELECT id FROM account')\n\
         if bind.execute(sa.text('SELECT id FROM v')).first(): {update}"
    );
    let count = format!(
        "changed = op.get_bind().execute(sa.text('UPDATE account SET slug = name'))\nif changed.rowcount: {update}"
    );
    let function = format!(
        "bind = op.get_bind()\n\
         op.execute('CREATE FUNCTION f() RETURNS SETOF account LANGUAGE sql AS $$ SELECT * FROM account $$')\n\
         if bind.execute(sa.text('SELECT id FROM f()')).first(): {update}"
    );
    let cursor = format!(
        "bind = op.get_bind()\n\
         bind.execute(sa.text('DECLARE c CURSOR FOR SELECT id FROM account'))\n\
         if bind.execute(sa.text('FETCH ALL FROM c')).first(): {update}"
    );
    let statistics = format!(
        "bind = op.get_bind()\n\
         if bind.execute(sa.text(\"SELECT pg_relation_size('account')\")).scalar(): {update}"
    );
    let all = "account, other";
    let mut doors = vec![(view, all), (count, "account")];
    if project.database.is_postgres() {
        doors.extend([(function, all), (cursor, all), (statistics, all)]);
    }
    for (upgrade, read) in doors {
        let project = Project::new(project.database.kind());
        on_two_tables(&project, &upgrade).import(&project, &[]);
        let up = script(&project, "a3_do_a3.up.sql");
        assert!(up.contains(&format!("\n-- revgraph: recorded-empty {read}\n")), "{upgrade}\n{up}");
        project.json(&["upgrade", "a2"]);
        project.database.execute("INSERT INTO account VALUES (1, 'Ann', NULL);");
        assert_eq!(project.refused(&["upgrade"], 4)["kind"], "recorded", "{upgrade}");
    }
    // Of what the database tells of itself nothing is wanted.
    let of_itself = if project.database.is_postgres() {
        "SELECT 1 FROM pg_type WHERE typname = 'x'"
    } else {
        "SELECT name FROM sqlite_master"
    };
    let upgrade = format!("op.get_bind().execute(sa.text(\"{of_itself}\")).first()");
    on_two_tables(project, &upgrade).import(project, &[]);
    let up = script(project, "a3_do_a3.up.sql");
    assert!(!up.contains("-- revgraph: recorded-"), "{up}");
}

fn what_is_sent_past_the_recording_is_not_imported(project: &Project) {
    let doors = [
        (
            "op.get_bind().connection.cursor().execute(\"INSERT INTO account (id) VALUES (1)\")",
            "it uses the driver's own connection",
        ),
        (
            "with sa.create_engine('sqlite://').connect() as own:\n    \
                 if own.execute(sa.text('SELECT 1')).first(): op.execute('DELETE FROM account')\n\
             op.get_bind().execute(sa.text('SELECT 1')).first()",
            "it makes a connection of its own",
        ),
    ];
    for (upgrade, reason) in doors {
        let project = Project::new(project.database.kind());
        let environment = on_two_tables(&project, upgrade);
        environment.sql("a4", "'a3'", "CREATE TABLE last (id INTEGER)", "DROP TABLE last");
        let imported = environment.import(&project, &[]);
        assert!(script(&project, "a3_do_a3.up.sql").contains("-- revgraph: not-imported"), "{imported}");
        assert!(texts(&imported["notes"]).contains(reason), "{imported}");
        project.json(&["upgrade", "a2"]);
        assert_eq!(project.refused(&["upgrade"], 1)["kind"], "stub");
    }
}

fn a_revision_that_cannot_be_recorded_is_a_stub(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    let asking = |id, below, upgrade| {
        let revision =
            Revision { id, down_revision: below, upgrade, downgrade: "pass", ..Revision::default() };
        environment.revision(&revision);
    };
    asking("a2", "'a1'", "sa.inspect(op.get_bind()).get_columns('made_by_create_all')");
    asking("a3", "'a2'", "sa.inspect(op.get_bind()).get_columns('t')");
    environment.sql("a4", "'a3'", "CREATE TABLE u (x INTEGER)", "DROP TABLE u");
    let imported = environment.import(project, &[]);
    assert_eq!(imported["summary"], "2 offline, 0 recorded, 2 not imported");
    let notes = texts(&imported["notes"]);
    assert!(notes.contains("its upgrade() fails on an empty database: NoSuchTableError"), "{notes}");
    assert!(notes.contains("it stands on a2, which could not be recorded"), "{notes}");
    project.takes(&["upgrade", "a1"], &["a1"], &["a1"]);
    let error = project.refused(&["upgrade"], 1);
    assert_eq!((&error["kind"], &error["revision"]), (&"stub".into(), &"a2".into()));
    assert_eq!(project.database.version_rows(), ["a1"]);
    project.json(&["stamp", "a3", "--force"]);
    project.takes(&["upgrade"], &["a4"], &["a4"]);
}

/// The tables of `create_all()`, which no revision makes: from a file, and from the database that has them.
fn a_history_that_does_not_begin_from_empty_is_recorded_on_what_it_begins_with(project: &Project) {
    let account =
        "CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) DEFAULT '100%' NOT NULL);\n";
    let environment = Environment::new(project);
    environment.revision(&Revision {
        id: "a1",
        down_revision: "None",
        upgrade: "if 'mail' not in [column['name'] for column in sa.inspect(op.get_bind()).get_columns('account')]:\n    \
                      with op.batch_alter_table('account', recreate='always') as batch:\n        \
                          batch.add_column(sa.Column('mail', sa.String(40)))",
        downgrade: "with op.batch_alter_table('account', recreate='always') as batch:\n    batch.drop_column('mail')",
        ..Revision::default()
    });
    project.write("start.sql", account);
    project.database.execute(account);
    project.database.execute("INSERT INTO account (id) VALUES (1);");
    let url = project.database.url();
    for start in ["start.sql", &url] {
        let imported = environment.import(project, &["--starting-schema", start]);
        assert_eq!(imported["summary"], "0 offline, 1 recorded", "{start}: {imported}");
        let up = script(project, "a1_do_a1.up.sql");
        assert!(up.contains("mail VARCHAR(40)"), "{up}");
        std::fs::remove_dir_all(project.path("versions")).expect("they were written");
    }
    environment.import(project, &["--starting-schema", "start.sql"]);
    project.takes(&["upgrade"], &["a1"], &["a1"]);
    let named = "SELECT 1 FROM account WHERE name = '100%' AND mail IS NULL";
    assert_eq!(project.database.query(named).len(), 1);
    project.takes(&["downgrade", "base", "--yes"], &["a1"], &[]);

    let error = environment.refused(project, &["--starting-schema", "missing.sql"]);
    assert!(error["message"].as_str().is_some_and(|message| message.contains("missing.sql")), "{error}");
}

fn values_that_are_others_each_time_are_noted(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x VARCHAR(40))", "DROP TABLE t");
    environment.revision(&Revision {
        id: "a2",
        down_revision: "'a1'",
        declares: "import uuid\nTOKEN = str(uuid.uuid4())",
        upgrade: "op.execute(\"INSERT INTO t VALUES ('%s')\" % TOKEN)",
        downgrade: "pass",
    });
    environment.revision(&Revision {
        id: "a3",
        down_revision: "'a2'",
        declares: "import uuid\nTOKEN = 'always the same'",
        upgrade: "op.execute(\"INSERT INTO t VALUES ('%s')\" % TOKEN)",
        downgrade: "pass",
    });
    let notes = texts(&environment.import(project, &[])["notes"]);
    assert_eq!(notes.matches("gives other values each time").count(), 1, "{notes}");
}

fn revisions_may_look_at_the_version_table(project: &Project) {
    let environment = Environment::new(project);
    environment.revision(&Revision {
        id: "a1",
        down_revision: "None",
        upgrade: "op.get_bind().execute(sa.text('SELECT version_num FROM alembic_version')).fetchall()",
        downgrade: "pass",
        ..Revision::default()
    });
    environment.import(project, &[]);
    assert!(!script(project, "a1_do_a1.up.sql").contains("recorded-empty"));
    project.takes(&["upgrade"], &["a1"], &["a1"]);
}

fn env_py_may_say_where_the_revisions_are(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    std::fs::rename(environment.folder.join("migrations/versions"), environment.folder.join("elsewhere"))
        .expect("it can be moved");
    let env = std::fs::read_to_string(environment.folder.join("migrations/env.py")).expect("it is there");
    let line = "context.script.version_locations = [os.path.join(os.getcwd(), 'elsewhere')]\n";
    environment.write("migrations/env.py", &env.replace("url = os", &format!("{line}url = os")));
    environment.import(project, &[]);
    project.takes(&["upgrade"], &["a1"], &["a1"]);
}

fn reasons_hold_no_addresses(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "SELECT 1", "");
    environment.revision(&Revision {
        id: "a2",
        down_revision: "'a1'",
        upgrade: "if not context.is_offline_mode():\n    raise ValueError(object())",
        downgrade: "raise ValueError(object())",
        ..Revision::default()
    });
    let imported = environment.import(project, &[]).to_string();
    assert!(imported.contains("<object object>") && !imported.contains(" at 0x"), "{imported}");
}

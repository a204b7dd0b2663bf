//! An imported history builds what Alembic builds, up and down, from the base and from the middle.

use super::environment::{Environment, Revision, texts};
use crate::support::{Database, Project, on_each_database};

on_each_database!(
    an_imported_history_builds_what_alembic_builds,
    a_database_that_alembic_has_begun_goes_on,
    irreversible_and_idle_downgrades_stay_so,
);

/// Two bases, a branch, a merge, a dependency across, labels, data, batches, types, and revisions that look first.
fn shop(project: &Project) -> Environment {
    let environment = Environment::new(project);
    let revision = |revision: Revision<'_>| {
        environment.revision(&revision);
    };
    revision(Revision {
        id: "a1",
        down_revision: "None",
        declares: "branch_labels = ('core', 'shop')",
        upgrade: "account = op.create_table('account',\n    sa.Column('id', sa.Integer, primary_key=True),\n    \
                  sa.Column('name', sa.String(40), nullable=False),\n    \
                  sa.Column('made', sa.DateTime, server_default=sa.func.now()),\n    \
                  sa.Column('share', sa.String(10), server_default='50%'))\n\
                  op.bulk_insert(account, [{'id': 1, 'name': \"it's\\t100% \\\\ :x\"}, {'id': 2, 'name': 'ä'}])",
        downgrade: "op.drop_table('account')",
    });
    revision(Revision {
        id: "b1",
        down_revision: "'a1'",
        upgrade: "with op.batch_alter_table('account') as batch:\n    \
                  batch.alter_column('name', type_=sa.String(80), existing_type=sa.String(40), nullable=True)\n    \
                  batch.create_unique_constraint(None, ['name'])",
        downgrade: "with op.batch_alter_table('account') as batch:\n    \
                    batch.drop_constraint('uq_account_name', type_='unique')\n    \
                    batch.alter_column('name', type_=sa.String(40), existing_type=sa.String(80), nullable=False)",
        ..Revision::default()
    });
    revision(Revision {
        id: "b2",
        down_revision: "'a1'",
        upgrade: "op.create_table('item', sa.Column('id', sa.Integer, primary_key=True),\n    \
                  sa.Column('owner', sa.Integer, sa.ForeignKey('account.id', ondelete='CASCADE')), sa.Column('price', sa.Numeric(8, 2)))\n\
                  op.create_index(None, 'item', ['owner'])",
        downgrade: "op.drop_table('item')",
        ..Revision::default()
    });
    revision(Revision { id: "m1", down_revision: "('b1', 'b2')", ..Revision::default() });
    revision(Revision {
        id: "x1",
        down_revision: "None",
        declares: "branch_labels = 'other'",
        upgrade: "op.execute(\"CREATE TABLE note (id INTEGER PRIMARY KEY, text VARCHAR(80)) -- of anybody\")\n\
                  import datetime, decimal\n\
                  kinds = op.create_table('kinds', sa.Column('id', sa.Integer), sa.Column('blob', sa.LargeBinary),\n    \
                  sa.Column('flag', sa.Boolean), sa.Column('day', sa.Date), sa.Column('json', sa.JSON),\n    \
                  sa.Column('number', sa.Numeric(8, 3)), sa.Column('real', sa.Float))\n\
                  op.bulk_insert(kinds, [dict(id=1, blob=b\"a\\\\'%\", flag=True, day=datetime.date(1999, 12, 31),\n    \
                  json={'a': [1, 'x\"%\\\\']}, number=decimal.Decimal('12.500'), real=1e-7),\n    \
                  dict(id=2, blob=b'\\x00\\xff', flag=False, day=None, json=[], number=-1, real=None)])",
        downgrade: "op.execute('DROP TABLE note')\nop.drop_table('kinds')",
    });
    revision(Revision {
        id: "x2",
        down_revision: "'x1'",
        declares: "depends_on = 'b1'",
        upgrade: "op.get_bind().execute(sa.text(\"INSERT INTO note VALUES (:id, :text)\"), {'id': 7, 'text': \"a:b 'c' \\\\ 5%\"})\n\
                  op.execute(sa.text(\"UPDATE note SET text = text || '\\\\:y'\"))",
        downgrade: "op.execute('DELETE FROM note')",
    });
    revision(Revision {
        id: "y1",
        down_revision: "'m1'",
        declares: "depends_on = ('x2',)",
        upgrade: "bind = op.get_bind()\n\
                  if 'email' not in [column['name'] for column in sa.inspect(bind).get_columns('account')]:\n    \
                  op.add_column('account', sa.Column('email', sa.String(80)))\n\
                  for (id, name) in bind.execute(sa.text('SELECT id, name FROM account ORDER BY id')).fetchall():\n    \
                  bind.execute(sa.text('UPDATE account SET email = :email WHERE id = :id'), \
                  {'email': \"%s'%%@x\\\\\" % name, 'id': id})",
        downgrade: "with op.batch_alter_table('account') as batch:\n    batch.drop_column('email')",
    });
    if project.database.is_postgres() {
        of_postgres(&environment);
    }
    environment
}

fn of_postgres(environment: &Environment) {
    environment.revision(&Revision {
        id: "y2",
        down_revision: "'y1'",
        // Both look whether the type is there already; only the first finds that it is not.
        upgrade: "postgresql.ENUM('sad', 'ok', name='mood').create(op.get_bind(), checkfirst=True)\n\
                  postgresql.ENUM('sad', 'ok', name='mood').create(op.get_bind(), checkfirst=True)\n\
                  op.add_column('account', sa.Column('mood', postgresql.ENUM(name='mood', create_type=False)))",
        downgrade: "op.drop_column('account', 'mood')\nsa.Enum(name='mood').drop(op.get_bind(), checkfirst=False)",
        ..Revision::default()
    });
    environment.revision(&Revision {
        id: "y3",
        down_revision: "'y2'",
        upgrade: "with op.get_context().autocommit_block():\n    \
                  op.execute(\"ALTER TYPE mood ADD VALUE 'happy'\")\n    \
                  op.create_index('ix_account_mood', 'account', ['mood'], postgresql_concurrently=True)\n\
                  op.execute(\"UPDATE account SET mood = 'happy'\")",
        downgrade: "with op.get_context().autocommit_block():\n    \
                    op.drop_index('ix_account_mood', 'account', postgresql_concurrently=True)",
        ..Revision::default()
    });
}

/// Both databases have the same schema, and the same rows.
#[track_caller]
fn assert_same(project: &Project, other: &Database) {
    let ran = project.run(&["diff", &project.database.url(), &other.url()]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(project.database.tables(), other.tables());
    for table in other.tables() {
        let rows = format!("SELECT * FROM {table} ORDER BY 1");
        let without_times = |database: &Database| -> Vec<Vec<Option<String>>> {
            let rows = database.query(&rows);
            let is_time = |cell: &Option<String>| cell.as_ref().is_some_and(|text| text.starts_with("20"));
            rows.into_iter().map(|row| row.into_iter().filter(|cell| !is_time(cell)).collect()).collect()
        };
        assert_eq!(without_times(&project.database), without_times(other), "{table}");
    }
}

fn other_database(project: &Project) -> Database {
    let folder = project.path("other");
    std::fs::create_dir_all(&folder).expect("a folder");
    Database::new(project.database.kind(), &folder)
}

fn an_imported_history_builds_what_alembic_builds(project: &Project) {
    let environment = shop(project);
    let imported = environment.import(project, &[]);
    assert_eq!(project.database.all_tables(), [""; 0], "the configured database is not touched");
    let of = |id: &str| {
        let revisions = imported["revisions"].as_array().expect("a list").clone();
        revisions.into_iter().find(|revision| revision["revision"] == id).expect("it was imported")
    };
    assert_eq!(of("a1")["branch_labels"], serde_json::json!(["core", "shop"]));
    assert_eq!(of("m1")["down_revisions"], serde_json::json!(["b1", "b2"]));
    assert_eq!(of("x2")["depends_on"], serde_json::json!(["b1"]));
    let notes = texts(&imported["notes"]);
    assert!(notes.contains("it inspects the database; it reads rows"), "{notes}");
    assert_eq!(notes.contains("batch mode"), project.database.is_sqlite(), "{notes}");

    let theirs = other_database(project);
    environment.alembic(&theirs, &["upgrade", "heads"]);
    project.json(&["upgrade", "heads"]);
    assert_same(project, &theirs);
    assert_eq!(project.database.version_rows(), theirs.version_rows());
    if project.database.is_sqlite() {
        assert_eq!(project.database.column("SELECT typeof(blob) FROM kinds"), ["blob", "blob"]);
    }

    environment.alembic(&theirs, &["downgrade", "base"]);
    project.json(&["downgrade", "base"]);
    assert_same(project, &theirs);
    assert_eq!(project.database.version_rows(), [""; 0]);
    project.json(&["upgrade", "heads"]);

    let again = environment.import(project, &[]);
    assert_eq!(again["revisions"], serde_json::json!([]));
    assert_eq!(again["known"].as_array().map(Vec::len), imported["revisions"].as_array().map(Vec::len));
}

fn a_database_that_alembic_has_begun_goes_on(project: &Project) {
    let environment = shop(project);
    environment.alembic(&project.database, &["upgrade", "m1"]);
    environment.import(project, &["--adopt"]);
    let rows = project.database.version_rows();
    // The revisions are there, so no Python is asked.
    assert_eq!(project.json(&["stamp", "--from", "alembic", "--python", "/nowhere/python"]).heads(), rows);
    assert_eq!(project.database.ledger(), ["a1", "b1", "b2", "m1"]);
    assert_eq!(project.database.version_rows(), ["m1"]);
    project.json(&["upgrade", "heads"]);
    let theirs = other_database(project);
    environment.alembic(&theirs, &["upgrade", "heads"]);
    assert_same(project, &theirs);
    project.json(&["downgrade", "base"]);
    assert_eq!(project.database.tables(), [""; 0]);
}

fn irreversible_and_idle_downgrades_stay_so(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    environment.sql("a2", "'a1'", "INSERT INTO t VALUES (1)", "");
    environment.revision(&Revision {
        id: "a3",
        down_revision: "'a2'",
        upgrade: "op.execute('DELETE FROM t')",
        downgrade: "raise NotImplementedError('the rows are gone')",
        ..Revision::default()
    });
    let imported = environment.import(project, &[]);
    assert!(texts(&imported["notes"]).contains("its downgrade() does nothing"), "{}", imported["notes"]);
    project.json(&["upgrade"]);
    let error = project.refused(&["downgrade", "base"], 1);
    assert!(error["message"].as_str().unwrap_or_default().contains("the rows are gone"), "{error}");
    project.takes(&["stamp", "--force", "a2"], &["a2"], &["a2"]);
    project.takes(&["downgrade", "base"], &["a2", "a1"], &[]);
}

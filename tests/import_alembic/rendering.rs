//! What of env.py and of the configuration reaches the scripts.

use std::fs;

use super::environment::{Environment, Revision, texts};
use crate::support::{Project, on_each_database};

on_each_database!(
    ids_that_are_not_allowed_are_changed,
    what_env_py_sends_begins_every_script,
    the_dialect_is_the_one_that_is_asked_for,
    env_py_may_be_left_out,
    a_script_that_asks_for_offline_mode_is_recorded,
    values_that_python_computes_are_recorded,
);

#[track_caller]
fn script(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path(&format!("versions/{name}"))).expect("it was written")
}

fn ids_that_are_not_allowed_are_changed(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a 1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    environment.sql("b1", "'a 1'", "CREATE TABLE u (x INTEGER)", "DROP TABLE u");
    let imported = environment.import(project, &[]);
    assert!(texts(&imported["notes"]).contains("the id `a 1` is not allowed: it becomes a_1"));
    assert!(script(project, "b1_do_b1.up.sql").contains("-- down_revision: a_1\n"));
    project.takes(&["upgrade"], &["a_1", "b1"], &["b1"]);
}

fn what_env_py_sends_begins_every_script(project: &Project) {
    let environment = Environment::new(project);
    let env = fs::read_to_string(environment.folder.join("migrations/env.py")).expect("it is there");
    let sends = "        context.execute('CREATE TABLE IF NOT EXISTS seen (x INTEGER)')\n        context.run_migrations()";
    environment.write("migrations/env.py", &env.replace("        context.run_migrations()", sends));
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    let imported = environment.import(project, &[]);
    assert!(texts(&imported["notes"]).contains("begins every script: CREATE TABLE IF NOT EXISTS seen"));
    project.json(&["upgrade"]);
    assert_eq!(project.database.tables(), ["seen", "t"]);
}

fn the_dialect_is_the_one_that_is_asked_for(project: &Project) {
    let environment = Environment::new(project);
    environment.revision(&Revision {
        id: "a1",
        down_revision: "None",
        upgrade: "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))",
        downgrade: "op.drop_table('t')",
        ..Revision::default()
    });
    for (dialect, key) in [("postgres", "id SERIAL NOT NULL"), ("sqlite", "id INTEGER NOT NULL")] {
        environment.import(project, &["--dialect", dialect]);
        assert!(script(project, "a1_do_a1.up.sql").contains(key), "{dialect}");
        fs::remove_dir_all(project.path("versions")).expect("it can be removed");
    }
}

fn env_py_may_be_left_out(project: &Project) {
    let environment = Environment::new(project);
    environment.write("migrations/env.py", "raise RuntimeError('not here')\n");
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    environment.refused(project, &[]);
    environment.import(project, &["--without-env"]);
    project.takes(&["upgrade"], &["a1"], &["a1"]);
}

fn a_script_that_asks_for_offline_mode_is_recorded(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    environment.revision(&Revision {
        id: "a2",
        down_revision: "'a1'",
        upgrade: "if not context.is_offline_mode():\n    op.execute('INSERT INTO t VALUES (1)')",
        downgrade: "op.execute('DELETE FROM t')",
        ..Revision::default()
    });
    environment.import(project, &[]);
    let up = script(project, "a2_do_a2.up.sql");
    assert!(
        up.contains("-- recorded while Alembic ran it on an empty database: it asks whether it runs offline")
    );
    project.json(&["upgrade"]);
    assert_eq!(project.database.column("SELECT x FROM t"), ["1"]);
}

fn values_that_python_computes_are_recorded(project: &Project) {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER, y VARCHAR(9))", "DROP TABLE t");
    environment.revision(&Revision {
        id: "a2",
        down_revision: "'a1'",
        upgrade: "t = sa.Table('t', sa.MetaData(), sa.Column('x', sa.Integer), sa.Column('y', sa.String, default=lambda: '5%'))\n\
                  op.get_bind().execute(t.insert(), [{'x': 1}, {'x': 2}])\n\
                  op.get_bind().execute(t.update().where(t.c.x == sa.bindparam('old')), {'old': 2, 'x': 3})",
        downgrade: "op.execute('DELETE FROM t')",
        ..Revision::default()
    });
    environment.import(project, &[]);
    project.json(&["upgrade"]);
    assert_eq!(project.database.column("SELECT x || y FROM t ORDER BY 1"), ["15%", "35%"]);
}

//! Environments that cannot be read: what is told, and that nothing is written.

use std::fs;

use super::environment::{Environment, Revision, error_of, texts};
use crate::support::{Project, on_each_database};

on_each_database!(
    a_broken_env_py_shows_its_traceback,
    a_missing_variable_is_told_and_no_password,
    a_history_that_alembic_refuses_is_refused,
    the_python_has_to_be_the_environments,
    an_edited_source_clashes,
    several_databases_are_too_many,
);

fn with_table(project: &Project) -> Environment {
    let environment = Environment::new(project);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER)", "DROP TABLE t");
    environment
}

fn message(error: &serde_json::Value) -> &str {
    error["message"].as_str().unwrap_or_default()
}

fn a_broken_env_py_shows_its_traceback(project: &Project) {
    let environment = with_table(project);
    environment.write("migrations/env.py", "import shop_settings_that_nobody_has\n");
    let error = environment.refused(project, &[]);
    assert!(message(&error).ends_with("migrations/env.py does not run"), "{error}");
    let causes = texts(&error["causes"]);
    assert!(
        causes.contains("ModuleNotFoundError: No module named 'shop_settings_that_nobody_has'"),
        "{causes}"
    );
    assert!(!causes.contains("import shop_settings_that_nobody_has\n"), "{causes}");
    let traceback = error["traceback"].as_str().unwrap_or_default();
    assert!(traceback.contains("import shop_settings_that_nobody_has\n"), "{traceback}");
    assert!(!traceback.contains("<string>"), "our own frames help nobody: {traceback}");
    let causes = texts(&environment.refused(project, &["-v"])["causes"]);
    assert!(causes.contains("import shop_settings_that_nobody_has\n"), "{causes}");
    assert!(texts(&error["hints"]).contains("--python PATH"), "{error}");
    environment.write("migrations/env.py", "import sys\nsys.exit('set SHOP')\n");
    assert!(texts(&environment.refused(project, &[])["causes"]).contains("set SHOP"));
}

fn a_missing_variable_is_told_and_no_password(project: &Project) {
    let environment = with_table(project);
    let output = environment
        .import_command(project, &[])
        .env_remove("SHOP_DATABASE_URL")
        .output()
        .expect("the binary can be run");
    let error = error_of(&output);
    assert!(texts(&error["causes"]).contains("KeyError: 'SHOP_DATABASE_URL'"), "{error}");
    let env = "import os\nraise RuntimeError('cannot use ' + os.environ['SHOP_DATABASE_URL'] + ' and x://u:pass-word@h')\n";
    environment.write("migrations/env.py", env);
    let error = environment.refused(project, &[]).to_string();
    assert!(error.contains("cannot use ***"), "{error}");
    assert!(!error.contains("top-secret") && !error.contains("pass-word"), "{error}");
}

fn a_history_that_alembic_refuses_is_refused(project: &Project) {
    let environment = with_table(project);
    environment.sql("b1", "'gone'", "SELECT 1", "");
    let error = environment.refused(project, &[]);
    assert!(texts(&error["causes"]).contains("gone"), "{error}");
    let twin =
        fs::read_to_string(environment.folder.join("migrations/versions/a1_do.py")).expect("it is there");
    environment.sql("b1", "'a1'", "SELECT 1", "");
    environment.write("migrations/versions/twin.py", &twin);
    let error = environment.refused(project, &[]);
    assert!(texts(&error["causes"]).contains("a1 is present more than once"), "{error}");
    environment.write("migrations/versions/twin.py", "def upgrade(:\n");
    let error = environment.refused(project, &[]);
    assert_eq!(message(&error), "Alembic cannot load the revisions");
    assert!(texts(&error["causes"]).contains("SyntaxError"), "{error}");
}

fn the_python_has_to_be_the_environments(project: &Project) {
    let environment = with_table(project);
    let folder = environment.folder.to_str().expect("a folder");
    let import = |python: &str| project.refused(&["import", "alembic", folder, "--python", python], 1);
    let error = import("no-such-python");
    assert!(message(&error).contains("no-such-python cannot be run"), "{error}");
    assert!(texts(&error["hints"]).contains("--python PATH"), "{error}");
    let error = import("/bin/false");
    assert!(message(&error).contains("ended before it had read the environment"), "{error}");
    // A Python that has no packages at all.
    let alone = project.path("python");
    let script = format!("#!/bin/sh\nexec {} -S \"$@\"\n", crate::support::alembic::PYTHON);
    fs::write(&alone, script).expect("a file");
    std::process::Command::new("chmod").arg("+x").arg(&alone).status().expect("it can be made a program");
    let error = import(alone.to_str().expect("a path"));
    assert_eq!(message(&error), "this Python has no Alembic that can be imported");
    assert!(texts(&error["causes"]).contains("No module named 'alembic'"), "{error}");
}

fn an_edited_source_clashes(project: &Project) {
    let environment = with_table(project);
    environment.import(project, &[]);
    environment.sql("a1", "None", "CREATE TABLE t (x INTEGER, y INTEGER)", "DROP TABLE t");
    let error = environment.refused(project, &[]);
    let causes = texts(&error["causes"]);
    assert!(causes.contains("a1_do.py") && causes.contains("a1_do_a1.up.sql"), "{causes}");
}

fn several_databases_are_too_many(project: &Project) {
    let environment = with_table(project);
    let env = fs::read_to_string(environment.folder.join("migrations/env.py")).expect("it is there");
    let twice =
        "context.run_migrations(engine_name='one')\n        context.run_migrations(engine_name='two')";
    environment.write("migrations/env.py", &env.replace("context.run_migrations()", twice));
    let upgrade = "op.execute('CREATE TABLE %s (x INTEGER)' % engine_name)";
    environment.revision(&Revision { id: "a1", down_revision: "None", upgrade, ..Revision::default() });
    let script =
        fs::read_to_string(environment.folder.join("migrations/versions/a1_do.py")).expect("it is there");
    environment.write("migrations/versions/a1_do.py", &script.replace("():", "(engine_name):"));
    let error = environment.refused(project, &[]);
    assert!(texts(&error["causes"]).contains("migrates several databases"), "{error}");
    assert!(texts(&error["causes"]).contains("-x engine_name=two"), "{error}");
    // One of them is imported where it is named.
    environment.import(project, &["-x", "engine_name=two"]);
    let up = fs::read_to_string(project.path("versions/a1_do_a1.up.sql")).expect("it was written");
    assert!(up.contains("CREATE TABLE two"), "{up}");
}

#[cfg(all(feature = "postgres", feature = "sqlite"))]
#[test]
fn without_a_server_nothing_is_recorded() {
    let project = Project::new(crate::support::Kind::Sqlite);
    let environment = with_table(&project);
    environment.revision(&Revision {
        id: "a2",
        down_revision: "'a1'",
        upgrade: "sa.inspect(op.get_bind())",
        ..Revision::default()
    });
    let error = environment.refused(&project, &["--dialect", "postgres"]);
    assert!(message(&error).contains("revision a2 cannot be rendered without a database"), "{error}");
    assert!(texts(&error["hints"]).contains("--url postgresql://"), "{error}");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_folder_without_an_environment_is_another_kind() {
    let project = Project::new(crate::support::Kind::Sqlite);
    fs::create_dir(project.path("migrations")).expect("a folder");
    project.write("migrations/20240101000000_a.up.sql", "SELECT 1;");
    let error = project.refused(&["import", "alembic", "migrations"], 1);
    assert!(message(&error).contains("does not hold a history of alembic"), "{error}");
    assert!(texts(&error["hints"]).contains("revgraph import "), "{error}");
}

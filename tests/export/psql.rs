//! Files that psql runs.

use super::files::{exported, history};
use crate::support::postgres_programs::program;
use crate::support::{Database, Kind, Project};

fn run(project: &Project, database: &Database, file: &str) {
    let mut psql = program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file"]);
    let output = psql.arg(project.path(file)).arg(database.url()).output().expect("psql can be run");
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn all_of_them_build_what_an_upgrade_builds() {
    let project = Project::new(Kind::Postgres);
    history(&project);
    project.revision(
        "gg",
        "ff",
        "COPY f FROM stdin;\n3\n4\n\\.\nINSERT INTO f VALUES (5);",
        "DELETE FROM f;",
    );
    project.json(&["upgrade"]);
    let files = exported(&project, &["psql", "out"]);
    assert_eq!(files.first().map(String::as_str), Some("0001_test_aa.sql"));
    assert_eq!(files.last().map(String::as_str), Some("all.sql"));
    let other = Database::new(Kind::Postgres, &project.path("other"));
    run(&project, &other, "out/all.sql");
    let ran = project.run(&["diff", &project.database.url(), &other.url()]);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(other.column("SELECT x FROM f ORDER BY x"), ["3", "4", "5"]);

    for file in files.iter().rev().filter(|file| file.ends_with(".down.sql")) {
        run(&project, &other, &format!("out/{file}"));
    }
    assert_eq!(other.tables(), ["e"], "the one that cannot be undone");
}

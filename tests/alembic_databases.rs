//! Databases handed from the real Alembic to revgraph and back.

use crate::baselines::squash;
use crate::support::alembic::{Alembic, Shared};
use crate::support::{Database, Project, on_each_database};

on_each_database!(
    what_alembic_has_begun_revgraph_goes_on_with,
    what_revgraph_has_begun_alembic_goes_on_with,
    a_database_goes_to_and_fro,
    the_version_table_is_alembics,
    rows_that_alembic_stamped_are_revgraphs,
    offline_mode_goes_on_from_alembic,
    what_alembic_has_begun_meets_a_baseline,
);

/// Two bases, a diamond and a dependency across.
fn graph(project: &Project) -> Alembic {
    let alembic = Alembic::new(project);
    for (id, down_revision, depends_on) in [
        ("aaaa", &[][..], &[][..]),
        ("bbbb", &["aaaa"], &[]),
        ("cccc", &["aaaa"], &[]),
        ("mmmm", &["bbbb", "cccc"], &[]),
        ("xxxx", &[], &[]),
        ("yyyy", &["xxxx"], &["bbbb"]),
    ] {
        alembic.share(project, &Shared { id, down_revision, depends_on });
    }
    alembic
}

/// Both tools say the same of where the database stands; the ids, sorted.
#[track_caller]
fn current(project: &Project, alembic: &Alembic) -> Vec<String> {
    let ids = |text: &str| {
        let mut ids: Vec<String> =
            text.lines().filter_map(|line| Some(line.split(' ').next()?.to_owned())).collect();
        ids.sort();
        ids
    };
    let (theirs, ours) = (ids(&alembic.run(&["current"])), ids(&project.run(&["current"]).stdout));
    assert_eq!(ours, theirs);
    ours
}

fn what_alembic_has_begun_revgraph_goes_on_with(project: &Project) {
    let alembic = graph(project);
    alembic.run(&["upgrade", "bbbb"]);
    assert_eq!(project.run(&["current"]).stdout, "bbbb\n");
    project.takes(&["upgrade", "heads"], &["cccc", "mmmm", "xxxx", "yyyy"], &["mmmm", "yyyy"]);
    project.assert_applied(&["aaaa", "bbbb", "cccc", "mmmm", "xxxx", "yyyy"]);
    assert_eq!(current(project, &alembic), ["mmmm", "yyyy"]);
    alembic.run(&["downgrade", "xxxx"]);
    assert_eq!(project.database.version_rows(), ["mmmm", "xxxx"]);
    project.takes(&["downgrade", "base"], &["xxxx", "mmmm", "bbbb", "cccc", "aaaa"], &[]);
    project.assert_applied(&[]);
}

fn what_revgraph_has_begun_alembic_goes_on_with(project: &Project) {
    let alembic = graph(project);
    project.takes(&["upgrade", "mmmm"], &["aaaa", "cccc", "bbbb", "mmmm"], &["mmmm"]);
    alembic.run(&["upgrade", "heads"]);
    assert_eq!(project.database.version_rows(), ["mmmm", "yyyy"]);
    assert_eq!(project.run(&["current", "--check-heads"]).status, 0);
    alembic.run(&["downgrade", "base"]);
    assert_eq!(project.database.version_rows(), [""; 0]);
    assert_eq!(project.database.tables(), [""; 0]);
    // What Alembic has undone is run again, although the ledger still knows it.
    project.takes(&["upgrade", "bbbb"], &["aaaa", "bbbb"], &["bbbb"]);
    project.assert_applied(&["aaaa", "bbbb"]);
}

fn a_database_goes_to_and_fro(project: &Project) {
    let alembic = graph(project);
    alembic.run(&["upgrade", "aaaa"]);
    project.takes(&["upgrade", "cccc"], &["cccc"], &["cccc"]);
    alembic.run(&["upgrade", "mmmm"]);
    project.takes(&["downgrade", "bbbb"], &["mmmm"], &["bbbb", "cccc"]);
    alembic.run(&["downgrade", "aaaa"]);
    assert_eq!(project.database.version_rows(), ["aaaa"]);
    project.takes(&["upgrade", "yyyy"], &["bbbb", "xxxx", "yyyy"], &["yyyy"]);
    assert_eq!(current(project, &alembic), ["bbbb", "yyyy"], "with what a dependency implies");
    alembic.run(&["upgrade", "heads"]);
    assert_eq!(project.database.version_rows(), ["mmmm", "yyyy"]);
    project.takes(&["upgrade", "heads"], &[], &["mmmm", "yyyy"]);
}

fn the_version_table_is_alembics(project: &Project) {
    let alembic = graph(project);
    alembic.run(&["upgrade", "aaaa"]);
    let folder = project.path("other");
    std::fs::create_dir(&folder).expect("a folder");
    let other = Database::new(project.database.kind(), &folder);
    project.json(&["upgrade", "aaaa", "--url", &other.url()]);
    assert_eq!(other.version_table_definition(), project.database.version_table_definition());
}

fn rows_that_alembic_stamped_are_revgraphs(project: &Project) {
    let alembic = graph(project);
    for target in ["aaaa", "mmmm", "bbbb"] {
        alembic.run(&["stamp", "--purge", target]);
        let stamped = project.database.version_rows();
        project.json(&["stamp", "--purge", target]);
        assert_eq!(project.database.version_rows(), stamped, "{target}");
    }
}

fn offline_mode_goes_on_from_alembic(project: &Project) {
    let alembic = graph(project);
    alembic.run(&["upgrade", "bbbb"]);
    let sql = project.run(&["upgrade", "--sql", "bbbb:mmmm"]);
    assert_eq!(sql.status, 0, "{}", sql.stderr);
    let output = project.database.pipe(&sql.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(current(project, &alembic), ["mmmm"]);
    assert_eq!(project.database.tables(), ["t_aaaa", "t_bbbb", "t_cccc", "t_mmmm"]);
}

fn what_alembic_has_begun_meets_a_baseline(project: &Project) {
    let alembic = graph(project);
    alembic.run(&["upgrade", "bbbb"]);
    let originals = ["aaaa", "bbbb", "cccc", "mmmm", "xxxx", "yyyy", "zzzz"];
    alembic.share(project, &Shared { id: "zzzz", down_revision: &["mmmm", "yyyy"], depends_on: &[] });
    squash(project, "base_line", "", &originals, &[]);
    project.takes(&["upgrade"], &["xxxx", "yyyy", "cccc", "mmmm", "zzzz", "base_line"], &["base_line"]);
    assert_eq!(project.database.ledger(), ["base_line"]);
    assert_eq!(project.database.tables().len(), originals.len());
    project.takes(&["downgrade", "mmmm"], &["base_line", "zzzz"], &["mmmm", "yyyy"]);
    assert_eq!(current(project, &alembic), ["mmmm", "yyyy"], "Alembic knows the rows again");
}

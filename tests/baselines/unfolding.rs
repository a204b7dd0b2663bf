//! The way down.

use super::{assert_stands, line, squash};
use crate::support::{Project, on_each_database};

on_each_database!(
    to_an_original_it_leads_through_the_originals,
    where_the_baseline_ran_a_step_undoes_all_of_it,
    where_the_originals_ran_a_step_undoes_the_last_of_them,
    to_the_base_the_baselines_own_script_runs,
    before_the_baseline_is_recorded,
    from_above_it,
    without_the_backup_the_ledgers_copies_lead_down,
);

fn to_an_original_it_leads_through_the_originals(project: &Project) {
    line(project);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["s"], &["s"]);
    let ran = project.json(&["downgrade", "b"]);
    let operations: Vec<_> =
        ran.json()["steps"].as_array().expect("steps").iter().map(|step| step["operation"].clone()).collect();
    assert_eq!(operations, ["stamp", "downgrade", "downgrade"]);
    assert_stands(project, &["b"], &["a", "b"], &["a", "b"]);
    project.takes(&["upgrade"], &["c", "d", "s"], &["s"]);
}

fn where_the_baseline_ran_a_step_undoes_all_of_it(project: &Project) {
    line(project);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["s"], &["s"]);
    project.takes(&["downgrade", "-1"], &["s"], &[]);
    assert_stands(project, &[], &[], &[]);
}

fn where_the_originals_ran_a_step_undoes_the_last_of_them(project: &Project) {
    line(project);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["s"], &["s"]);
    project.takes(&["downgrade", "-1"], &["s", "d"], &["c"]);
    assert_stands(project, &["c"], &["a", "b", "c"], &["a", "b", "c"]);
    project.takes(&["downgrade", "-2"], &["c", "b"], &["a"]);
}

fn to_the_base_the_baselines_own_script_runs(project: &Project) {
    line(project);
    project.takes(&["upgrade"], &["a", "b", "c", "d"], &["d"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["upgrade"], &["s"], &["s"]);
    project.takes(&["downgrade", "base"], &["s"], &[]);
    assert_stands(project, &[], &[], &[]);
}

fn before_the_baseline_is_recorded(project: &Project) {
    line(project);
    project.takes(&["upgrade", "c"], &["a", "b", "c"], &["c"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    project.takes(&["downgrade", "-1"], &["c"], &["b"]);
    project.takes(&["downgrade", "base"], &["b", "a"], &[]);
    assert_stands(project, &[], &[], &[]);
}

fn from_above_it(project: &Project) {
    line(project);
    project.table("e", "d", &[]);
    project.takes(&["upgrade"], &["a", "b", "c", "d", "e"], &["e"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &["e"]);
    project.takes(&["downgrade", "-2"], &["e", "s", "d"], &["c"]);
    assert_stands(project, &["c"], &["a", "b", "c"], &["a", "b", "c"]);
}

fn without_the_backup_the_ledgers_copies_lead_down(project: &Project) {
    line(project);
    project.takes(&["upgrade", "c"], &["a", "b", "c"], &["c"]);
    squash(project, "s", "", &["a", "b", "c", "d"], &[]);
    for id in ["a", "b", "c"] {
        for side in ["up", "down"] {
            std::fs::remove_file(project.path(&format!("versions/backup/{id}_test.{side}.sql")))
                .expect("it is there");
        }
    }
    project.takes(&["downgrade", "a"], &["c", "b"], &["a"]);
    assert_eq!(project.refused(&["upgrade"], 4)["missing"], serde_json::json!(["b", "c"]));
}

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::graph::tests::{any_graph, built, graph, naive_ancestors};
use crate::graph::{RevisionRange, RevisionSpec};

fn ids(text: &str) -> Vec<RevisionId> {
    text.split_whitespace().map(RevisionId::recorded).collect()
}

fn shown(plan: Result<Plan, PlanError>) -> Result<String, String> {
    let join = |ids: &mut dyn Iterator<Item = &RevisionId>| {
        ids.map(RevisionId::as_str).collect::<Vec<_>>().join(" ")
    };
    plan.map(|plan| {
        let steps = join(&mut plan.steps.iter().map(|step| &step.revision));
        format!("{steps} => {}", join(&mut plan.after.iter()))
    })
    .map_err(|error| error.to_string())
}

fn up(graph: &RevisionGraph, rows: &str, target: &str) -> Result<String, String> {
    let target: RevisionSpec = target.parse().expect("a target");
    shown(upgrade(graph, &ids(rows), &target))
}

fn down(graph: &RevisionGraph, rows: &str, target: &str) -> Result<String, String> {
    let target: RevisionSpec = target.parse().expect("a target");
    shown(downgrade(graph, &ids(rows), &target))
}

fn stamped(graph: &RevisionGraph, rows: &str, targets: &str) -> Result<String, String> {
    let targets: Vec<RevisionSpec> = targets.split(' ').map(|text| text.parse().expect("a target")).collect();
    let plan = stamp(graph, &ids(rows), &targets, false);
    plan.map(|plan| plan.after.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" "))
        .map_err(|error| error.to_string())
}

fn diamond() -> RevisionGraph {
    graph(&["a", "b1: a / / left", "b2: a / / right", "m: b1, b2", "z: m"])
}

#[test]
fn steps_and_then_the_rows() {
    let graph = diamond();
    assert_eq!(up(&graph, "", "head"), Ok("a b2 b1 m z => z".to_owned()));
    assert_eq!(up(&graph, "b1", "b2"), Ok("b2 => b1 b2".to_owned()));
    assert_eq!(up(&graph, "b1", "m"), Ok("b2 m => m".to_owned()));
    assert_eq!(up(&graph, "z", "head"), Ok(" => z".to_owned()));
    assert_eq!(down(&graph, "z", "b1"), Ok("z m => b1 b2".to_owned()), "the other parent stays");
    assert_eq!(down(&graph, "b1 b2", "left@-1"), Ok("b1 => b2".to_owned()));
    assert_eq!(down(&graph, "z", "base"), Ok("z m b1 b2 a => ".to_owned()));
}

#[test]
fn what_only_records_is_no_run_of_a_script() {
    assert!([Operation::Stamp, Operation::Fold, Operation::Unfold].iter().all(|one| one.runs_nothing()));
    let run = [Operation::Upgrade, Operation::Downgrade, Operation::Seed, Operation::Reset, Operation::Push];
    assert!(!run.iter().any(|one| one.runs_nothing()));
}

#[test]
fn what_alembic_guesses_or_crashes_on_is_an_error() {
    let graph = diamond();
    let error = |result: Result<String, String>| result.expect_err("an error");
    assert_eq!(
        error(down(&graph, "b1 b2", "-1")),
        "`-1` counts from where the database stands, which is at b1, b2"
    );
    assert_eq!(error(up(&graph, "a", "+1")), "`+1` is ambiguous: from a the next step could be b1, b2");
    assert_eq!(error(up(&graph, "", "z+1")), "`z+1` goes past the end: only 0 of 1 steps are there");
    assert_eq!(error(down(&graph, "z", "-1x")), "there is no revision or branch `-1x`");
    assert_eq!(error(down(&graph, "z", "nope@base")), "there is no branch `nope`");
    assert_eq!(error(up(&graph, "", "base-1")), "`base-1` goes past the end: only 0 of 1 steps are there");
    assert_eq!(error(down(&graph, "a", "b1")), "`b1` is not below what the database stands at (a)");
    assert_eq!(error(up(&graph, "gone", "head")), "the version table names gone, which no script has");
    assert_eq!(error(up(&graph, "a", "-1")), "`-1` does not lead up from where the database stands");
}

#[test]
fn a_history_that_breaks_alembics_bookkeeping_works() {
    let graph = graph(&["r1", "r2: r1", "r3", "r4: r2 / r3, r1"]);
    assert_eq!(up(&graph, "", "heads"), Ok("r1 r3 r2 r4 => r4".to_owned()));
    assert_eq!(down(&graph, "r4", "r2"), Ok("r4 => r2 r3".to_owned()));
}

#[test]
fn a_base_on_a_branch_takes_its_siblings_along() {
    let graph = diamond();
    assert_eq!(down(&graph, "b1 b2", "left@base"), Ok("b2 b1 a => ".to_owned()));
}

#[test]
fn stamps_leave_effective_heads() {
    let graph = diamond();
    assert_eq!(stamped(&graph, "", "a b1"), Ok("b1".to_owned()));
    assert_eq!(stamped(&graph, "b1", "b2"), Ok("b1 b2".to_owned()));
    assert_eq!(stamped(&graph, "b1 b2", "m"), Ok("m".to_owned()));
    assert_eq!(stamped(&graph, "z", "a"), Ok("a".to_owned()));
    assert_eq!(stamped(&graph, "b1 b2", "base"), Ok(String::new()));
    let purged = stamp(&graph, &ids("gone"), &["z".parse().expect("a target")], true).expect("a plan");
    assert_eq!(purged.after, ids("z"));
}

#[test]
fn a_single_step_is_planned_only_in_its_turn() {
    let graph = diamond();
    let single = |rows: &str, id: &str, operation| {
        let node = graph.find(id).expect("a known revision");
        let plan = single(&graph, &ids(rows), node, operation).expect("known rows");
        plan.map(|plan| shown(Ok(plan)).expect("a plan"))
    };
    assert_eq!(single("b1 b2", "m", Operation::Upgrade), Some("m => m".to_owned()));
    assert_eq!(single("b1", "b2", Operation::Upgrade), Some("b2 => b1 b2".to_owned()));
    assert_eq!(single("m", "m", Operation::Downgrade), Some("m => b1 b2".to_owned()));
    assert_eq!(single("b1 b2", "b1", Operation::Downgrade), Some("b1 => b2".to_owned()));
    for (rows, id, operation) in [
        ("b1", "m", Operation::Upgrade),
        ("m", "b1", Operation::Upgrade),
        ("m", "b1", Operation::Downgrade),
        ("b1", "m", Operation::Downgrade),
    ] {
        assert_eq!(single(rows, id, operation), None, "{rows} {id}");
    }
}

#[test]
fn redundant_rows_go_with_the_first_step() {
    let graph = diamond();
    assert_eq!(up(&graph, "a b1", "b2"), Ok("b2 => b1 b2".to_owned()));
}

#[test]
fn rows_that_others_imply_are_taken_out_by_the_first_step() {
    let graph = diamond();
    let plan = |rows: &str, target: &str| {
        let plan = upgrade(&graph, &ids(rows), &target.parse().expect("a target")).expect("a plan");
        let mut left = plan.before;
        for step in &plan.steps {
            step.rows.apply_to(&mut left);
        }
        assert_eq!(left, plan.after, "the steps together leave what the plan says");
        left
    };
    assert_eq!(plan("a m", "z"), ids("z"));
    assert_eq!(plan("a b1 b2 m", "z"), ids("z"));
    assert_eq!(plan("m", "z"), ids("z"));
}

#[test]
fn a_stamp_has_a_step_for_each_row_and_all_changes_go_with_the_first() {
    let graph = diamond();
    let steps = |rows: &str, targets: &str| {
        let targets: Vec<RevisionSpec> =
            targets.split(' ').map(|text| text.parse().expect("a target")).collect();
        let plan = stamp(&graph, &ids(rows), &targets, false).expect("a plan");
        assert!(plan.steps.iter().all(|step| step.operation == Operation::Stamp));
        assert!(plan.steps.iter().skip(1).all(|step| step.rows.is_empty()));
        let mut left = plan.before;
        if let Some(step) = plan.steps.first() {
            step.rows.apply_to(&mut left);
        }
        assert_eq!(left, plan.after);
        plan.steps.iter().map(|step| step.revision.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(steps("", "b1 b2"), "b1 b2");
    assert_eq!(steps("b1", "b1 b2"), "b2", "what stood there is no step");
    assert_eq!(steps("b1 b2", "base"), "b1 b2", "where nothing comes, those that go");
    assert_eq!(steps("z", "z"), "");
    assert_eq!(steps("", "a m"), "m", "a row that another implies is none");
}

/// Two branches: `left` with a merge point above it, `right` beside it, which a revision of `left` needs.
fn branches() -> RevisionGraph {
    graph(&["a", "l1: a / / left", "l2: l1 / r1", "l3: l2", "r1: a / / right", "r2: r1"])
}

fn range(graph: &RevisionGraph, text: &str, rows: Option<&str>) -> Result<String, String> {
    let range: RevisionRange = text.parse().expect("a range");
    let rows = rows.map(ids);
    let nodes = history(graph, &range, rows.as_deref()).map_err(|error| error.to_string())?;
    Ok(graph.ids(&nodes).iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" "))
}

#[test]
fn ranges_hold_what_is_between_their_ends() {
    let diamond = diamond();
    let of = |text: &str| range(&diamond, text, None);
    assert_eq!(of(":"), Ok("z m b1 b2 a".to_owned()));
    assert_eq!(of("b1:"), Ok("z m b1".to_owned()));
    assert_eq!(of(":b2"), Ok("b2 a".to_owned()));
    assert_eq!(of("m:z"), Ok("z m".to_owned()));
    assert_eq!(of("m:m"), Ok("m".to_owned()));
    assert_eq!(of("b1:b2"), Err("b1 is not an ancestor of b2".to_owned()));
    assert_eq!(of("z:m"), Err("z is not an ancestor of m".to_owned()));
}

#[test]
fn a_range_begins_so_many_steps_below_the_heads_or_its_end() {
    let line = graph(&["a", "b: a", "c: b", "d: c"]);
    let of = |text: &str| range(&line, text, None);
    assert_eq!(of("-1:"), Ok("d c".to_owned()));
    assert_eq!(of("-3:"), Ok("d c b a".to_owned()));
    assert_eq!(of("-2:c"), Ok("c b".to_owned()), "from the heads, as in Alembic");
    assert_eq!(of("-9:"), Ok("d c b a".to_owned()), "past the end it is the base");
    let branches = branches();
    assert_eq!(
        range(&branches, "-1:", None),
        Err("`-1` names both l2 and r1, which comes before it".to_owned())
    );
    assert_eq!(range(&branches, "left@-1:", None), Ok("l3 l2".to_owned()));
    assert_eq!(range(&branches, "right@-1:r2", None), Ok("r2 r1".to_owned()));
    assert!(range(&branches, "nope@-1:", None).is_err());
}

#[test]
fn the_branch_of_a_start_limits_its_range() {
    let branches = branches();
    assert_eq!(range(&branches, "left@l1:", None), Ok("l3 l2 l1".to_owned()));
    assert_eq!(range(&branches, "right@r1:", None), Ok("r2 r1".to_owned()));
    assert_eq!(range(&branches, "l2@l1:", None), range(&branches, "left@l1:", None), "by an id");
    assert_eq!(
        range(&branches, "a@a:", None),
        Err("nothing above `heads` is on branch `a`".to_owned()),
        "an id without a label of its own"
    );
}

#[test]
fn current_stands_for_the_version_rows_of_a_range() {
    let line = graph(&["a", "b: a", "c: b", "d: c"]);
    assert_eq!(range(&line, "current:", Some("b")), Ok("d c b".to_owned()));
    assert_eq!(range(&line, ":current", Some("b")), Ok("b a".to_owned()));
    assert_eq!(range(&line, "-9:current", Some("c")), Ok("c b a".to_owned()));
    assert_eq!(range(&line, ":current", Some("")), Ok(String::new()));
    assert!(range(&line, "current:", None).is_err(), "where nobody has asked a database");
    assert!(range(&line, "current:", Some("gone")).is_err());
}

#[test]
fn an_offline_range_starts_from_the_rows_that_its_start_stands_for() {
    let graph = branches();
    let start = |text: &str, rows: Option<&str>| {
        let rows = rows.map(ids);
        up_to_range(&graph, &text.parse().expect("a target"), rows.as_deref())
    };
    assert_eq!(start("l1", None), Ok(ids("l1")));
    assert_eq!(start("heads", None), Ok(ids("l3 r2")));
    assert_eq!(start("base", None), Ok(ids("")));
    assert_eq!(start("current", Some("l1 r1")), Ok(ids("l1 r1")));
    assert!(start("current", None).is_err());
    assert!(start("+1", Some("l1")).is_err(), "steps count from a database");
}

#[test]
fn revisions_are_selected_without_a_database() {
    let line = graph(&["a", "b: a", "c: b"]);
    let selected = |texts: &[&str]| {
        let specs: Vec<RevisionSpec> = texts.iter().map(|text| text.parse().expect("a target")).collect();
        select_all(&line, &specs).map(|nodes| line.ids(&nodes)).map_err(|error| error.to_string())
    };
    assert_eq!(selected(&["a"]), Ok(ids("a")));
    assert_eq!(selected(&["c", "a"]), Ok(ids("c a")), "in the order in which they are named");
    assert_eq!(selected(&["-1"]), Ok(ids("b")), "counted from the head");
    assert_eq!(selected(&["c-2"]), Ok(ids("a")));
    assert_eq!(selected(&["base"]), Ok(ids("")));
    assert!(selected(&["+1"]).is_err());
    assert!(selected(&["a", "nope"]).is_err());
}

#[test]
fn what_a_row_needs_is_current_too() {
    let graph = branches();
    let implied = |rows: &str| implied_by(&graph, &ids(rows)).map(|nodes| graph.ids(&nodes));
    assert_eq!(implied("l2"), Ok(ids("r1")));
    assert_eq!(implied("l2 r2"), Ok(ids("")), "r2 is its own row");
    assert_eq!(implied("l1"), Ok(ids("")));
    assert!(implied("gone").is_err());
    let all = applied(&graph, &ids("l2")).expect("known rows");
    assert_eq!(graph.ids(&all.iter().collect::<Vec<_>>()), ids("a l1 l2 r1"));
}

#[test]
fn steps_up_on_a_branch_without_a_row_count_from_what_is_applied_of_it() {
    let graph = branches();
    assert_eq!(up(&graph, "l2", "right@+1"), Ok("r2 => l2 r2".to_owned()), "r1 is there, as l2 needs it");
    assert_eq!(up(&graph, "r1", "left@+1"), Ok("l1 => l1 r1".to_owned()));
}

proptest! {
    /// After every step the rows are the maximal applied revisions, found naively.
    #[test]
    fn rows_are_the_maximal_applied_revisions(description in any_graph(), start in any::<u32>(), goal in any::<u32>()) {
        let graph = built(&description);
        let below = naive_ancestors(&graph, Follow::ParentsAndDependencies);
        let closed = |bits: u32| -> BTreeSet<NodeIndex> {
            let chosen = graph.nodes().filter(|node| (bits >> (node.index() % 32)) & 3 == 3);
            chosen.flat_map(|node| below.get(&node).cloned().into_iter().flatten().chain([node])).collect()
        };
        let maximal = |applied: &BTreeSet<NodeIndex>| -> BTreeSet<RevisionId> {
            let is_below = |node: &NodeIndex| applied.iter().any(|other| below.get(other).is_some_and(|set| set.contains(node)));
            applied.iter().filter(|node| !is_below(node)).map(|node| graph.id(*node).clone()).collect()
        };
        let mut applied = closed(start);
        let rows: Vec<RevisionId> = maximal(&applied).into_iter().collect();
        let plans = match goal % 2 {
            0 => upgrade(&graph, &rows, &"heads".parse().expect("a target")),
            _ => downgrade(&graph, &rows, &"base".parse().expect("a target")),
        };
        let plan = plans.expect("a plan");
        let mut standing: BTreeSet<RevisionId> = rows.into_iter().collect();
        for step in &plan.steps {
            let node = graph.find(step.revision.as_str()).expect("a known revision");
            match step.operation {
                Operation::Downgrade => prop_assert!(applied.remove(&node)),
                _ => prop_assert!(applied.insert(node)),
            }
            let mut rows: Vec<RevisionId> = standing.into_iter().collect();
            step.rows.apply_to(&mut rows);
            standing = rows.into_iter().collect();
            prop_assert_eq!(&standing, &maximal(&applied));
        }
        prop_assert_eq!(applied.len(), if goal % 2 == 0 { graph.len() } else { 0 });
    }

    /// One change that stands for two does what both do, and touches no row that they leave in the end as it was: its
    /// statements would not find such a row, or find one too many.
    #[test]
    fn two_changes_become_one(sets in proptest::collection::vec(proptest::collection::btree_set(0..5_u8, 0..5), 3)) {
        let sets: Vec<BTreeSet<RevisionId>> = sets
            .iter()
            .map(|rows| rows.iter().map(|row| RevisionId::recorded(&format!("r{row}"))).collect())
            .collect();
        let [before, between, after] = sets.as_slice() else { unreachable!("three sets") };
        let both = RowChange::between(before, between).followed_by(&RowChange::between(between, after));
        let (from, to) = both.update.clone().unzip();
        let gone: BTreeSet<RevisionId> = both.delete.iter().cloned().chain(from).collect();
        let come: BTreeSet<RevisionId> = both.insert.iter().cloned().chain(to).collect();
        let is_update = usize::from(!gone.is_empty() && !come.is_empty());
        prop_assert_eq!(both.len(), gone.len() + come.len() - is_update);
        prop_assert_eq!(both.is_empty(), before == after);
        prop_assert_eq!(gone, before.difference(after).cloned().collect::<BTreeSet<_>>());
        prop_assert_eq!(come, after.difference(before).cloned().collect::<BTreeSet<_>>());
        let mut rows: Vec<RevisionId> = before.iter().cloned().collect();
        both.apply_to(&mut rows);
        prop_assert_eq!(rows, after.iter().cloned().collect::<Vec<_>>());
    }

    /// One change that stands for all steps of a plan leads to its end.
    #[test]
    fn changes_add_up(description in any_graph()) {
        let graph = built(&description);
        let plan = upgrade(&graph, &[], &"heads".parse().expect("a target")).expect("a plan");
        let total = plan.steps.iter().fold(RowChange::default(), |total, step| total.followed_by(&step.rows));
        let mut rows = Vec::new();
        total.apply_to(&mut rows);
        prop_assert_eq!(rows, plan.after);
    }
}

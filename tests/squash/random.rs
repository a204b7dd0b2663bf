//! Random graphs: what can be squashed, and what databases from anywhere in the history then become.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// Revisions by their numbers: parents and dependencies, all smaller.
type Graph = Vec<(BTreeSet<usize>, BTreeSet<usize>)>;

fn graphs() -> impl Strategy<Value = Graph> {
    let node = |number: usize| {
        let below =
            move |most: usize| proptest::collection::btree_set(0..number.max(1), 0..=most.min(number));
        (below(2), below(1)).prop_map(move |(parents, dependencies)| {
            let dependencies = dependencies.difference(&parents).copied().collect();
            (parents, dependencies)
        })
    };
    (0..6_usize).map(node).collect::<Vec<_>>()
}

fn id(number: usize) -> String {
    format!("r{number}")
}

fn write(graph: &Graph) -> Project {
    let project = Project::new(Kind::Sqlite);
    let list = |numbers: &BTreeSet<usize>| numbers.iter().map(|one| id(*one)).collect::<Vec<_>>().join(", ");
    for (number, (parents, dependencies)) in graph.iter().enumerate() {
        let dependencies = format!("depends_on: {}", list(dependencies));
        let header = if dependencies.ends_with(": ") { Vec::new() } else { vec![dependencies.as_str()] };
        let (own, table) = (id(number), format!("t_{}", id(number)));
        project.script(&Script {
            id: &own,
            header: &header,
            down_revision: &list(parents),
            up: &format!(
                "CREATE TABLE {table} (id INTEGER PRIMARY KEY);\nINSERT INTO {table} VALUES ({number});"
            ),
            down: Some(&format!("DROP TABLE {table};")),
        });
    }
    project
}

fn below(graph: &Graph, number: usize) -> impl Iterator<Item = usize> + '_ {
    graph[number].0.iter().chain(&graph[number].1).copied()
}

/// A revision with all that it needs.
fn needed(graph: &Graph, number: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::from([number]);
    for one in (0..=number).rev() {
        if all.contains(&one) {
            all.extend(below(graph, one));
        }
    }
    all
}

/// The originals of a range, where it is closed: looked at edge by edge, from its definition.
fn originals(graph: &Graph, from: Option<usize>, to: usize) -> Option<BTreeSet<usize>> {
    let is_above_from = |number: &usize| from.is_none_or(|from| needed(graph, *number).contains(&from));
    let members: BTreeSet<usize> = needed(graph, to).into_iter().filter(is_above_from).collect();
    let is_closed = (0..graph.len()).all(|upper| {
        below(graph, upper).all(|lower| match (members.contains(&upper), members.contains(&lower)) {
            (true, false) => Some(upper) == from,
            (false, true) => lower == to,
            _ => true,
        })
    });
    (!members.is_empty() && is_closed).then_some(members)
}

/// Schema and rows, without the bookkeeping.
fn content(project: &Project) -> Vec<String> {
    let tables = project.database.tables();
    let rows =
        |table: &String| format!("{table} {:?}", project.database.query(&format!("SELECT * FROM {table}")));
    tables.iter().map(rows).collect()
}

/// Takes every closed range of a graph, and for each a database that stands somewhere among its revisions.
fn check(graph: &Graph, stands_at: usize, mode: &str, is_chosen: impl Fn(usize) -> bool) {
    let whole = write(graph);
    whole.json(&["upgrade", "heads"]);
    let ends = (0..graph.len())
        .flat_map(|to| [None].into_iter().chain((0..=to).map(Some)).map(move |from| (from, to)));
    for (_, (from, to)) in ends.enumerate().filter(|(number, _)| is_chosen(*number)) {
        let range = format!("{}:{}", from.map(id).unwrap_or_default(), id(to));
        let project = write(graph);
        let command = ["squash", &range, "--rev-id", "base1", "-m", "all of it", "--mode", mode, "--json"];
        let Some(members) = originals(graph, from, to) else {
            if mode == "schema" {
                let ran = project.run(&command);
                let kind = ran.error()["kind"].as_str().expect("a word").to_owned();
                assert!(kind == "not_closed" || kind == "not_an_ancestor", "{range} {graph:?}: {ran:?}");
            }
            continue;
        };
        // A database that has been taken to somewhere, by the fragments.
        project.json(&["upgrade", &id(stands_at)]);
        let ran = project.run(&command);
        assert_eq!(ran.status, 0, "{range} {graph:?}: {ran:?}");
        let ids: Vec<String> = members.iter().map(|one| id(*one)).collect();
        let mut replaces: Vec<String> = ran.json()["replaces"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one.as_str().expect("an id").to_owned())
            .collect();
        assert_eq!(replaces.last(), Some(&id(to)));
        replaces.sort();
        assert_eq!(replaces, ids);
        let ran = project.run(&["upgrade", "heads"]);
        assert_eq!(ran.status, 0, "{range} from {stands_at} {graph:?}: {ran:?}");
        assert_eq!(content(&project), content(&whole), "{range} from {stands_at} {graph:?}");
        project.json(&["downgrade", "base", "--yes"]);
        assert_eq!(project.database.tables(), [""; 0], "{range} from {stands_at} {graph:?}");
        project.json(&["upgrade", "heads"]);
        assert_eq!(content(&project), content(&whole), "{range} anew {graph:?}");
    }
}

#[test]
fn every_closed_range_of_random_graphs() {
    let rounds = std::env::var("REVGRAPH_TORTURE").ok().and_then(|rounds| rounds.parse().ok());
    let config = Config {
        cases: rounds.unwrap_or(6),
        failure_persistence: None,
        max_shrink_iters: 64,
        ..Config::default()
    };
    // All ranges of a graph take half a minute.
    let stride = if rounds.is_some() { 1 } else { 9 };
    let strategy = (graphs(), 0..6_usize, prop_oneof![Just("schema"), Just("concat")], 0..stride);
    let checked = TestRunner::new(config).run(&strategy, |(graph, stands_at, mode, first)| {
        check(&graph, stands_at, mode, |number| number % stride == first);
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
}

//! From every state that a random graph allows, the way up to the baseline ends in the same place.
//!
//! The suite tries hundreds of states; with `REVGRAPH_TORTURE` set, it is some ten thousand.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use revgraph::backend::{Access, Backend, Control, Watch};
use revgraph::catalog::Catalog;
use revgraph::config::{ChecksumPolicy, Sources, TransactionMode};
use revgraph::execute::{Direction, Options, Reading, migrate};
use revgraph::plan::Step;
use revgraph::script::{ReadMode, ScriptDirectory};

use super::squash;
use crate::support::{Kind, Project};

/// A revision by its number: the numbers of its parents and of what it depends on, all smaller.
#[derive(Debug, Clone)]
struct Node {
    parents: BTreeSet<usize>,
    depends_on: BTreeSet<usize>,
}

/// Any graph of some revisions, joined by one last merge, so that there is one head.
fn graphs(revisions: usize) -> impl Strategy<Value = Vec<Node>> {
    let node = |number: usize| {
        let below = proptest::collection::btree_set(0..number.max(1), 0..=number.min(2));
        let depends_on = proptest::collection::btree_set(0..number.max(1), 0..=number.min(1));
        (below, depends_on).prop_map(move |(parents, depends_on)| {
            let parents: BTreeSet<usize> = parents.into_iter().filter(|below| *below < number).collect();
            let depends_on =
                depends_on.into_iter().filter(|below| *below < number && !parents.contains(below));
            Node { depends_on: depends_on.collect(), parents }
        })
    };
    let nodes: Vec<_> = (0..revisions).map(node).collect();
    nodes.prop_map(|mut nodes| {
        let named: BTreeSet<usize> = nodes.iter().flat_map(|node| node.parents.clone()).collect();
        let heads = (0..nodes.len()).filter(|number| !named.contains(number)).collect();
        nodes.push(Node { parents: heads, depends_on: BTreeSet::new() });
        nodes
    })
}

fn id(number: usize) -> String {
    format!("r{number:02}")
}

fn write(project: &Project, nodes: &[Node]) {
    let list = |numbers: &BTreeSet<usize>| numbers.iter().map(|one| id(*one)).collect::<Vec<_>>().join(", ");
    for (number, node) in nodes.iter().enumerate() {
        let depends_on = format!("depends_on: {}", list(&node.depends_on));
        let header = if node.depends_on.is_empty() { Vec::new() } else { vec![depends_on.as_str()] };
        project.table(&id(number), &list(&node.parents), &header);
    }
}

/// All sets of revisions that hold what each of them needs.
fn closed_states(nodes: &[Node]) -> Vec<BTreeSet<usize>> {
    (0_u32..1 << nodes.len())
        .map(|bits| (0..nodes.len()).filter(|number| bits >> number & 1 == 1).collect::<BTreeSet<_>>())
        .filter(|state| {
            state.iter().all(|number| {
                let node = &nodes[*number];
                node.parents.iter().chain(&node.depends_on).all(|below| state.contains(below))
            })
        })
        .collect()
}

/// Those of a state that nothing else of it needs.
fn tips(nodes: &[Node], state: &BTreeSet<usize>) -> Vec<String> {
    let needed: BTreeSet<usize> = state
        .iter()
        .flat_map(|number| nodes[*number].parents.iter().chain(&nodes[*number].depends_on).copied())
        .collect();
    state.iter().filter(|number| !needed.contains(number)).map(|number| id(*number)).collect()
}

/// The same history before and after a squash of all of it, in two folders.
struct Histories {
    fragments: Project,
    squashed: Project,
}

impl Histories {
    fn of(kind: Kind, nodes: &[Node]) -> Self {
        let fragments = Project::new(kind);
        write(&fragments, nodes);
        let squashed = Project::new(kind);
        write(&squashed, nodes);
        let originals: Vec<String> = (0..nodes.len()).map(id).collect();
        squash(&squashed, "s", "", &originals.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
        squashed.table("top", "s", &[]);
        Self { fragments, squashed }
    }
}

/// One of the two folders, and a database of a state's own.
struct Run {
    scripts: ScriptDirectory,
    options: Options,
}

struct Silent;

impl Watch for Silent {
    fn started(&mut self, _: &Step) {}
    fn finished(&mut self, _: &Step, _: Duration) {}
    fn notice(&mut self, _: &str, _: &str) {}
}

fn configuration(project: &Project, url: &str) -> revgraph::config::Config {
    let sources =
        Sources { current_directory: project.path(""), url: Some(url.to_owned()), ..Sources::default() };
    revgraph::config::Config::load(&sources).expect("a sound configuration")
}

impl Run {
    fn with(project: &Project) -> Self {
        let config = configuration(project, &project.database.url());
        let options = Options {
            checksums: ChecksumPolicy::Error,
            transaction: TransactionMode::Each,
            actor: "test".to_owned(),
            confirmed: None,
            accepted_recorded: Vec::new(),
        };
        let scripts = ScriptDirectory::load(&config, ReadMode::Checksums).expect("sound scripts");
        Self { scripts, options }
    }

    /// The ids of the steps that lead to a target.
    fn to(&self, database: &mut dyn Backend, direction: Direction, target: &str) -> Vec<String> {
        let target = target.parse().expect("a target");
        let reading = Reading::of(database).expect("it can be read");
        let report =
            migrate(&self.scripts, database, &reading, direction, &target, &self.options, &mut Silent);
        let report = report.unwrap_or_else(|error| panic!("{target}: {error:?}"));
        report.steps.into_iter().map(|step| step.revision.to_string()).collect()
    }
}

fn ledger(database: &mut dyn Backend) -> Vec<String> {
    let recorded = database.recorded().expect("the ledger can be read");
    recorded.into_iter().map(|entry| entry.revision.to_string()).collect()
}

fn rows(database: &mut dyn Backend) -> Vec<String> {
    let state = database.state().expect("the database can be read");
    state.rows.iter().map(ToString::to_string).collect()
}

/// Brings a database to a state by the fragments, then up and down by the squashed history; what stood above.
fn meet_the_baseline(
    histories: &Histories,
    nodes: &[Node],
    state: &BTreeSet<usize>,
    database: &mut dyn Backend,
) -> Catalog {
    let (fragments, squashed) = (Run::with(&histories.fragments), Run::with(&histories.squashed));
    for tip in tips(nodes, state) {
        fragments.to(database, Direction::Up, &tip);
    }
    let before = database.catalog().expect("a catalog");
    let mut expected: Vec<String> = match state.len() {
        0 => Vec::new(),
        _ => (0..nodes.len()).filter(|number| !state.contains(number)).map(id).collect(),
    };
    expected.extend(["s".to_owned(), "top".to_owned()]);
    let mut steps = squashed.to(database, Direction::Up, "head");
    steps.sort();
    assert_eq!(steps, expected, "from {state:?}");
    assert_eq!(rows(database), ["top"]);
    assert_eq!(ledger(database), ["s", "top"]);
    let built = database.catalog().expect("a catalog");
    assert!(squashed.to(database, Direction::Up, "head").is_empty());
    if let [only] = tips(nodes, state).as_slice() {
        squashed.to(database, Direction::Down, only);
        // Branches beside the target stay, as Alembic lets them.
        if rows(database) == [only.clone()] {
            assert_eq!(database.catalog().expect("a catalog"), before, "down to {only}");
        }
    }
    squashed.to(database, Direction::Down, "base");
    assert_eq!(ledger(database), [""; 0]);
    built
}

fn in_earnest() -> bool {
    std::env::var_os("REVGRAPH_TORTURE").is_some()
}

fn check(kind: Kind, graphs_tried: u32, revisions: usize) {
    let mut runner =
        TestRunner::new(Config { cases: graphs_tried, failure_persistence: None, ..Config::default() });
    let checked = runner.run(&graphs(revisions), |nodes| {
        let histories = Histories::of(kind, &nodes);
        let url = histories.fragments.database.url();
        let config = configuration(&histories.fragments, &url);
        let location = config.database_url().expect("a URL");
        // Every state leaves the database as empty as it found it.
        let mut database = revgraph::backend::connect(&config, location, Access::Write, &Control::default())
            .expect("a connection");
        let nothing = database.catalog().expect("a catalog");
        let from_nothing = meet_the_baseline(&histories, &nodes, &BTreeSet::new(), database.as_mut());
        for state in closed_states(&nodes) {
            let built = meet_the_baseline(&histories, &nodes, &state, database.as_mut());
            assert_eq!(built, from_nothing, "from {state:?}");
            assert_eq!(database.catalog().expect("a catalog"), nothing, "taken down from {state:?}");
        }
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite_meets_the_baseline_from_every_state() {
    check(Kind::Sqlite, if in_earnest() { 200 } else { 12 }, if in_earnest() { 8 } else { 5 });
}

#[cfg(feature = "postgres")]
#[test]
fn postgres_meets_the_baseline_from_every_state() {
    check(Kind::Postgres, if in_earnest() { 20 } else { 3 }, 4);
}

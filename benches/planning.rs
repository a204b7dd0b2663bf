//! How long the pure part takes: the graph, and the plans of `upgrade heads` and `downgrade base`, over linear
//! histories and over random ones of many branches, merges and dependencies.

mod rounds;

use revgraph::graph::{Revision, RevisionGraph, RevisionId, RevisionSpec};
use revgraph::plan::{downgrade, upgrade};
use rounds::{median, milliseconds, time};

const SIZES: [usize; 3] = [100, 1_000, 10_000];

fn main() {
    println!("| history | revisions | heads | graph | `upgrade heads` | `downgrade base` | a revision |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for size in SIZES {
        row("linear", &linear(size));
    }
    for size in SIZES {
        row("random", &random(size));
    }
}

fn row(name: &str, revisions: &[Revision]) {
    let spec = |text: &str| text.parse::<RevisionSpec>().expect("a target");
    let (heads, base) = (spec("heads"), spec("base"));
    let graph = RevisionGraph::new(revisions.to_vec()).expect("a sound history");
    let up = upgrade(&graph, &[], &heads).expect("a plan");
    assert_eq!(up.steps.len(), revisions.len());
    let building = median(|| {
        let revisions = revisions.to_vec();
        time(|| RevisionGraph::new(revisions))
    });
    let upgrading = median(|| time(|| upgrade(&graph, &[], &heads)));
    let downgrading = median(|| time(|| downgrade(&graph, &up.after, &base)));
    let each = (building + upgrading + downgrading).as_secs_f64() * 1e9 / revisions.len() as f64;
    println!(
        "| {name} | {} | {} | {} | {} | {} | {each:.0} ns |",
        revisions.len(),
        graph.heads().len(),
        milliseconds(building),
        milliseconds(upgrading),
        milliseconds(downgrading),
    );
}

/// An id that does not sort as the history runs.
fn id(number: usize) -> RevisionId {
    let scattered = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    RevisionId::new(&format!("{scattered:012x}")).expect("a good id")
}

fn linear(size: usize) -> Vec<Revision> {
    let revision = |number: usize| Revision {
        down_revisions: number.checked_sub(1).map(id).into_iter().collect(),
        ..Revision::base(id(number), "a file")
    };
    (0..size).map(revision).collect()
}

/// Of a hundred revisions one is a base, ten branch off anywhere, ten merge two to four heads, ten depend on
/// anything before, and the rest go on from a head.
fn random(size: usize) -> Vec<Revision> {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let mut heads: Vec<usize> = Vec::new();
    let mut revisions = Vec::with_capacity(size);
    for number in 0..size {
        let mut parents = Vec::new();
        let kind = numbers.below(100);
        if number > 0 && kind != 0 {
            match kind {
                1..=10 => parents.push(numbers.below(number)),
                11..=20 => {
                    parents.extend((0..2 + numbers.below(3)).map(|_| heads[numbers.below(heads.len())]))
                }
                _ => parents.push(heads[numbers.below(heads.len())]),
            }
        }
        parents.sort_unstable();
        parents.dedup();
        heads.retain(|head| !parents.contains(head));
        heads.push(number);
        let mut revision = Revision::base(id(number), "a file");
        revision.down_revisions = parents.into_iter().map(id).collect();
        if number > 0 && numbers.below(10) == 0 {
            revision.depends_on.push(id(numbers.below(number)).to_string());
        }
        revisions.push(revision);
    }
    revisions
}

/// Marsaglia's xorshift: the same history in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

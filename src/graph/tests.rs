use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// `id: parents / depends_on / labels`, lists by commas.
pub(crate) fn revision(text: &str) -> Revision {
    let (id, rest) = text.split_once(':').unwrap_or((text, ""));
    let mut lists = rest.split('/').map(|list| {
        list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    });
    let down = lists.next().unwrap_or_default();
    Revision {
        down_revisions: down.iter().map(|id| RevisionId::recorded(id)).collect(),
        depends_on: lists.next().unwrap_or_default(),
        branch_labels: lists.next().unwrap_or_default(),
        ..Revision::base(RevisionId::recorded(id.trim()), format!("{}.up.sql", id.trim()))
    }
}

pub(crate) fn graph(lines: &[&str]) -> RevisionGraph {
    RevisionGraph::new(lines.iter().map(|line| revision(line)).collect()).expect("a sound graph")
}

fn problems(lines: &[&str]) -> Vec<String> {
    let built = RevisionGraph::new(lines.iter().map(|line| revision(line)).collect());
    built.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn names(graph: &RevisionGraph, nodes: &[NodeIndex]) -> String {
    graph.ids(nodes).iter().map(RevisionId::as_str).collect::<Vec<_>>().join(" ")
}

fn resolved(graph: &RevisionGraph, text: &str) -> Result<String, String> {
    let spec: RevisionSpec = text.parse().map_err(|error: SpecError| error.to_string())?;
    graph.resolve(&spec).map(|nodes| names(graph, &nodes)).map_err(|error| error.to_string())
}

#[test]
fn every_problem_is_told_by_name_and_file() {
    assert_eq!(
        problems(&["a", "b: x", "c: a / nope"]),
        [
            "b (b.up.sql) names x as its down_revision, which no script declares",
            "c (c.up.sql) depends on nope, which is neither a revision nor a branch label",
        ]
    );
    assert_eq!(problems(&["a: a"]), ["a (a.up.sql) names itself as its down_revision"]);
    assert_eq!(problems(&["a: / a"]), ["a (a.up.sql) names itself as its depends_on"]);
    assert_eq!(problems(&["a", "a"]), ["revision a is declared twice: in a.up.sql and in a.up.sql"]);
    assert_eq!(
        problems(&["a: / / x", "b: a / / x"]),
        ["branch label `x` is given by a (a.up.sql) and by b (b.up.sql)"]
    );
    assert_eq!(
        problems(&["a: / / b", "b: a"]),
        ["branch label `b` of a (a.up.sql) is also the id of a revision (b.up.sql)"]
    );
    assert_eq!(
        problems(&["base0", "a: c", "b: a", "c: b"]),
        ["these revisions form a cycle: a (a.up.sql) -> b (b.up.sql) -> c (c.up.sql) -> a"]
    );
    assert_eq!(problems(&["a: / b", "b: a"]).len(), 1, "a dependency may close a cycle");
}

/// Baselines as `id: parents ; replaces ; stands on` beside revisions.
fn with_baselines(lines: &[&str], baselines: &[&str]) -> Result<RevisionGraph, Vec<GraphProblem>> {
    let ids = |list: &str| list.split_whitespace().map(RevisionId::recorded).collect::<Vec<_>>();
    let baselines = baselines.iter().map(|text| {
        let mut parts = text.split(';');
        let declared = revision(parts.next().unwrap_or_default());
        let replaces = ids(parts.next().unwrap_or_default());
        Revision { replaces, stands_on: ids(parts.next().unwrap_or_default()), ..declared }
    });
    RevisionGraph::new(lines.iter().map(|line| revision(line)).chain(baselines).collect())
}

#[test]
fn a_baseline_takes_the_place_of_its_originals() {
    let folded = with_baselines(&["z: s"], &["s;a b c"]).expect("a sound graph");
    let baseline = folded.find("s").expect("it is there");
    assert!(folded.has_baselines() && !folded.is_unfolded(baseline));
    assert_eq!(folded.baselines().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["s"]);
    let replacing = |id: &str| folded.baseline_replacing(id).map(|one| one.id.as_str());
    assert_eq!((replacing("b"), replacing("z"), replacing("s")), (Some("s"), None, None));
    let standing = |id: &str| folded.standing_for(&RevisionId::recorded(id)).to_string();
    assert_eq!((standing("c"), standing("b"), standing("z")), ("s".into(), "b".into(), "z".into()));
    assert!(!graph(&["a"]).has_baselines());
    assert_eq!(names(&folded, &folded.originals(baseline)), "", "the graph holds none of them");
}

#[test]
fn an_unfolded_baseline_counts_for_its_originals() {
    let unfolded = with_baselines(&["a", "b: a", "z: s"], &["s;a b;b"]).expect("a sound graph");
    let node = |id: &str| unfolded.find(id).expect("it is there");
    assert!(unfolded.is_unfolded(node("s")) && !unfolded.is_unfolded(node("b")));
    assert_eq!(names(&unfolded, &unfolded.originals(node("s"))), "a b");
    let counted = |applied: &[&str]| {
        let applied = NodeSet::of(unfolded.len(), applied.iter().map(|id| node(id)));
        names(&unfolded, &unfolded.without_replaced(&applied).iter().collect::<Vec<_>>())
    };
    assert_eq!(counted(&["a", "b"]), "a b", "as long as the baseline is not applied");
    assert_eq!(counted(&["a", "b", "s"]), "s");
}

#[test]
fn a_baseline_may_be_replaced_by_a_larger_one() {
    let lines = ["a", "b: a", "c: s"];
    let nested = with_baselines(&lines, &["s;a b;b", "t;a b s c;c"]).expect("a sound graph");
    let replacing = |id: &str| nested.baseline_replacing(id).map(|one| one.id.as_str());
    assert_eq!((replacing("a"), replacing("s"), replacing("c")), (Some("t"), Some("t"), Some("t")));
    let originals = |id: &str| names(&nested, &nested.originals(nested.find(id).expect("it is there")));
    assert_eq!((originals("t"), originals("s")), ("c s".to_owned(), "a b".to_owned()));
    let chain = with_baselines(&[], &["t;s c", "u;s c t;t"]).expect("a sound graph");
    assert_eq!(chain.standing_for(&RevisionId::recorded("c")).as_str(), "u", "step by step");
}

#[test]
fn problems_of_baselines_are_told_by_name_and_file() {
    let problems = |lines: &[&str], baselines: &[&str]| {
        let found = with_baselines(lines, baselines).err().unwrap_or_default();
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(problems(&["a"], &["s;a"]), "a (a.up.sql) has an id that s (s.up.sql) replaces");
    assert_eq!(problems(&["a"], &["s;a;a"]), "");
    assert_eq!(
        problems(&[], &["s;a b", "t;a c"]),
        "revision a is replaced by s (s.up.sql) and by t (t.up.sql)"
    );
    assert_eq!(problems(&[], &["s;a b", "t;a b s;s"]), "", "one within the other");
    assert_eq!(problems(&[], &["t;a b u;u", "u;a b"]), "", "in whatever order of the ids");
    assert_eq!(
        problems(&["z: a"], &["s;a b"]),
        "z (z.up.sql) names a as its down_revision, which s (s.up.sql) replaces"
    );
    assert_eq!(
        problems(&["z: s / b"], &["s;a b"]),
        "z (z.up.sql) names b as its depends_on, which s (s.up.sql) replaces"
    );
}

#[test]
fn a_name_that_differs_in_its_quotes_alone_is_offered() {
    let quoted = |name: &str| {
        let child = Revision {
            down_revisions: vec![RevisionId::recorded(name)],
            ..Revision::base(RevisionId::recorded("b"), "b.up.sql")
        };
        match RevisionGraph::new(vec![revision("a1"), child]).err().unwrap_or_default().as_slice() {
            [GraphProblem::UnknownParent { quoted, .. }] => quoted.as_ref().map(ToString::to_string),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(quoted("'a1'").as_deref(), Some("a1"));
    assert_eq!(quoted("\"a1\"").as_deref(), Some("a1"));
    assert_eq!(quoted("'a2'"), None);
}

#[test]
fn what_is_named_twice_is_named_once() {
    let graph = graph(&["a", "b: / a, a", "c: b, b"]);
    assert_eq!(names(&graph, &graph.heads()), "a c", "a dependency does not become a parent");
}

#[test]
fn a_history_may_be_longer_than_the_stack_is_deep() {
    let id = |number: usize| RevisionId::recorded(&format!("r{number:06}"));
    let standing_on = |number: usize, parent: Option<usize>| Revision {
        down_revisions: parent.map(id).into_iter().collect(),
        ..Revision::base(id(number), "generated")
    };
    let long = |first: Option<usize>| {
        let parent = |number: usize| number.checked_sub(1).or(first);
        RevisionGraph::new((0..100_000).map(|number| standing_on(number, parent(number))).collect())
    };
    let graph = long(None).expect("a sound graph");
    assert!(graph.in_order().iter().copied().eq(graph.nodes()));
    let problems = long(Some(999)).expect_err("a cycle of the first thousand");
    assert!(matches!(problems.as_slice(), [GraphProblem::Cycle { revisions }] if revisions.len() == 1_000));
}

#[test]
fn heads_and_effective_heads_differ_where_a_head_is_a_dependency() {
    let graph = graph(&["a1", "a2: a1", "b1", "b2: b1 / a2"]);
    assert_eq!(names(&graph, &graph.heads()), "a2 b2");
    assert_eq!(names(&graph, &graph.effective_heads()), "b2");
    assert_eq!(names(&graph, &graph.bases()), "a1 b1");
}

#[test]
fn names_resolve_as_ids_labels_and_beginnings() {
    let graph = graph(&["abcd11: / / billing", "abcd22: abcd11", "abce33: abcd11", "zz: / / other-line"]);
    assert_eq!(resolved(&graph, "abcd2"), Ok("abcd22".to_owned()));
    assert_eq!(resolved(&graph, "bill"), Ok("abcd11".to_owned()));
    assert_eq!(resolved(&graph, "other-line"), Ok("zz".to_owned()));
    assert_eq!(resolved(&graph, "zz"), Ok("zz".to_owned()), "a whole id may be short");
    assert_eq!(resolved(&graph, "abcd"), Err("`abcd` begins several names: abcd11, abcd22".to_owned()));
    assert!(resolved(&graph, "abc").is_err_and(|error| error.contains("four characters")));
    assert_eq!(resolved(&graph, "zz@abcd11"), Err("revision abcd11 is not on branch `zz`".to_owned()));
    assert_eq!(resolved(&graph, "nope@head"), Err("there is no branch `nope`".to_owned()));
    assert_eq!(resolved(&graph, "billing@heads"), Ok("abcd22 abce33".to_owned()));
    assert_eq!(
        resolved(&graph, "head"),
        Err("`head` stands for several heads: abcd22, abce33, zz".to_owned())
    );
    assert_eq!(resolved(&graph, "abcd22@head"), Ok("abcd22".to_owned()));
    assert_eq!(resolved(&graph, "base"), Ok(String::new()));
}

#[test]
fn labels_reach_up_and_along_a_line_without_branches() {
    let line = graph(&["a", "b: a / / x", "c: b"]);
    assert_eq!(line.labels_by_node(), [["x"], ["x"], ["x"]]);
    let fork = graph(&["a", "b: a / / x", "c: b", "d: a"]);
    assert_eq!(fork.labels_by_node(), [vec![], vec!["x"], vec!["x"], vec![]]);
    let merge = graph(&["a", "b: a / / x", "c", "m: b, c"]);
    assert_eq!(merge.labels_by_node(), [vec![], vec!["x"], vec![], vec!["x"]]);
}

/// A random graph as lists of smaller numbers: parents, dependencies.
pub(crate) fn any_graph() -> impl Strategy<Value = Vec<(BTreeSet<usize>, BTreeSet<usize>)>> {
    proptest::collection::vec((any::<u32>(), any::<u32>()), 1..24).prop_map(|seeds| {
        let chosen = |bits: u32, below: usize, odds: u32| -> BTreeSet<usize> {
            (0..below.min(8))
                .filter(|bit| (bits >> (bit * 4)) & 15 < odds)
                .map(|bit| below - 1 - bit)
                .collect()
        };
        seeds.iter().enumerate().map(|(index, (a, b))| (chosen(*a, index, 4), chosen(*b, index, 2))).collect()
    })
}

pub(crate) fn built(description: &[(BTreeSet<usize>, BTreeSet<usize>)]) -> RevisionGraph {
    // Ids that do not sort in the order of creation.
    let id = |index: usize| format!("r{:02}", (index * 7) % 100);
    let revisions = description.iter().enumerate().map(|(index, (parents, dependencies))| Revision {
        down_revisions: parents.iter().map(|parent| RevisionId::recorded(&id(*parent))).collect(),
        depends_on: dependencies.iter().map(|dependency| id(*dependency)).collect(),
        ..Revision::base(RevisionId::recorded(&id(index)), "generated")
    });
    RevisionGraph::new(revisions.collect()).expect("a sound graph")
}

/// Everything below each node, by repeated union: the naive oracle.
pub(crate) fn naive_ancestors(
    graph: &RevisionGraph,
    follow: Follow,
) -> BTreeMap<NodeIndex, BTreeSet<NodeIndex>> {
    let mut below: BTreeMap<NodeIndex, BTreeSet<NodeIndex>> =
        graph.nodes().map(|node| (node, graph.below(node, follow).into_iter().collect())).collect();
    loop {
        let wider: BTreeMap<_, BTreeSet<NodeIndex>> = below
            .iter()
            .map(|(node, reached)| {
                let further = reached.iter().flat_map(|one| below.get(one).into_iter().flatten().copied());
                (*node, reached.iter().copied().chain(further).collect())
            })
            .collect();
        if wider == below {
            return below;
        }
        below = wider;
    }
}

/// Alembic's `_topological_sort` word for word, with sets of ancestors; dependencies that an ancestor has too are passed
/// over as there.
fn naive_order(graph: &RevisionGraph, set: &NodeSet) -> Vec<NodeIndex> {
    let ancestors = |node| graph.ancestors([node], Follow::ParentsAndDependencies);
    let declared = |node: NodeIndex| {
        let revision = graph.revision(node);
        let parents: Vec<_> =
            revision.down_revisions.iter().filter_map(|id| graph.find(id.as_str())).collect();
        let above_base = graph.ancestors(parents.iter().copied(), Follow::Parents);
        let of_ancestors: BTreeSet<&String> =
            above_base.iter().flat_map(|one| &graph.revision(one).depends_on).collect();
        let own = revision.depends_on.iter().filter(|name| !of_ancestors.contains(name));
        let own = own.filter_map(|name| graph.find(name));
        let mut all = parents.clone();
        all.extend(own.filter(|one| !parents.contains(one)));
        all
    };
    let mut todo: BTreeSet<NodeIndex> = set.iter().collect();
    let mut heads = graph.tips(set, Follow::ParentsAndDependencies);
    heads.reverse();
    let mut at = 0;
    let mut output = Vec::new();
    while let Some(candidate) = heads.get(at).copied() {
        let blocking =
            heads.iter().position(|head| *head != candidate && ancestors(*head).contains(candidate));
        if let Some(other) = blocking {
            at = other;
            continue;
        }
        todo.remove(&candidate);
        output.push(candidate);
        let below: Vec<_> = declared(candidate)
            .into_iter()
            .filter(|one| todo.contains(one) && !heads.contains(one))
            .collect();
        match below.split_first() {
            None => {
                heads.remove(at);
                at = at.saturating_sub(1);
            }
            Some((first, others)) => {
                heads[at] = *first;
                heads.extend(others);
            }
        }
    }
    output.reverse();
    output
}

proptest! {
    #[test]
    fn every_id_is_found_at_its_node(description in any_graph()) {
        let graph = built(&description);
        prop_assert!(graph.revisions().is_sorted_by(|a, b| a.id < b.id));
        for node in graph.nodes() {
            prop_assert_eq!(graph.find(graph.id(node).as_str()), Some(node));
        }
        prop_assert_eq!(graph.find("r"), None);
    }

    #[test]
    fn what_leads_back_to_itself_is_a_cycle(parents in proptest::collection::vec(0_usize..8, 1..8)) {
        // Each revision stands on one other, or on nothing where that does not exist.
        let id = |index: usize| RevisionId::recorded(&index.to_string());
        let parent = |index: usize| parents.get(index).copied().filter(|parent| parents.get(*parent).is_some());
        let revisions = (0..parents.len()).map(|index| Revision {
            down_revisions: parent(index).map(id).into_iter().collect(),
            ..Revision::base(id(index), "generated")
        });
        let on_a_cycle: BTreeSet<String> = (0..parents.len())
            .filter(|start| {
                let mut below = std::iter::successors(parent(*start), |index| parent(*index)).take(parents.len());
                parent(*start) != Some(*start) && below.any(|index| index == *start)
            })
            .map(|index| index.to_string())
            .collect();
        let problems = RevisionGraph::new(revisions.collect()).err().unwrap_or_default();
        let told: BTreeSet<String> = problems
            .iter()
            .filter_map(|problem| match problem {
                GraphProblem::Cycle { revisions } => Some(revisions),
                _ => None,
            })
            .flatten()
            .map(|declared| declared.id.to_string())
            .collect();
        prop_assert_eq!(told, on_a_cycle);
    }

    #[test]
    fn walks_agree_with_repeated_union(description in any_graph(), parents_only in any::<bool>()) {
        let graph = built(&description);
        let follow = if parents_only { Follow::Parents } else { Follow::ParentsAndDependencies };
        let naive = naive_ancestors(&graph, follow);
        for node in graph.nodes() {
            let mut expected = naive.get(&node).cloned().unwrap_or_default();
            expected.insert(node);
            let ancestors: BTreeSet<_> = graph.ancestors([node], follow).iter().collect();
            prop_assert_eq!(&ancestors, &expected);
            for other in graph.nodes() {
                let descends = graph.descendants([other], follow).contains(node);
                prop_assert_eq!(descends, ancestors.contains(&other));
            }
        }
    }

    #[test]
    fn an_order_is_topological_and_as_alembic_walks(description in any_graph(), bits in any::<u32>()) {
        let graph = built(&description);
        let tips = graph.nodes().filter(|node| (bits >> (node.index() % 32)) & 1 == 1);
        let set = graph.ancestors(tips, Follow::ParentsAndDependencies);
        let sorted = graph.sorted(&set);
        let mut done = BTreeSet::new();
        for node in &sorted {
            let below = graph.below(*node, Follow::ParentsAndDependencies);
            prop_assert!(below.iter().all(|one| done.contains(one)));
            done.insert(*node);
        }
        prop_assert_eq!(done, set.iter().collect::<BTreeSet<_>>());
        prop_assert_eq!(sorted, naive_order(&graph, &set));
    }

    #[test]
    fn targets_never_panic(text in "[a-z0-9@+:,. -]{0,16}", description in any_graph()) {
        let graph = built(&description);
        if let Ok(spec) = text.parse::<RevisionSpec>() {
            let _ = graph.resolve(&spec);
        }
        let _ = text.parse::<RevisionRange>();
    }
}

//! Full text searches whose texts are in a view, or nowhere.

use super::lite::{Lite, text};
use super::sqlite::on;
use revgraph::alter::{Remark, alter};

/// What is lost on the way to a schema, with the numbers that the database tells.
fn losses(database: &Lite, right: &str) -> Vec<(String, String)> {
    let right = Lite::with(right).catalog();
    let found = alter(&database.catalog(), &right, &database.hints()).expect("a way");
    let remarks = found.parts.into_iter().flat_map(|part| part.statements).flat_map(|one| one.remarks);
    let loss = |remark| match remark {
        Remark::Loses { what, count, .. } => {
            Some((what, database.query(&count.expect("a query"))[0][0].clone()))
        }
        _ => None,
    };
    remarks.filter_map(loss).collect()
}

/// What is found by an index without texts cannot be copied: where it goes it is told, with the number of its rows.
#[test]
fn the_index_of_a_search_without_texts_is_told_to_go() {
    for (module, options, tokenizer) in [
        ("fts5", "content=''", "tokenize='porter'"),
        ("fts5", "content='', contentless_delete=1", "tokenize='porter'"),
        ("fts4", "content=\"\"", "tokenize=porter"),
    ] {
        let with = |arguments: &str| format!("CREATE VIRTUAL TABLE m USING {module}({arguments})");
        let before = with(&format!("b, c, {options}"));
        let rows = "INSERT INTO m (rowid, b, c) VALUES (1, 'x', 'sushi'), (2, 'y', 'z')";
        let database = Lite::with(&format!("{before}; {rows}"));
        let told = ("the index of m, whose texts are nowhere else".to_owned(), "2".to_owned());
        for right in [String::new(), with(&format!("b, c, {options}, {tokenizer}"))] {
            assert_eq!(losses(&database, &right), std::slice::from_ref(&told), "{before} {right}");
        }
    }
}

/// A search finds what is in its view: once that, or one that it reads, is another one, or the search is new.
#[test]
fn a_search_over_a_view_finds_what_is_in_it() {
    let table = "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, c TEXT); CREATE VIEW inner_one AS SELECT id, {x} AS d FROM t;
        CREATE VIEW v AS SELECT id, d AS b FROM inner_one;";
    let search = "CREATE VIRTUAL TABLE m USING fts5(b, content='v', content_rowid=id);";
    let with = |column: &str, search: &str| format!("{} {search}", table.replace("{x}", column));
    let rows = "INSERT INTO t VALUES (1, 'sushi', 'rice')";
    let filled = |sql: &str, search: &str| {
        let fill = if search.is_empty() { "" } else { "INSERT INTO m (m) VALUES ('rebuild')" };
        Lite::with(&format!("{sql} {rows}; {fill}"))
    };
    let found = |database: &Lite| {
        ["sushi", "rice"]
            .map(|word| database.query(&format!("SELECT rowid FROM m WHERE m MATCH '{word}'")).len())
    };
    for (before, after) in [
        (search, search),
        ("", search),
        (search, &search.replace("content='v'", "tokenize='porter', content='v'")),
    ] {
        let (left, right) = (with("b", before), with("c", after));
        let database = filled(&left, before);
        let up = database.lead(&Lite::with(&right).catalog(), &database.hints()).expect("a way");
        assert_eq!(found(&database), [0, 1], "{}", text(&up));
    }
    let database = filled(&with("b", search), search);
    on(&database, &with("b", search), &with("c", search), &database.hints());
    assert_eq!(found(&database), [1, 0]);
    // What has nothing to do with it is left alone.
    let (up, _) = on(
        &database,
        &with("b", search),
        &format!("{} CREATE VIEW other AS SELECT 1 AS b;", with("b", search)),
        &database.hints(),
    );
    assert!(!text(&up).contains("rebuild"), "{}", text(&up));
}

/// What a virtual table holds itself, and the one that takes its place does not, is told to go.
#[test]
fn what_a_virtual_table_holds_is_told_where_it_is_not_copied() {
    let search = |arguments: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT); CREATE VIRTUAL TABLE m USING fts5({arguments});"
        )
    };
    let tree = |arguments: &str| format!("CREATE VIRTUAL TABLE m USING rtree({arguments});");
    let texts = "INSERT INTO m (b) VALUES ('x'), ('y')";
    let boxes = "INSERT INTO m (id, x0, x1, n) VALUES (1, 0, 1, 'a')";
    for (before, rows, after, told) in [
        (search("b"), texts, search("b, content=''"), &[("the rows of m", "2")][..]),
        (search("b"), texts, search("b, content='t', content_rowid=id"), &[("the rows of m", "2")]),
        (
            search("b, c"),
            "INSERT INTO m VALUES ('x', 'y'), ('z', NULL)",
            search("b"),
            &[("the values of m.c", "1")],
        ),
        (search("b"), texts, search("b, c"), &[]),
        (tree("id, x0, x1, +n"), boxes, tree("id, x0, x1"), &[("the values of m.n", "1")]),
    ] {
        let database = Lite::with(&format!("{before} {rows}"));
        let lost = losses(&database, &after);
        let lost: Vec<(&str, &str)> =
            lost.iter().map(|(what, count)| (what.as_str(), count.as_str())).collect();
        assert_eq!(lost, told, "{before} {after}");
    }
}

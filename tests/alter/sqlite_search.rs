//! Full text searches whose texts are in a view, or nowhere.

use super::lite::{Lite, text};
use super::sqlite::on;
use revgraph::alter::{Remark, alter};

/// What is found by an index without texts cannot be copied: where it goes it is told, with the number of its rows.
#[test]
fn the_index_of_a_search_without_texts_is_told_to_go() {
    for (module, options) in
        [("fts5", "content=''"), ("fts5", "content='', contentless_delete=1"), ("fts4", "content=\"\"")]
    {
        let with = |more: &str| format!("CREATE VIRTUAL TABLE m USING {module}(b, c, {options}{more})");
        let database = Lite::with(&format!(
            "{}; INSERT INTO m (rowid, b, c) VALUES (1, 'x', 'sushi'), (2, 'y', 'z')",
            with("")
        ));
        let mut rights = vec![String::new()];
        rights.push(
            with(", tokenize='porter'")
                .replace("tokenize='", if module == "fts4" { "tokenize=" } else { "tokenize='" }),
        );
        rights[1] = if module == "fts4" { rights[1].replace("porter'", "porter") } else { rights[1].clone() };
        for right in rights {
            let found =
                alter(&database.catalog(), &Lite::with(&right).catalog(), &database.hints()).expect("a way");
            let statements = found.parts.into_iter().flat_map(|part| part.statements);
            let losses: Vec<(String, Option<String>)> = statements
                .flat_map(|one| one.remarks)
                .filter_map(|remark| match remark {
                    Remark::Loses { what, count, .. } => Some((what, count)),
                    _ => None,
                })
                .collect();
            let [(what, Some(count))] = losses.as_slice() else { panic!("{module} {right}: {losses:?}") };
            assert_eq!(what, "the index of m, whose texts are nowhere else");
            assert_eq!(database.query(count), [["2"]], "{count}");
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

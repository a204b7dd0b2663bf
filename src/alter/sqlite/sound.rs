//! Views and triggers that name what is not there. SQLite makes them, and then fails at every `ALTER TABLE` that looks
//! at all of the schema.

use std::collections::{BTreeMap, BTreeSet};

use super::mention;
use super::side::fold;
use crate::catalog::sql::identifier;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};
use crate::sql::{Dialect, TokenKind};

/// Names that are there without being declared.
const BUILT_IN: [&str; 9] = ["_rowid_", "excluded", "false", "new", "old", "oid", "rank", "rowid", "true"];

/// The views and triggers that are broken, or could be: without a parser it is not known of every word what it is. What
/// is taken for broken and is not is made again, or is no hindrance any more, and comes to no harm.
pub(in crate::alter) fn unsound(catalog: &Catalog) -> BTreeSet<&ObjectName> {
    let programs: BTreeMap<&ObjectName, Program> = catalog
        .objects
        .iter()
        .filter_map(|(name, object)| match &object.definition {
            Definition::View(view) => Some((name, Program::read(&view.definition))),
            Definition::Trigger(trigger) => Some((name, Program::read(&trigger.definition))),
            _ => None,
        })
        .collect();
    let words = words_of(catalog, &programs);
    let is_relation = |name: &&ObjectName| ObjectKind::RELATIONS.contains(&name.kind);
    let mut relations: BTreeSet<String> =
        catalog.objects.keys().filter(is_relation).map(|name| fold(&name.name)).collect();
    let mut unsound = BTreeSet::new();
    loop {
        let is_broken = |name: &ObjectName, program: &Program| {
            let stands_on_broken = name.relation.as_ref().is_some_and(|one| !relations.contains(&fold(one)));
            stands_on_broken || !program.relations.is_subset(&relations) || !program.words.is_subset(&words)
        };
        let more: Vec<&ObjectName> = programs
            .iter()
            .filter(|(name, program)| !unsound.contains(*name) && is_broken(name, program))
            .map(|(name, _)| *name)
            .collect();
        if more.is_empty() {
            return unsound;
        }
        for view in more.iter().filter(|name| name.kind == ObjectKind::View) {
            relations.remove(&fold(&view.name));
        }
        unsound.extend(more);
    }
}

/// What a view or trigger names, in lower case.
struct Program {
    /// What stands where a table or view is named, without what a `WITH` gives and functions that give rows.
    relations: BTreeSet<String>,
    /// What else could be a name.
    words: BTreeSet<String>,
    /// The names that it gives itself.
    given: BTreeSet<String>,
}

impl Program {
    fn read(sql: &str) -> Self {
        let tokens: Vec<(TokenKind, &str)> = mention::tokens(sql).collect();
        let name = |place: usize| {
            let (kind, text) = tokens.get(place)?;
            let is_keyword = *kind == TokenKind::Word && identifier(Dialect::Sqlite, text) != *text;
            mention::name(*kind, text).filter(|_| !is_keyword).map(|name| fold(&name))
        };
        let is_word = |place: usize, word: &str| {
            tokens
                .get(place)
                .is_some_and(|(kind, text)| *kind == TokenKind::Word && text.eq_ignore_ascii_case(word))
        };
        let is_text = |place: usize, symbol: &str| tokens.get(place).is_some_and(|(_, text)| *text == symbol);
        let has_with = (0..tokens.len()).any(|place| is_word(place, "WITH"));
        let mut program = Self { relations: BTreeSet::new(), words: BTreeSet::new(), given: BTreeSet::new() };
        for place in 0..tokens.len() {
            let Some(found) = name(place) else { continue };
            let before = place.checked_sub(1);
            let follows =
                |words: &[&str]| before.is_some_and(|before| words.iter().any(|word| is_word(before, word)));
            let is_given =
                follows(&["AS"]) || (has_with && is_word(place + 1, "AS")) || is_text(place + 1, ".");
            if is_given {
                program.given.insert(found);
            } else if is_text(place + 1, "(") {
                // A function, or what a `WITH` gives with its columns.
                program.given.extend(has_with.then_some(found));
            } else if follows(&["FROM", "JOIN", "INTO"])
                || (follows(&["UPDATE"]) && is_word(place + 1, "SET"))
            {
                program.relations.insert(found);
            } else {
                program.words.insert(found);
            }
        }
        program.relations = program.relations.difference(&program.given).cloned().collect();
        program
    }
}

/// Every name that something has.
fn words_of(catalog: &Catalog, programs: &BTreeMap<&ObjectName, Program>) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = BUILT_IN.iter().map(|name| (*name).to_owned()).collect();
    for (name, object) in &catalog.objects {
        words.insert(fold(&name.name));
        match &object.definition {
            Definition::Table(table) => words.extend(table.columns.iter().map(|column| fold(&column.name))),
            Definition::Verbatim(sql) => words.extend(mention::names(sql)),
            _ => {}
        }
    }
    for program in programs.values() {
        words.extend(program.given.iter().cloned());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::sqlite::{SchemaRow, catalog};

    fn unsound_among(programs: &[(&str, &str)]) -> Vec<String> {
        let row = |kind: &str, name: &str, sql: &str| SchemaRow {
            kind: kind.to_owned(),
            name: name.to_owned(),
            table: name.to_owned(),
            sql: sql.to_owned(),
        };
        let mut rows = vec![row("table", "t", "CREATE TABLE t (a, \"b c\")")];
        rows.extend(
            programs.iter().map(|(name, query)| row("view", name, &format!("CREATE VIEW {name} AS {query}"))),
        );
        unsound(&catalog(&rows)).iter().map(|name| name.name.clone()).collect()
    }

    #[test]
    fn what_names_only_what_is_there_is_sound() {
        let sound = [
            ("v1", "SELECT a, [b c] AS x, count(*) FROM t WHERE a IN (SELECT 1) ORDER BY x"),
            (
                "v2",
                "WITH q(n) AS (SELECT a FROM t), r AS (SELECT n FROM q) SELECT r.n FROM r JOIN json_each('[]')",
            ),
            ("v3", "SELECT y.a FROM t AS y JOIN v1 ON v1.x = y.rowid"),
        ];
        assert_eq!(unsound_among(&sound), [""; 0]);
    }

    #[test]
    fn what_names_what_is_not_there_is_not() {
        let broken =
            [("v1", "SELECT a FROM nowhere"), ("v2", "SELECT missing FROM t"), ("v3", "SELECT * FROM v1")];
        assert_eq!(unsound_among(&broken), ["v1", "v2", "v3"]);
    }
}

//! Views and triggers that name what is not there. SQLite makes them, and then fails at every `ALTER TABLE` that looks
//! at all of the schema.

use std::collections::{BTreeMap, BTreeSet};

use super::mention;
use super::mention::fold;
use crate::catalog::sql::identifier;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};
use crate::sql::{Dialect, TokenKind};

/// Names that are there without being declared.
const BUILT_IN: [&str; 6] = ["excluded", "false", "new", "old", "rank", "true"];

/// The names of the row id.
const ROW_ID: [&str; 3] = ["_rowid_", "oid", "rowid"];

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
    let scope = Scope::of(catalog, &programs);
    let is_view = |name: &ObjectName| name.kind == ObjectKind::View;
    let tables = catalog.objects.keys().filter(|name| ObjectKind::RELATIONS.contains(&name.kind));
    let mut sound: BTreeSet<String> =
        tables.filter(|name| !is_view(name)).map(|name| fold(&name.name)).collect();
    let is_sound = |name: &ObjectName, program: &Program, sound: &BTreeSet<String>| {
        let stands_on_sound = name.relation.as_ref().is_none_or(|one| sound.contains(&fold(one)));
        stands_on_sound && program.relations.is_subset(sound) && scope.explains(name, program)
    };
    // A view is sound once all that it names is: one that names itself, by others too, never is.
    let mut waiting: Vec<_> = programs.iter().filter(|(name, _)| is_view(name)).collect();
    loop {
        let before = waiting.len();
        waiting.retain(|(name, program)| {
            let is_sound = is_sound(name, program, &sound);
            if is_sound {
                sound.insert(fold(&name.name));
            }
            !is_sound
        });
        if waiting.len() == before {
            break;
        }
    }
    let triggers =
        programs.iter().filter(|(name, program)| !is_view(name) && !is_sound(name, program, &sound));
    waiting.into_iter().chain(triggers).map(|(name, _)| *name).collect()
}

/// What a view or trigger names, in lower case.
struct Program {
    /// What stands where a table or view is named, without what a `WITH` gives and functions that give rows.
    relations: BTreeSet<String>,
    /// What else could be a name.
    words: BTreeSet<String>,
    /// The names that it gives itself.
    given: BTreeSet<String>,
    /// Whether it takes all columns of something.
    has_star: bool,
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
        let mut program = Self {
            relations: BTreeSet::new(),
            words: BTreeSet::new(),
            given: BTreeSet::new(),
            has_star: (0..tokens.len()).any(|place| is_text(place, "*")),
        };
        // The columns that a view or a `WITH` gives: names in parentheses before `AS`.
        let is_list_of_columns = |open: usize| {
            let rest = tokens.get(open + 1..).unwrap_or_default();
            let names = rest.iter().take_while(|(kind, text)| {
                matches!(kind, TokenKind::Word | TokenKind::QuotedIdentifier) || *text == ","
            });
            let end = open + 1 + names.count();
            is_text(open, "(") && is_text(end, ")") && is_word(end + 1, "AS")
        };
        let mut is_in_list = false;
        for place in 0..tokens.len() {
            is_in_list = is_list_of_columns(place) || (is_in_list && !is_text(place, ")"));
            let Some(found) = name(place) else { continue };
            let before = place.checked_sub(1);
            let follows =
                |words: &[&str]| before.is_some_and(|before| words.iter().any(|word| is_word(before, word)));
            let is_given = is_in_list
                || follows(&["AS"])
                || (has_with && is_word(place + 1, "AS"))
                || is_text(place + 1, ".");
            if is_given {
                program.given.insert(found);
            } else if is_text(place + 1, "(") && !follows(&["INTO"]) {
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

/// What words can mean where tables and views are named.
struct Scope<'p> {
    /// Tables, virtual tables and views by their names.
    relations: BTreeMap<String, Columns<'p>>,
    /// The names of all objects.
    objects: BTreeSet<String>,
}

/// Where a relation's columns are told.
enum Columns<'p> {
    Known(BTreeSet<String>),
    Of(&'p Program),
}

impl<'p> Scope<'p> {
    fn of(catalog: &Catalog, programs: &'p BTreeMap<&ObjectName, Program>) -> Self {
        let mut relations = BTreeMap::new();
        for (name, object) in &catalog.objects {
            let columns = match &object.definition {
                Definition::Table(table) => {
                    let mut columns: BTreeSet<String> =
                        table.columns.iter().map(|column| fold(&column.name)).collect();
                    columns.extend(
                        ROW_ID.iter().filter(|_| !table.is_without_rowid).map(|name| (*name).to_owned()),
                    );
                    Columns::Known(columns)
                }
                Definition::Verbatim(sql) => {
                    let mut columns = mention::names(sql);
                    columns.extend(ROW_ID.map(str::to_owned));
                    Columns::Known(columns)
                }
                Definition::View(_) => match programs.get(name) {
                    Some(program) => Columns::Of(program),
                    None => continue,
                },
                _ => continue,
            };
            relations.insert(fold(&name.name), columns);
        }
        let objects = catalog.objects.keys().map(|name| fold(&name.name)).collect();
        Self { relations, objects }
    }

    /// Whether every word of a view or trigger can be a column of what it names, or the name of something.
    fn explains(&self, name: &ObjectName, program: &Program) -> bool {
        let mut known: BTreeSet<String> = BUILT_IN.iter().map(|name| (*name).to_owned()).collect();
        known.extend(program.given.iter().cloned());
        // Its own name leads nowhere but back.
        let mut seen: BTreeSet<String> =
            (name.kind == ObjectKind::View).then(|| fold(&name.name)).into_iter().collect();
        self.add_columns(program, &mut known, &mut seen);
        if let Some(relation) = &name.relation {
            self.add_columns_of(&fold(relation), &mut known, &mut seen);
        }
        program.words.iter().all(|word| known.contains(word) || self.objects.contains(word))
    }

    fn add_columns(&self, program: &Program, known: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
        let named = program.relations.iter().chain(&program.words).chain(&program.given);
        for relation in named.filter(|name| self.relations.contains_key(*name)) {
            self.add_columns_of(relation, known, seen);
        }
    }

    fn add_columns_of(&self, relation: &str, known: &mut BTreeSet<String>, seen: &mut BTreeSet<String>) {
        if !seen.insert(relation.to_owned()) {
            return;
        }
        match self.relations.get(relation) {
            Some(Columns::Known(columns)) => known.extend(columns.iter().cloned()),
            Some(Columns::Of(program)) => {
                known.extend(program.given.iter().chain(&program.words).cloned());
                if program.has_star {
                    self.add_columns(program, known, seen);
                }
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::sqlite::{SchemaRow, catalog};

    #[test]
    fn a_column_of_another_table_is_none_of_this_one() {
        let broken =
            [("v1", "SELECT d FROM t"), ("v2", "SELECT d AS x FROM u"), ("v3", "SELECT rowid FROM u")];
        assert_eq!(unsound_among(&broken), ["v1", "v3"]);
    }

    fn unsound_among(programs: &[(&str, &str)]) -> Vec<String> {
        let row = |kind: &str, name: &str, sql: &str| SchemaRow {
            kind: kind.to_owned(),
            name: name.to_owned(),
            table: name.to_owned(),
            sql: sql.to_owned(),
        };
        let mut rows = vec![
            row("table", "t", "CREATE TABLE t (a, \"b c\")"),
            row("table", "u", "CREATE TABLE u (d PRIMARY KEY) WITHOUT ROWID"),
        ];
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
    fn what_is_written_into_is_a_table_with_its_columns_behind_it_too() {
        let trigger = |table: &str| SchemaRow {
            kind: "trigger".to_owned(),
            name: "g".to_owned(),
            table: "t".to_owned(),
            sql: format!(
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO {table} (a) VALUES (new.a); END"
            ),
        };
        let table = SchemaRow {
            kind: "table".to_owned(),
            name: "t".to_owned(),
            table: "t".to_owned(),
            sql: "CREATE TABLE t (a)".to_owned(),
        };
        let found = |into: &str| unsound(&catalog(&[table.clone(), trigger(into)])).len();
        assert_eq!((found("t"), found("nowhere")), (0, 1));
    }

    #[test]
    fn what_names_what_is_not_there_is_not() {
        let broken = [
            ("v1", "SELECT a FROM nowhere"),
            ("v2", "SELECT missing FROM t"),
            ("v3", "SELECT * FROM v1"),
            ("v4", "SELECT 1 FROM v5"),
            ("v5", "SELECT 1 FROM v4"),
        ];
        assert_eq!(unsound_among(&broken), ["v1", "v2", "v3", "v4", "v5"]);
    }
}

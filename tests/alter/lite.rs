//! A SQLite database in memory, made from one schema and altered into another.

use std::collections::BTreeMap;

use revgraph::alter::{self, Hints, Remark, ServerVersion, Statement};
use revgraph::catalog::sqlite::{SchemaRow, catalog};
use revgraph::catalog::{Catalog, CompareOptions, compare};
use rusqlite::Connection;
use rusqlite::types::Value;

/// More rounds than anything should take.
const ROUNDS: usize = 4;

const SHADOWS: &str = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";

pub(super) struct Lite(pub(super) Connection);

/// Rows by table, in the order of their texts; the cells by their column.
pub(super) type Rows = BTreeMap<String, Vec<BTreeMap<String, String>>>;

impl Lite {
    pub(super) fn with(sql: &str) -> Self {
        let connection = Connection::open_in_memory().expect("a database");
        connection.pragma_update(None, "foreign_keys", false).expect("they can be off");
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        Self(connection)
    }

    /// None where SQLite does not take the statements.
    pub(super) fn attempt(sql: &str) -> Option<Self> {
        let connection = Connection::open_in_memory().expect("a database");
        connection.pragma_update(None, "foreign_keys", false).expect("they can be off");
        connection.execute_batch(sql).ok().map(|()| Self(connection))
    }

    /// With what SQLite takes of these statements, each of which ends a line.
    pub(super) fn of_what_is_taken(sql: &str) -> Self {
        let database = Self::with("");
        for statement in sql.split(";\n") {
            // What is not taken is missing, as intended.
            let _ = database.0.execute_batch(statement);
        }
        database
    }

    pub(super) fn catalog(&self) -> Catalog {
        let query = format!(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT IN ({SHADOWS}) ORDER BY rowid"
        );
        let mut statement = self.0.prepare(&query).expect("it is SQL");
        let row = |row: &rusqlite::Row<'_>| {
            Ok(SchemaRow { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
        };
        let rows: Result<Vec<_>, _> = statement.query_map([], row).expect("it runs").collect();
        catalog(&rows.expect("rows"))
    }

    pub(super) fn hints(&self) -> Hints {
        let server = ServerVersion(u32::try_from(rusqlite::version_number()).expect("a version"));
        Hints { server, ..Hints::default() }
    }

    /// Runs statements in one transaction, each with its semicolon, as a script does.
    pub(super) fn run(&self, statements: &[Statement]) -> Result<(), String> {
        // A comment may end the text of a view.
        let script: String = statements.iter().map(|statement| format!("{}\n;\n", statement.sql)).collect();
        self.0.execute_batch(&format!("BEGIN;\n{script}COMMIT;")).map_err(|error| {
            let _ = self.0.execute_batch("ROLLBACK");
            format!("{error}\n{script}")
        })
    }

    /// Alters the schema until it is `right`; the statements.
    pub(super) fn lead(&self, right: &Catalog, hints: &Hints) -> Result<Vec<Statement>, String> {
        let mut all =
            alter::renames(&self.catalog(), right, hints).map_err(|refusals| format!("{refusals:?}"))?;
        self.run(&all)?;
        for _ in 0..ROUNDS {
            let found = alter::alter(&self.catalog(), right, hints);
            let alteration = found.map_err(|refusals| format!("refused: {refusals:?}"))?;
            if alteration.is_empty() {
                return Ok(all);
            }
            let statements: Vec<Statement> = alteration.statements().cloned().collect();
            self.run(&statements)?;
            all.extend(statements);
        }
        Err(format!("it does not settle:\n{}", text(&all)))
    }

    /// What sets the schema apart from another, by revgraph and by SQLite's pragmas.
    pub(super) fn differences(&self, other: &Self) -> Vec<String> {
        let options = CompareOptions { ignore_column_order: true, ..CompareOptions::default() };
        let differences = compare(&self.catalog(), &other.catalog(), &options);
        let mut found: Vec<String> = differences.iter().map(|one| format!("{one:?}")).collect();
        let (left, right) = (self.by_pragmas(), other.by_pragmas());
        found.extend(left.iter().filter(|line| !right.contains(line)).map(|line| format!("- {line}")));
        found.extend(right.iter().filter(|line| !left.contains(line)).map(|line| format!("+ {line}")));
        found
    }

    /// What the pragmas say of tables, columns, keys and indexes; and what views and triggers there are.
    fn by_pragmas(&self) -> Vec<String> {
        let tables = format!(
            "sqlite_schema m WHERE m.type = 'table' AND m.name <> 'sqlite_sequence' AND m.name NOT IN ({SHADOWS})"
        );
        let join = |pragma: &str, columns: &str| {
            format!(
                "SELECT '{pragma}', lower(m.name), {columns} FROM {} ",
                tables.replacen(" m WHERE", &format!(" m JOIN pragma_{pragma}(m.name) p WHERE"), 1)
            )
        };
        let queries = [
            format!(
                "SELECT type, lower(name), lower(tbl_name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN ({SHADOWS})"
            ),
            "SELECT 'list', lower(name), type, iif(type = 'table', ncol, 0), wr, strict FROM pragma_table_list \
             WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
                .to_owned(),
            join(
                "table_xinfo",
                "lower(p.name), upper(replace(p.type, ' ', '')), p.\"notnull\", p.pk, p.hidden, p.dflt_value IS NULL",
            ),
            join(
                "foreign_key_list",
                "p.seq, lower(p.\"table\"), lower(p.\"from\"), lower(p.\"to\"), p.on_update, p.on_delete",
            ),
            format!(
                "SELECT 'index', lower(m.name), l.origin, l.\"unique\", l.partial, x.seqno, lower(x.name), x.desc, x.coll \
                 FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_xinfo(l.name) x \
                 WHERE m.type = 'table' AND x.key AND m.name NOT IN ({SHADOWS})"
            ),
        ];
        let mut lines: Vec<String> =
            queries.iter().flat_map(|query| self.query(query)).map(|row| row.join("|")).collect();
        lines.sort();
        lines
    }

    /// The cells of a query as literals.
    pub(super) fn query(&self, sql: &str) -> Vec<Vec<String>> {
        self.try_query(sql).unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    fn try_query(&self, sql: &str) -> rusqlite::Result<Vec<Vec<String>>> {
        let mut statement = self.0.prepare(sql)?;
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..width).map(|column| Ok(literal(&row.get::<_, Value>(column)?))).collect::<Result<Vec<_>, _>>()
        });
        rows?.collect()
    }

    /// How many rows refer to none; nothing where a key does not fit what it refers to.
    pub(super) fn violations(&self) -> Option<usize> {
        let mut statement = self.0.prepare("PRAGMA foreign_key_check").ok()?;
        let mut rows = statement.query([]).ok()?;
        let mut count = 0;
        while rows.next().ok()?.is_some() {
            count += 1;
        }
        Some(count)
    }

    /// The rows of all tables, virtual ones too as far as what they read is there.
    pub(super) fn rows(&self) -> Rows {
        let tables = self.query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
        let mut all = Rows::new();
        for table in tables.iter().filter_map(|row| row.first()) {
            let name = table.trim_matches('\'').replace("''", "'");
            let columns =
                self.query(&format!("SELECT name FROM pragma_table_xinfo({table}) WHERE hidden <> 1"));
            let columns: Vec<String> = columns
                .into_iter()
                .flatten()
                .map(|name| name[1..name.len() - 1].replace("''", "'"))
                .collect();
            let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            let list = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            let Ok(found) = self.try_query(&format!("SELECT {list} FROM {}", quoted(&name))) else {
                continue;
            };
            let mut rows: Vec<BTreeMap<String, String>> = found
                .into_iter()
                .map(|row| columns.iter().map(|name| name.to_ascii_lowercase()).zip(row).collect())
                .collect();
            rows.sort();
            all.insert(name.to_ascii_lowercase(), rows);
        }
        all
    }

    /// What the remarks of statements count, here.
    pub(super) fn counts(&self, statements: &[Statement]) -> Counted {
        let mut counted = Counted::default();
        for remark in statements.iter().flat_map(|statement| &statement.remarks) {
            let (is_loss, what, count) = match remark {
                Remark::Loses { what, count, .. } => (true, what, count),
                Remark::MayFail { what, count, .. } => (false, what, count),
                _ => continue,
            };
            let Some(sql) = count else {
                counted.is_uncertain = true;
                continue;
            };
            let count: i64 =
                self.0.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{error}: {sql}"));
            if is_loss {
                counted.lost += count;
            } else if what.contains("refer to no row") {
                counted.dangling += count;
            } else {
                counted.in_the_way += count;
            }
        }
        counted
    }
}

/// What remarks say of the rows of a database.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) lost: i64,
    pub(super) in_the_way: i64,
    /// Rows that refer to none.
    pub(super) dangling: i64,
    /// Whether something cannot be counted.
    pub(super) is_uncertain: bool,
}

pub(super) fn text(statements: &[Statement]) -> String {
    statements.iter().map(|statement| format!("{};\n", statement.sql)).collect()
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Blob(bytes) => format!("{bytes:?}"),
    }
}

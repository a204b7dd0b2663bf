//! Who stands in the way of a statement that waits for a lock, or has waited in vain.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Nullable, Text};

use super::Session;
use crate::sql::{Dialect, Lexer, TokenKind};

/// How many characters of a blocker's query are told.
const QUERY_LENGTH: usize = 80;

#[derive(QueryableByName)]
struct Blocker {
    /// Which process, of whom, what it holds, since when.
    #[diesel(sql_type = Text)]
    description: String,
    /// What it runs, or ran last; none where this user may not see it.
    #[diesel(sql_type = Nullable<Text>)]
    query: Option<String>,
}

/// The other sessions that hold locks on relations which the statement names, at most five. The wait itself is over,
/// and with it what the server knew of it, so that these are not certain to be the ones.
pub(super) fn of_statement(session: &mut Session, statement: &str) -> Vec<String> {
    let sql = "SELECT format('process %s (%s) of user %s holds %s on %s, in a transaction since %s', \
               a.pid, a.application_name, a.usename, string_agg(DISTINCT l.mode, ', ' ORDER BY l.mode), \
               string_agg(DISTINCT c.relname, ', ' ORDER BY c.relname), \
               coalesce(to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), 'an unknown time')) \
               AS description, a.query \
               FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid \
               WHERE l.granted AND l.locktype = 'relation' AND l.pid <> pg_backend_pid() \
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               AND c.relname = ANY ($1) \
               GROUP BY a.pid, a.application_name, a.usename, a.xact_start, a.query ORDER BY a.xact_start LIMIT 5";
    let found = sql_query(sql).bind::<Array<Text>, _>(names_in(statement)).load::<Blocker>(session);
    // They make the message better; where they cannot be had, it is told without them.
    found.unwrap_or_default().into_iter().map(described).collect()
}

/// What a process of the server waits for now, and for whom, for people; none where it waits for nobody.
///
/// # Errors
/// The database's.
pub(super) fn of_process(session: &mut Session, pid: i32) -> QueryResult<Option<String>> {
    let sql = "SELECT format('waiting for a lock%s: process %s (%s) of user %s, in a transaction since %s', \
               ' on ' || (SELECT min(l.relation::pg_catalog.regclass::text) FROM pg_catalog.pg_locks l \
                          WHERE l.pid = $1 AND NOT l.granted AND l.relation IS NOT NULL), \
               a.pid, a.application_name, a.usename, \
               coalesce(to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), 'an unknown time')) \
               AS description, a.query \
               FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY (pg_catalog.pg_blocking_pids($1)) \
               ORDER BY a.xact_start LIMIT 1";
    let found = sql_query(sql).bind::<Integer, _>(pid).get_result::<Blocker>(session).optional()?;
    Ok(found.map(described))
}

fn described(Blocker { description, query }: Blocker) -> String {
    match query.as_deref().map(shown).filter(|query| !query.is_empty()) {
        Some(query) => format!("{description}, with: {query}"),
        None => description,
    }
}

/// The beginning of another session's query, on one line and without the values in it, which may be secrets.
fn shown(query: &str) -> String {
    let tokens = Lexer::new(Dialect::Postgres, query).map_while(Result::ok);
    let text: String = tokens
        .map(|token| match token.kind {
            TokenKind::String | TokenKind::DollarString => "'…'",
            TokenKind::LineComment | TokenKind::BlockComment => " ",
            _ => query.get(token.range()).unwrap_or_default(),
        })
        .collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(QUERY_LENGTH) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Everything in a statement that may be the name of a relation, as the catalogue would have it.
fn names_in(statement: &str) -> Vec<String> {
    let tokens = Lexer::new(Dialect::Postgres, statement).map_while(Result::ok);
    let mut names: Vec<String> = tokens
        .filter_map(|token| {
            let text = statement.get(token.range())?;
            match token.kind {
                TokenKind::Word => Some(text.to_lowercase()),
                TokenKind::QuotedIdentifier => {
                    Some(text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""))
                }
                _ => None,
            }
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::{names_in, shown};

    #[test]
    fn names_are_folded_unless_quoted() {
        let names = names_in("ALTER TABLE S.\"My \"\"T\"\"\" ADD x int; -- other\n");
        assert_eq!(names, ["My \"T\"", "add", "alter", "int", "s", "table", "x"]);
    }

    #[test]
    fn a_query_is_shown_without_values() {
        assert_eq!(
            shown("ALTER ROLE app -- key: hunter2\n PASSWORD 'hunter2'; DO $$ hunter2 $$"),
            "ALTER ROLE app PASSWORD '…'; DO '…'"
        );
        assert_eq!(
            shown("ALTER ROLE app PASSWORD 'hunter2"),
            "ALTER ROLE app PASSWORD",
            "cut off by the server"
        );
        assert_eq!(shown(&"SELECT ".repeat(40)).chars().count(), 81);
    }
}

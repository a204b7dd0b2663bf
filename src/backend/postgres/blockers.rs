//! Who stands in the way of a statement that waited for a lock in vain.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Text};

use super::Session;
use crate::sql::{Dialect, Lexer, TokenKind};

/// How many are named.
const MOST: usize = 5;

#[derive(QueryableByName)]
struct Blocker {
    #[diesel(sql_type = Text)]
    description: String,
}

/// The other sessions that hold locks on relations which the statement names. The wait itself is over, and with it
/// what the server knew of it, so that these are not certain to be the ones.
pub(super) fn of_statement(session: &mut Session, statement: &str) -> Vec<String> {
    let sql = "SELECT format('process %s (%s) of user %s holds %s on %s, in a transaction since %s, last: %s', \
               a.pid, a.application_name, a.usename, string_agg(DISTINCT l.mode, ', ' ORDER BY l.mode), \
               string_agg(DISTINCT c.relname, ', ' ORDER BY c.relname), \
               coalesce(to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), 'an unknown time'), \
               coalesce(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60), '')) AS description \
               FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity a ON a.pid = l.pid \
               WHERE l.granted AND l.locktype = 'relation' AND l.pid <> pg_backend_pid() \
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               AND c.relname = ANY ($1) \
               GROUP BY a.pid, a.application_name, a.usename, a.xact_start, a.query ORDER BY a.xact_start LIMIT 5";
    let found = sql_query(sql).bind::<Array<Text>, _>(names_in(statement)).load::<Blocker>(session);
    found.unwrap_or_default().into_iter().take(MOST).map(|blocker| blocker.description).collect()
}

/// Everything in a statement that may be the name of a relation, as the catalogue would have it.
fn names_in(statement: &str) -> Vec<String> {
    let tokens = Lexer::new(Dialect::Postgres, statement).map_while(Result::ok);
    let mut names: Vec<String> = tokens
        .filter_map(|token| {
            let text = statement.get(token.range())?;
            match token.kind {
                TokenKind::Word => Some(text.to_lowercase()),
                TokenKind::QuotedIdentifier => Some(text.trim_matches('"').replace("\"\"", "\"")),
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
    use super::names_in;

    #[test]
    fn names_are_folded_unless_quoted() {
        let names = names_in("ALTER TABLE S.\"My \"\"T\"\"\" ADD x int; -- other\n");
        assert_eq!(names, ["My \"T\"", "add", "alter", "int", "s", "table", "x"]);
    }
}

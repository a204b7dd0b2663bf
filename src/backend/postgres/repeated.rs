//! Statements of revgraph's own that a run sends again and again with other values. Prepared on the server they
//! cost a third: the server neither analyses nor plans them anew for each revision.

use std::collections::HashMap;

use super::super::{DatabaseError, FailureCause, StepFailure};
use crate::ledger::Sql;
use crate::sql::Dialect;

/// `invalid_sql_statement_name` and `duplicate_prepared_statement`: a script has taken prepared statements away,
/// or a pooler has changed the session.
const NOT_AS_PREPARED: [&str; 2] = ["26000", "42P05"];

/// What the names of revgraph's prepared statements begin with. A pooler may hand on a session in which another process
/// has prepared its own.
pub(super) fn prefix() -> String {
    format!("revgraph_{}_", std::process::id())
}

/// The statements that have been sent, by their text with placeholders.
#[derive(Default)]
pub(super) struct RepeatedStatements {
    /// The name under which each is prepared; none while it has been sent only once, as a literal.
    names: HashMap<String, Option<String>>,
    /// How many names have been given: none is given twice.
    named: usize,
    given_up: bool,
}

impl RepeatedStatements {
    /// What to send for `sql`: a literal at first, then it is prepared, and from then on only its values go out.
    pub(super) fn text_of(&mut self, sql: &Sql) -> Vec<String> {
        let (text, values) = sql.bound(Dialect::Postgres);
        if self.given_up || values.is_empty() {
            return vec![sql.literal(Dialect::Postgres)];
        }
        let values = Sql::default().values(values).literal(Dialect::Postgres);
        let execute = |name: &str| format!("EXECUTE {name} ({values})");
        match self.names.get_mut(&text) {
            None => {
                self.names.insert(text, None);
                vec![sql.literal(Dialect::Postgres)]
            }
            Some(Some(name)) => vec![execute(name)],
            Some(unnamed) => {
                self.named += 1;
                let name = format!("{}{}", prefix(), self.named);
                let prepare = format!("PREPARE {name} AS {text}");
                let statements = vec![prepare, execute(&name)];
                *unnamed = Some(name);
                statements
            }
        }
    }

    /// Begins anew: what has been prepared may be gone.
    pub(super) fn forget(&mut self) {
        self.names.clear();
    }

    /// Sends nothing but literals from now on.
    pub(super) fn give_up(&mut self) {
        self.forget();
        self.given_up = true;
    }

    /// Whether a step failed only because what had been prepared was not there; literals would not.
    pub(super) fn are_gone(&self, failure: &StepFailure) -> bool {
        let gone = |error: &DatabaseError| {
            error.sqlstate.as_deref().is_some_and(|sqlstate| NOT_AS_PREPARED.contains(&sqlstate))
        };
        !self.given_up && matches!(&failure.cause, FailureCause::Bookkeeping { error, .. } if gone(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(value: &str) -> Sql {
        Sql::new("INSERT INTO ").identifier("t").raw(" VALUES (").value(value).raw(")")
    }

    #[test]
    fn the_second_time_prepares_and_the_third_only_executes() {
        let mut repeated = RepeatedStatements::default();
        assert_eq!(repeated.text_of(&insert("it's")), ["INSERT INTO \"t\" VALUES ('it''s')"]);
        let name = format!("revgraph_{}_1", std::process::id());
        let prepare = format!("PREPARE {name} AS INSERT INTO \"t\" VALUES ($1)");
        assert_eq!(repeated.text_of(&insert("b")), [prepare, format!("EXECUTE {name} ('b')")]);
        assert_eq!(repeated.text_of(&insert("c")), [format!("EXECUTE {name} ('c')")]);
        assert_eq!(repeated.text_of(&Sql::new("SELECT 1")), ["SELECT 1"]);
    }

    #[test]
    fn a_forgotten_statement_gets_a_new_name() {
        let mut repeated = RepeatedStatements::default();
        for _ in 0..2 {
            repeated.text_of(&insert("a"));
        }
        repeated.forget();
        assert_eq!(repeated.text_of(&insert("b")), ["INSERT INTO \"t\" VALUES ('b')"]);
        assert!(repeated.text_of(&insert("c"))[1].contains("_2 "));
        repeated.give_up();
        for _ in 0..3 {
            assert_eq!(repeated.text_of(&insert("d")), ["INSERT INTO \"t\" VALUES ('d')"]);
        }
    }
}

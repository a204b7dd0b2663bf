//! The PostgreSQL session against a real server, and against a false one where no real server can be
//! made to say what is needed.

mod batches;
mod cancelling;
mod connecting;
mod copying;
mod diesel_queries;
mod false_server;
mod lost_connections;
mod notices;

use revgraph::backend::postgres::{CommandOutcome, Session};

use crate::support::cluster::cluster;

/// libpq keywords and values.
type Parameters = Vec<(String, String)>;

fn parameters() -> Parameters {
    cluster().parameters("postgres")
}

/// Those of the test server, with some changed or added.
fn parameters_with(changes: &[(&str, &str)]) -> Parameters {
    let mut parameters = parameters();
    parameters.retain(|(keyword, _)| !changes.iter().any(|(changed, _)| changed == keyword));
    parameters.extend(changes.iter().map(|(keyword, value)| (keyword.to_string(), value.to_string())));
    parameters
}

fn connect() -> Session {
    Session::connect(&parameters()).expect("the test server accepts connections")
}

/// The outcomes of `sql` with all rows.
fn query(session: &mut Session, sql: &str) -> Vec<CommandOutcome> {
    let mut outcomes = Vec::new();
    session
        .run_batch_with(sql, usize::MAX, &mut |outcome| outcomes.push(outcome))
        .expect("the batch succeeds");
    outcomes
}

/// The only value of the only row of `sql`.
fn scalar(session: &mut Session, sql: &str) -> String {
    let outcomes = query(session, sql);
    let [CommandOutcome { rows, .. }] = outcomes.as_slice() else { panic!("one statement: {sql}") };
    let [row] = rows.as_slice() else { panic!("one row: {sql}") };
    let [Some(value)] = row.as_slice() else { panic!("one value: {sql}") };
    value.clone()
}

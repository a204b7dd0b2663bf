//! The PostgreSQL session against a real server, and against a false one where no real server can be
//! made to say what is needed.

#![cfg(feature = "postgres")]

#[path = "postgres_session/batches.rs"]
mod batches;
#[path = "postgres_session/cancelling.rs"]
mod cancelling;
#[path = "postgres_session/connecting.rs"]
mod connecting;
#[path = "postgres_session/copying.rs"]
mod copying;
#[path = "postgres_session/diesel_queries.rs"]
mod diesel_queries;
#[path = "postgres_session/false_server.rs"]
mod false_server;
#[path = "postgres_session/lost_connections.rs"]
mod lost_connections;
#[path = "postgres_session/notices.rs"]
mod notices;

use revgraph::backend::postgres::{CommandOutcome, Session};

/// libpq keywords and values.
type Parameters = Vec<(String, String)>;

fn parameters() -> Parameters {
    let conninfo = std::env::var("REVGRAPH_TEST_POSTGRES")
        .expect("REVGRAPH_TEST_POSTGRES is not set: run the tests with scripts/test, which starts a server");
    Session::parse_conninfo(&conninfo).expect("REVGRAPH_TEST_POSTGRES is a libpq connection string")
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

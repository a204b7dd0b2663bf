//! A program that keeps its data in PostgreSQL, through Diesel, and brings its database up when it starts:
//!
//! ```console
//! $ cargo run --example diesel -- postgres://postgres@localhost/shop anna
//! upgraded to 3f1c9a0b7d52 in 4.1ms
//! upgraded to 8e24d6b1c0fa in 3.6ms
//! upgraded to b07a53e9f416 in 9.9ms
//! welcome, anna: this is visit 1
//! ```
//!
//! Any number of copies may start at once.

use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use diesel::prelude::*;
use revgraph::{Migrator, Step, Watch};

diesel::table! {
    account (id) {
        id -> Integer,
        name -> Text,
    }
}

diesel::table! {
    visit (id) {
        id -> Integer,
        account_id -> Integer,
    }
}

/// Where the scripts are. A program that is installed elsewhere has them compiled in: see the example `rusqlite`.
const VERSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/diesel/versions");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [url, name] => run(url, name, &mut io::stdout()),
        _ => Err("usage: diesel URL NAME".into()),
    }
}

/// Notes a visit.
pub fn run(url: &str, name: &str, out: &mut (impl Write + Send)) -> Result<(), Box<dyn Error>> {
    Migrator::from_directory(VERSIONS)?
        .actor("diesel example")
        .migration_lock_timeout(Duration::from_secs(300))
        .connect(url)?
        .watched_by(Log(out))
        .upgrade("head")?;

    let mut connection = PgConnection::establish(url)?;
    let number = connection.transaction(|connection| visit_of(connection, name))?;
    writeln!(out, "welcome, {name}: this is visit {number}")?;
    Ok(())
}

/// How many visits there have been, with this one.
fn visit_of(connection: &mut PgConnection, name: &str) -> QueryResult<i64> {
    diesel::insert_into(account::table)
        .values(account::name.eq(name))
        .on_conflict_do_nothing()
        .execute(connection)?;
    let visitor: i32 = account::table.filter(account::name.eq(name)).select(account::id).first(connection)?;
    diesel::insert_into(visit::table).values(visit::account_id.eq(visitor)).execute(connection)?;
    visit::table.filter(visit::account_id.eq(visitor)).count().get_result(connection)
}

/// Tells of the revisions. A real program would use its logging here.
struct Log<'w, W>(&'w mut W);

impl<W: Write> Watch for Log<'_, W> {
    fn started(&mut self, _step: &Step) {}

    fn finished(&mut self, step: &Step, took: Duration) {
        let _ = writeln!(self.0, "{}d to {} in {took:.1?}", step.operation.name(), step.revision);
    }

    fn notice(&mut self, severity: &str, message: &str) {
        let _ = writeln!(self.0, "{severity}: {message}");
    }
}

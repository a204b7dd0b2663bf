//! How many queries describing a schema takes.

use std::cell::Cell;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use revgraph::backend::Backend;

use super::Scratch;
use crate::support::cluster::Cluster;

thread_local! {
    static QUERIES: Cell<usize> = const { Cell::new(0) };
}

struct Counter;

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            QUERIES.set(QUERIES.get() + 1);
        }
    }
}

fn counted<T>(work: impl FnOnce() -> T) -> usize {
    let before = QUERIES.get();
    work();
    QUERIES.get() - before
}

/// Tables of every kind of part, and what else there can be several of.
fn tables(count: usize) -> String {
    let table = |number: usize| {
        format!(
            "CREATE TABLE t{number} (id serial PRIMARY KEY, x integer CHECK (x > 0) REFERENCES t{number}, y text UNIQUE); \
             CREATE INDEX ON t{number} (y, lower(y)); CREATE VIEW v{number} AS SELECT * FROM t{number}; \
             CREATE TYPE e{number} AS ENUM ('a'); CREATE DOMAIN d{number} AS text; COMMENT ON TABLE t{number} IS 'x'; \
             CREATE FUNCTION f{number}() RETURNS int LANGUAGE sql AS 'SELECT 1'; \
             CREATE RULE r AS ON DELETE TO t{number} DO NOTHING; CREATE POLICY p ON t{number}; \
             CREATE STATISTICS s{number} ON x, y FROM t{number};"
        )
    };
    (0..count).map(table).collect()
}

#[test]
fn does_not_depend_on_the_number_of_tables() {
    set_default_instrumentation(|| Some(Box::new(Counter))).expect("nobody holds it");
    // Roles of other tests would make everything be described again.
    let server = Cluster::own();
    let [few, many] = [10, 200].map(|count| {
        let scratch = Scratch::on(server);
        scratch.database.execute(&tables(count));
        scratch
    });
    let describe =
        |backend: &mut Box<dyn Backend>| counted(|| backend.catalog().expect("it can be described"));
    let (mut few_backend, mut many_backend) = (few.backend(), many.backend());
    let queries = describe(&mut few_backend);
    assert!((10..60).contains(&queries), "{queries}");
    assert_eq!(describe(&mut many_backend), queries);

    let follow =
        |backend: &mut Box<dyn Backend>| counted(|| backend.catalog_changes().expect("it can be described"));
    assert_eq!(follow(&mut few_backend), follow(&mut many_backend));
    let rename = "ALTER TABLE t1 RENAME TO t_renamed; DROP TABLE t2 CASCADE; CREATE TABLE more (x integer);";
    let followed = [(&few, &mut few_backend), (&many, &mut many_backend)].map(|(scratch, backend)| {
        scratch.database.execute(rename);
        follow(backend)
    });
    assert_eq!(followed[0], followed[1]);
    assert!(followed[0] < 2 * queries, "{followed:?}");
}

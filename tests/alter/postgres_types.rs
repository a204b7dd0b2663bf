//! Types, sequences, partitions and the lock-friendly form on PostgreSQL, over tables with rows.

use revgraph::alter::{Alteration, Hints, Part, Remark, ServerVersion, alter};
use revgraph::backend::{self, Access, Backend, Control};
use revgraph::catalog::{Catalog, CompareOptions, Difference, compare};
use revgraph::config::{Config, Sources};

use crate::support::{Database, Kind};

const SCHEMA: &str = include_str!("types_postgres.sql");
const EDITS: &str = include_str!("edits_types_postgres.sql");

/// How often what still differs is asked for, as autogenerate does.
const ROUNDS: usize = 4;

/// A database with a schema.
pub(super) struct Place {
    pub(super) database: Database,
    folder: tempfile::TempDir,
}

impl Place {
    pub(super) fn with(sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Self { database: Database::new(Kind::Postgres, folder.path()), folder };
        place.database.execute(sql);
        place
    }

    pub(super) fn copy(&self) -> Self {
        Self { database: self.database.copy(), folder: tempfile::tempdir().expect("a folder") }
    }

    fn edited(&self, edit: &str) -> Self {
        let copy = self.copy();
        copy.database.execute(edit);
        copy
    }

    pub(super) fn backend(&self) -> Box<dyn Backend> {
        let config = Config::load(&Sources {
            current_directory: self.folder.path().to_owned(),
            url: Some(self.database.url()),
            ..Sources::default()
        });
        let config = config.expect("the configuration is good");
        let url = config.database_url().expect("there is a URL");
        backend::connect(&config, url, Access::Read, &Control::default()).expect("it can be connected to")
    }

    pub(super) fn catalog(&self) -> Catalog {
        self.backend().catalog().expect("it can be described")
    }

    pub(super) fn hints(&self) -> Hints {
        Hints { server: ServerVersion(self.backend().version_number()), ..Hints::default() }
    }

    /// Runs a part as its script would be run.
    fn run(&self, part: &Part) -> Result<(), String> {
        let text: String = part.statements.iter().map(|statement| format!("{};\n", statement.sql)).collect();
        let (begin, end) = if part.no_transaction { ("", "") } else { ("BEGIN;\n", "COMMIT;\n") };
        let output = self.database.pipe(&format!("\\set ON_ERROR_STOP on\n{begin}{text}{end}"));
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("{text}\n{}", String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// Makes the database like `target`; all statements.
    pub(super) fn lead(&self, target: &Catalog, hints: &Hints) -> Result<Vec<Part>, String> {
        let mut parts: Vec<Part> = Vec::new();
        for _ in 0..ROUNDS {
            let now = self.catalog();
            let found = alter(&now, target, hints).map_err(|refusals| format!("refused: {refusals:#?}"))?;
            if found.is_empty() {
                let differences = differences(&now, target);
                return match differences.is_empty() {
                    true => Ok(parts),
                    false => Err(format!("{}\nstill different: {differences:#?}", texts(&parts).join(";\n"))),
                };
            }
            for part in found.parts {
                self.run(&part)?;
                parts.push(part);
            }
        }
        Err(format!("never settles: {}", texts(&parts).join(";\n")))
    }

    pub(super) fn value(&self, query: &str) -> String {
        self.database.scalar(query)
    }
}

fn differences(left: &Catalog, right: &Catalog) -> Vec<Difference> {
    compare(
        left,
        right,
        &CompareOptions {
            ignore_column_order: true,
            with_privileges: true,
            of_database: true,
            ..CompareOptions::default()
        },
    )
}

pub(super) fn texts(parts: &[Part]) -> Vec<String> {
    parts.iter().flat_map(|part| &part.statements).map(|statement| statement.sql.clone()).collect()
}

fn remarks(parts: &[Part]) -> Vec<&Remark> {
    parts.iter().flat_map(|part| &part.statements).flat_map(|statement| &statement.remarks).collect()
}

/// Leads a database of the base schema to the edited one and back; the parts of both ways.
fn there_and_back(base: &Place, edit: &str) -> Result<(Vec<Part>, Vec<Part>), String> {
    let (work, edited) = (base.copy(), base.edited(edit));
    let up = work.lead(&edited.catalog(), &base.hints()).map_err(|error| format!("up: {error}"))?;
    let back = Hints { one_part: true, ..base.hints() };
    let down = work.lead(&base.catalog(), &back).map_err(|error| format!("down: {error}"))?;
    Ok((up, down))
}

/// The same, where it must work.
fn tried(edit: &str) -> (Vec<String>, Vec<String>) {
    let (up, down) = there_and_back(&Place::with(SCHEMA), edit).expect("both ways lead there");
    (texts(&up), texts(&down))
}

fn try_edits(share: usize) {
    let base = Place::with(SCHEMA);
    let edits = EDITS.split("\n\n").filter_map(|edit| edit.trim().split_once('\n'));
    let wanted = std::env::var("REVGRAPH_EDIT").unwrap_or_default();
    let mut failures = Vec::new();
    for (title, edit) in edits.filter(|(title, _)| title.contains(&wanted)).skip(share).step_by(2) {
        if let Err(error) = there_and_back(&base, edit) {
            failures.push(format!("=== {title}\n{error}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn half_of_the_edits_of_types_leads_there_and_back() {
    try_edits(0);
}

#[test]
fn the_other_half_of_the_edits_of_types_leads_there_and_back() {
    try_edits(1);
}

/// Labels that go or move take a new type over everything that uses it; the rows stay.
#[test]
fn a_label_that_goes_takes_a_new_type_over_all_users() {
    let base = Place::with(SCHEMA);
    let wanted = Place::with(&SCHEMA.replace("('sad', 'ok', 'happy')", "('happy', 'ok', 'sad', 'new')"));
    let work = base.copy();
    let rows = "SELECT string_agg(p::text, ';' ORDER BY id) FROM person p";
    let before = work.value(rows);
    let parts = work.lead(&wanted.catalog(), &base.hints()).expect("it leads there");
    let statements = texts(&parts);
    assert_eq!(parts.len(), 1, "{statements:#?}");
    assert!(statements.iter().all(|sql| !sql.contains("CASCADE")), "{statements:#?}");
    assert_eq!(work.value(rows), before);
    work.lead(&base.catalog(), &base.hints()).expect("and back");
    assert_eq!(work.value(rows), before);
}

/// Rows that hold a label that goes are counted before anything runs.
#[test]
fn rows_with_a_label_that_goes_are_counted() {
    let base = Place::with(SCHEMA);
    base.database.execute("UPDATE person SET moods = '{sad,ok}' WHERE id < 3");
    let wanted = Place::with(
        &SCHEMA
            .replace("('sad', 'ok', 'happy')", "('ok', 'happy')")
            .replace(",sad)", ",ok)")
            .replace(" CHECK (mood <> 'sad')", ""),
    );
    let found = alter(&base.catalog(), &wanted.catalog(), &base.hints()).expect("it can be altered");
    let counts: Vec<String> = remarks(&found.parts)
        .into_iter()
        .filter_map(|remark| match remark {
            Remark::MayFail { what, count: Some(count), .. } => {
                Some(format!("{what}: {}", base.value(count)))
            }
            _ => None,
        })
        .collect();
    assert!(counts.contains(&"public.person.mood: rows with 'sad': 0".to_owned()), "{counts:#?}");
    assert!(counts.contains(&"public.person.moods: rows with 'sad': 2".to_owned()), "{counts:#?}");
}

/// A label that something uses at once takes a new type; in the lock-friendly form it comes in a part before.
#[test]
fn a_label_that_is_used_at_once_takes_a_new_type_or_a_part_of_its_own() {
    let base = Place::with(SCHEMA);
    let edited = base.edited("ALTER TYPE mood ADD VALUE 'new'");
    edited.database.execute(
        "ALTER TABLE person ALTER COLUMN mood SET DEFAULT 'new'; \
         CREATE VIEW newer AS SELECT id FROM person WHERE mood = 'new'",
    );
    let work = base.copy();
    let hints = Hints { online: true, ..base.hints() };
    let parts = work.lead(&edited.catalog(), &hints).expect("it leads there");
    assert!(parts[0].no_transaction);
    assert_eq!(texts(&parts[..1]), ["ALTER TYPE public.mood ADD VALUE 'new'"]);

    for hints in [base.hints(), Hints { one_part: true, ..base.hints() }] {
        let work = base.copy();
        let parts = work.lead(&edited.catalog(), &hints).expect("it leads there too");
        assert_eq!(parts.len(), 1);
        assert!(!texts(&parts).iter().any(|sql| sql.contains("ADD VALUE")), "{:#?}", texts(&parts));
    }
}

/// Sequences go on where the one stood whose place they take.
#[test]
fn positions_are_carried_from_one_kind_to_another() {
    for (edit, column) in [
        (
            "ALTER TABLE person ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE person_id_seq; \
          ALTER TABLE person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY",
            "id",
        ),
        (
            "ALTER TABLE person ALTER COLUMN always DROP IDENTITY; \
          CREATE SEQUENCE person_always_seq OWNED BY person.always; \
          ALTER TABLE person ALTER COLUMN always SET DEFAULT nextval('person_always_seq')",
            "always",
        ),
    ] {
        let base = Place::with(SCHEMA);
        let next = format!("SELECT nextval(pg_get_serial_sequence('person', '{column}'))");
        base.database.execute(&format!("{next}; {next}"));
        let expected: i64 = base.copy().value(&next).parse().expect("a number");
        let work = base.copy();
        work.lead(&base.edited(edit).catalog(), &base.hints()).expect("it leads there");
        assert_eq!(work.copy().value(&next), expected.to_string(), "{edit}");
        work.lead(&base.catalog(), &base.hints()).expect("and back");
        assert_eq!(work.value(&next), expected.to_string(), "back from {edit}");
    }
}

/// A column that has had no sequence gets one behind its values.
#[test]
fn a_new_sequence_begins_behind_the_values() {
    let base = Place::with(SCHEMA);
    let edit = "ALTER TABLE person ALTER COLUMN plain ADD GENERATED BY DEFAULT AS IDENTITY";
    let work = base.copy();
    work.lead(&base.edited(edit).catalog(), &base.hints()).expect("it leads there");
    assert_eq!(work.value("SELECT nextval(pg_get_serial_sequence('person', 'plain'))"), "6");
}

/// Only what has to be said is said.
#[test]
fn a_label_at_the_end_is_one_statement() {
    let (up, _) = tried("ALTER TYPE mood ADD VALUE 'great'");
    assert_eq!(up, ["ALTER TYPE public.mood ADD VALUE 'great'"]);
}

/// A partition is never dropped.
#[test]
fn partitions_are_attached_and_detached() {
    let (up, down) = tried(
        "ALTER TABLE day DETACH PARTITION day_1; \
         ALTER TABLE day ATTACH PARTITION day_2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
    );
    for statements in [up, down] {
        assert!(!statements.iter().any(|sql| sql.contains("DROP TABLE")), "{statements:#?}");
    }
}

/// How a table is partitioned cannot be altered; the refusal names it.
#[test]
fn a_table_that_becomes_partitioned_is_refused_by_name() {
    let base = Place::with(SCHEMA);
    let edited = base
        .edited("DROP TABLE day_2; CREATE TABLE day_2 (at date NOT NULL, n integer) PARTITION BY RANGE (at)");
    let refusals = alter(&base.catalog(), &edited.catalog(), &base.hints()).expect_err("it is refused");
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
    assert_eq!(refusals[0].object.to_string(), "table public.day_2");
}

fn online(base: &Place, edit: &str) -> (Place, Alteration) {
    let hints = Hints { online: true, ..base.hints() };
    let found = alter(&base.catalog(), &base.edited(edit).catalog(), &hints).expect("it can be altered");
    (base.copy(), found)
}

const ONLINE: &str = "ALTER TABLE parent ALTER COLUMN b SET NOT NULL; \
    CREATE INDEX person_plain ON person (plain); \
    ALTER TABLE person ADD CONSTRAINT plain_key UNIQUE (plain); \
    ALTER TABLE other_child ADD CONSTRAINT of_person FOREIGN KEY (a) REFERENCES person (plain); \
    ALTER TABLE other_child ADD CONSTRAINT short CHECK (length(b) < 9); \
    ALTER TABLE other_child ADD PRIMARY KEY (a)";

/// The lock-friendly form leads to the same schema, and says of each statement what it locks.
#[test]
fn the_lock_friendly_form_leads_there_in_parts() {
    let base = Place::with(SCHEMA);
    let edited = base.edited(ONLINE);
    let (work, found) = online(&base, ONLINE);
    for part in &found.parts {
        assert!(part.title.is_some());
        for statement in &part.statements {
            assert!(statement.remarks.iter().any(|one| matches!(one, Remark::Locks(_))), "{statement:#?}");
        }
        work.run(part).expect("each part runs");
    }
    assert_eq!(differences(&work.catalog(), &edited.catalog()), []);
    let statements = texts(&found.parts);
    for (words, count) in
        [(" CONCURRENTLY ", 3), (" NOT VALID", 4), (" VALIDATE CONSTRAINT ", 4), (" USING INDEX ", 2)]
    {
        assert_eq!(
            statements.iter().filter(|sql| sql.contains(words)).count(),
            count,
            "{words} in {statements:#?}"
        );
    }
}

/// The locks that are said are those that the server says, for each statement of the lock-friendly form that a
/// transaction can hold.
#[test]
fn the_locks_that_are_said_are_those_that_are_held() {
    let base = Place::with(SCHEMA);
    let (work, found) = online(&base, ONLINE);
    for part in &found.parts {
        for statement in &part.statements {
            let told: Vec<&String> = statement
                .remarks
                .iter()
                .filter_map(|remark| match remark {
                    Remark::Locks(text) => Some(text),
                    _ => None,
                })
                .collect();
            if !part.no_transaction {
                let held = work.database.pipe(&format!("BEGIN;\n{};\n{HELD};\nROLLBACK;\n", statement.sql));
                let held = String::from_utf8_lossy(&held.stdout).into_owned();
                for lock in told.first().expect("it is said").split(", ") {
                    assert!(held.contains(lock), "{}: said {lock}, held {held}", statement.sql);
                }
                let strongest = "ACCESS EXCLUSIVE";
                let is_said = told.iter().any(|text| text.contains(strongest));
                let is_held = held.contains(strongest);
                assert_eq!(is_said, is_held, "{}: said {told:?}, held {held}", statement.sql);
            }
        }
        work.run(part).expect("each part runs");
    }
}

/// The locks on tables of the schema that a transaction holds, as SQL has them.
const HELD: &str = "SELECT string_agg(CASE mode WHEN 'ShareUpdateExclusiveLock' THEN 'SHARE UPDATE EXCLUSIVE' \
    WHEN 'ShareRowExclusiveLock' THEN 'SHARE ROW EXCLUSIVE' WHEN 'AccessExclusiveLock' THEN 'ACCESS EXCLUSIVE' \
    WHEN 'RowShareLock' THEN 'ROW SHARE' WHEN 'RowExclusiveLock' THEN 'ROW EXCLUSIVE' \
    WHEN 'ShareLock' THEN 'SHARE' ELSE mode END || ' on ' || n.nspname || '.' || c.relname, '; ') \
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE l.pid = pg_backend_pid() AND n.nspname = 'public' AND c.relkind IN ('r', 'p')";

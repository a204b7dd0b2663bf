//! From a plan to steps that are ready to run: every script read, cut and checked before any runs.

use std::ops::Range;

use super::enum_values::{EnumChanges, changes_enums, refused_uses};
use super::{ExecuteError, Options, Refusal, RefusalReason};
use crate::backend::PreparedStep;
use crate::excerpt::Excerpt;
use crate::graph::NodeIndex;
use crate::ledger::{Change, Entry, EventDuration, Origin, RowsBefore, Tables};
use crate::parallel::map_chunks;
use crate::plan::{Operation, Plan, Step};
use crate::script::{Bodies, Checksum, Irreversible, ScriptDirectory, ScriptProblem, Side, SourceText};
use crate::sql::{Dialect, EncodingChange, LexError, Pieces, Statement, is_blank, split};

/// Reads and checks everything that a plan is going to run on a database with these bookkeeping tables.
/// `exempts_new_enums` is what [`crate::backend::Backend::can_use_new_values_of_new_enums`] says.
///
/// # Errors
/// [`ExecuteError::Scripts`], [`ExecuteError::Irreversible`] and [`ExecuteError::Refused`]; all unreadable scripts
/// and all refused statements are told at once.
pub fn prepare(
    scripts: &ScriptDirectory,
    plan: &Plan,
    dialect: Dialect,
    tables: &Tables,
    exempts_new_enums: bool,
    options: &Options,
) -> Result<Vec<PreparedStep>, ExecuteError> {
    let mut changing_enums = Vec::with_capacity(plan.steps.len());
    let mut prepared = Vec::with_capacity(plan.steps.len());
    let mut problems = Vec::new();
    let mut refusals = Vec::new();
    let prepare_some = |steps: &[Step]| -> Vec<_> {
        steps.iter().map(|step| prepare_one(scripts, step, dialect, tables, options)).collect()
    };
    let mut rows = plan.before.clone();
    for result in map_chunks(&plan.steps, prepare_some).into_iter().flatten() {
        match result {
            Ok((mut step, inspection)) => {
                step.rows_before = RowsBefore::of(&rows);
                step.step.rows.apply_to(&mut rows);
                let refused = inspection.refused.into_iter();
                refusals.extend(refused.map(|objection| refusal(&step.step, &step.script, objection)));
                changing_enums.push(inspection.changes_enums);
                prepared.push(step);
            }
            Err(ExecuteError::Scripts(mut unreadable)) => problems.append(&mut unreadable),
            Err(ExecuteError::Refused(mut refused)) => refusals.append(&mut refused),
            Err(other) => return Err(other),
        }
    }
    if !problems.is_empty() {
        return Err(ExecuteError::Scripts(problems));
    }
    refusals.extend(refused_uses(&prepared, &changing_enums, options.transaction, exempts_new_enums));
    if !refusals.is_empty() {
        return Err(ExecuteError::Refused(refusals));
    }
    Ok(prepared)
}

/// A step with what its script holds.
fn prepare_one(
    scripts: &ScriptDirectory,
    step: &Step,
    dialect: Dialect,
    tables: &Tables,
    options: &Options,
) -> Result<(PreparedStep, Inspection), ExecuteError> {
    let unknown = || ExecuteError::UnknownStep { revision: step.revision.clone() };
    let node = scripts.graph().find(step.revision.as_str()).ok_or_else(unknown)?;
    let prepared = match scripts.script(node).bodies(dialect) {
        Ok(bodies) => prepare_step(scripts, node, step, bodies, dialect, options),
        Err(problem) => Err(ExecuteError::Scripts(vec![problem])),
    };
    let prepared = prepared?;
    if let Some(reason) = &prepared.script.body.not_imported {
        return Err(ExecuteError::NotImported {
            revision: step.revision.clone(),
            path: prepared.script.path.clone(),
            reason: reason.clone(),
        });
    }
    Ok(prepared).map(|step| {
        let inspection = inspect(&step, tables);
        (step, inspection)
    })
}

fn prepare_step(
    scripts: &ScriptDirectory,
    node: NodeIndex,
    step: &Step,
    bodies: Bodies,
    dialect: Dialect,
    options: &Options,
) -> Result<PreparedStep, ExecuteError> {
    let mut change = Change {
        revision: step.revision.clone(),
        operation: step.operation,
        record: Vec::new(),
        forget: Vec::new(),
        duration: EventDuration::OfTransaction,
        actor: options.actor.clone(),
        detail: None,
    };
    let script = match step.operation {
        Operation::Fold => {
            change.forget.clone_from(&scripts.graph().revision(node).replaces);
            change.record.push(entry(scripts, node, &bodies, Origin::Squash));
            nothing(scripts, node, dialect)?
        }
        Operation::Unfold => {
            change.forget.push(step.revision.clone());
            change.record = originals(scripts, node, dialect)?;
            nothing(scripts, node, dialect)?
        }
        Operation::Downgrade => {
            change.forget.push(step.revision.clone());
            down_script(step, bodies, dialect)?
        }
        Operation::Seed | Operation::Reset | Operation::Push => nothing(scripts, node, dialect)?,
        Operation::Upgrade | Operation::Stamp => {
            change.record.push(entry(scripts, node, &bodies, Origin::Upgrade));
            bodies.up
        }
    };
    let pieces = Pieces::of(dialect, &script.body.sql)
        .map_err(|error| ExecuteError::Refused(vec![refusal(step, &script, unreadable(&error))]))?;
    Ok(PreparedStep::new(step.clone(), script, pieces, change, RowsBefore::default()))
}

/// The script of a step that only changes what is recorded.
fn nothing(scripts: &ScriptDirectory, node: NodeIndex, dialect: Dialect) -> Result<SourceText, ExecuteError> {
    SourceText::new(scripts.script(node).up.clone(), "".into(), Side::Up, dialect)
        .map_err(|problem| ExecuteError::Scripts(vec![problem]))
}

/// The entries of a baseline's originals, which take its place.
fn originals(
    scripts: &ScriptDirectory,
    baseline: NodeIndex,
    dialect: Dialect,
) -> Result<Vec<Entry>, ExecuteError> {
    let originals = scripts.graph().originals(baseline).into_iter();
    let entries: Result<Vec<Entry>, ScriptProblem> =
        originals.map(|node| entry_of(scripts, node, dialect, Origin::Squash)).collect();
    entries.map_err(|problem| ExecuteError::Scripts(vec![problem]))
}

fn down_script(step: &Step, bodies: Bodies, dialect: Dialect) -> Result<SourceText, ExecuteError> {
    let irreversible = |reason| ExecuteError::Irreversible { revision: step.revision.clone(), reason };
    if let Some(reason) = bodies.irreversible(dialect) {
        return Err(irreversible(reason));
    }
    bodies.down.ok_or_else(|| irreversible(Irreversible::NoDownScript))
}

fn entry(scripts: &ScriptDirectory, node: NodeIndex, bodies: &Bodies, origin: Origin) -> Entry {
    let revision = scripts.graph().revision(node);
    Entry {
        revision: revision.id.clone(),
        parents: revision.down_revisions.clone(),
        depends_on: dependencies(scripts, node),
        checksum: Checksum::of_script(&bodies.up.text),
        message: scripts.script(node).message.clone(),
        up_script: bodies.up.text.clone(),
        down_script: bodies.down.as_ref().map(|down| down.text.clone()),
        origin,
    }
}

/// What a revision depends on, by id: a label may be gone, or another's, by the time the ledger is asked.
fn dependencies(scripts: &ScriptDirectory, node: NodeIndex) -> Vec<String> {
    let graph = scripts.graph();
    let id = |name: &String| match graph.find(name).or_else(|| graph.find_label(name)) {
        Some(node) => graph.id(node).to_string(),
        None => name.clone(),
    };
    graph.revision(node).depends_on.iter().map(id).collect()
}

/// The ledger's entry of a revision that was not run by revgraph.
///
/// # Errors
/// [`ScriptProblem`] where its scripts cannot be read.
pub fn entry_of(
    scripts: &ScriptDirectory,
    node: NodeIndex,
    dialect: Dialect,
    origin: Origin,
) -> Result<Entry, ScriptProblem> {
    Ok(entry(scripts, node, &scripts.script(node).bodies(dialect)?, origin))
}

/// Why something cannot run, with its bytes of the script's text.
type Objection = (RefusalReason, Range<usize>);

fn refusal(step: &Step, script: &SourceText, (reason, span): Objection) -> Refusal {
    let excerpt = Excerpt::new(&script.path, &script.text, span);
    Refusal { revision: step.revision.clone(), reason, excerpt }
}

/// What is told of a script before it runs.
#[derive(Default)]
struct Inspection {
    refused: Vec<Objection>,
    /// Whether enums are made or given values in a transaction.
    changes_enums: bool,
}

fn inspect(step: &PreparedStep, tables: &Tables) -> Inspection {
    let statements = step.pieces();
    let mut refused = changes_of_bookkeeping(&statements, tables);
    if step.script.body.no_transaction {
        return Inspection { refused, changes_enums: false };
    }
    refused.extend(objections_in_transaction(&statements));
    refused.sort_by_key(|(_, span)| span.start);
    Inspection { refused, changes_enums: changes_enums(&statements) }
}

/// The statements that change a table of revgraph's own, or would be read otherwise than they are cut.
fn changes_of_bookkeeping(statements: &[Statement<'_>], tables: &Tables) -> Vec<Objection> {
    let names = tables.all();
    let changed = |statement: &Statement<'_>| {
        let span = statement.change_of_table(tables.schema.as_deref(), &names)?;
        let body = statement.body();
        let written = statement.sql().get(span.start - body.start..span.end - body.start);
        Some((RefusalReason::Bookkeeping(written.unwrap_or(statement.sql()).to_owned()), span))
    };
    let mut objections: Vec<Objection> = statements.iter().filter_map(changed).collect();
    let switched = statements.iter().skip_while(|statement| !statement.switches_strings_off());
    let misread = switched.filter(|statement| statement.depends_on_strings());
    objections.extend(misread.map(|statement| (RefusalReason::Strings, statement.body())));
    let mut is_switched = false;
    for statement in statements {
        match statement.encoding_change() {
            Some(change) => is_switched = change == EncodingChange::ToAnother,
            None if is_switched && !statement.sql().is_ascii() => {
                objections.push((RefusalReason::Encoding, statement.body()));
            }
            None => {}
        }
    }
    objections
}

/// What of a script, judged alone, cannot run as it asks, with the bytes of its text. Where `tables` are given, nothing
/// may change them.
#[must_use]
pub fn unrunnable(script: &SourceText, dialect: Dialect, tables: Option<&Tables>) -> Vec<Objection> {
    let statements = match split(dialect, &script.body.sql) {
        Ok(statements) => statements,
        Err(error) => return vec![unreadable(&error)],
    };
    let mut objections = tables.map_or_else(Vec::new, |tables| changes_of_bookkeeping(&statements, tables));
    if script.body.no_transaction {
        return objections;
    }
    objections.extend(objections_in_transaction(&statements));
    objections.extend(EnumChanges::new(true).uses(&statements, None));
    objections
}

fn unreadable(error: &LexError) -> Objection {
    let offset = error.offset();
    (RefusalReason::Unreadable(error.to_string()), offset..offset + 1)
}

fn objections_in_transaction(statements: &[Statement<'_>]) -> Vec<Objection> {
    statements.iter().filter_map(|statement| Some((reason_to_refuse(statement)?, statement.body()))).collect()
}

/// Those of the steps that go up to a revision whose script holds no statement, in no dialect. A merge needs none.
#[must_use]
pub fn without_statements<'s>(scripts: &ScriptDirectory, steps: &'s [PreparedStep]) -> Vec<&'s PreparedStep> {
    let is_merge = |step: &PreparedStep| {
        let node = scripts.graph().find(step.step.revision.as_str());
        node.is_some_and(|node| scripts.graph().revision(node).down_revisions.len() > 1)
    };
    let is_empty = |step: &&PreparedStep| {
        step.step.operation == Operation::Upgrade
            && [Dialect::Postgres, Dialect::Sqlite]
                .iter()
                .all(|dialect| is_blank(*dialect, &step.script.text))
            && !is_merge(step)
    };
    steps.iter().filter(is_empty).collect()
}

fn reason_to_refuse(statement: &Statement<'_>) -> Option<RefusalReason> {
    if let Some(control) = statement.transaction_control() {
        return Some(RefusalReason::TransactionControl(control));
    }
    // Foreign keys are off during a revision anyway, so a script that switches them may do so in vain.
    let reason = statement.cannot_run_in_transaction().filter(|_| !statement.switches_foreign_keys())?;
    Some(RefusalReason::CannotRunInTransaction(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ChecksumPolicy, TransactionMode};
    use crate::graph::RevisionId;
    use crate::plan::RowChange;

    fn tables() -> Tables {
        Tables { schema: None, version: "alembic_version".to_owned() }
    }

    fn steps(
        scripts: &ScriptDirectory,
        ids: &[&str],
        dialect: Dialect,
    ) -> Result<Vec<PreparedStep>, ExecuteError> {
        let step = |id: &&str| Step {
            revision: RevisionId::recorded(id),
            operation: Operation::Upgrade,
            rows: RowChange::default(),
        };
        let plan = Plan { steps: ids.iter().map(step).collect(), before: Vec::new(), after: Vec::new() };
        let options = Options {
            checksums: ChecksumPolicy::Off,
            transaction: TransactionMode::Each,
            actor: String::new(),
            confirmed: None,
            accepted_recorded: Vec::new(),
        };
        prepare(scripts, &plan, dialect, &tables(), true, &options)
    }

    #[test]
    fn a_step_without_a_script_is_no_step_less() {
        let scripts =
            ScriptDirectory::of_texts([("a_a.up.sql", "-- a\n-- revision: a\n")]).expect("a script");
        let prepared = |ids: &[&str]| steps(&scripts, ids, Dialect::Sqlite).map(|steps| steps.len());
        assert_eq!(prepared(&["a"]).ok(), Some(1));
        let unknown = prepared(&["a", "b"]).expect_err("b has no script");
        assert!(matches!(unknown, ExecuteError::UnknownStep { revision } if revision.as_str() == "b"));
    }

    /// The texts at which a script is refused, each with the name of the reason.
    fn objections(sql: &str) -> Vec<(&'static str, String)> {
        let text: std::sync::Arc<str> = format!("-- a\n-- revision: a\n\n{sql}").into();
        let script = SourceText::new("a_a.up.sql".into(), text.clone(), Side::Up, Dialect::Postgres);
        let found = unrunnable(&script.expect("a script"), Dialect::Postgres, Some(&tables()));
        let named = found.into_iter().map(|(reason, span)| {
            let reason = match reason {
                RefusalReason::Bookkeeping(_) => "books",
                RefusalReason::Strings => "strings",
                RefusalReason::Encoding => "encoding",
                RefusalReason::TransactionControl(_) => "control",
                RefusalReason::CannotRunInTransaction(_) => "alone",
                RefusalReason::UncommittedEnumValue { .. } => "enum",
                _ => "other",
            };
            (reason, text.get(span).unwrap_or_default().to_owned())
        });
        named.collect()
    }

    #[test]
    fn a_script_is_refused_where_it_would_not_do_what_it_says() {
        let one = |reason, text: &str| vec![(reason, text.to_owned())];
        assert_eq!(objections("SELECT 1;\nSELECT * FROM alembic_version;"), []);
        assert_eq!(objections("SELECT 1; DELETE FROM alembic_version;"), one("books", "alembic_version"));
        assert_eq!(objections("DROP TABLE revgraph_ledger;"), one("books", "revgraph_ledger"));
        assert_eq!(objections("SELECT 1; COMMIT; SELECT 2;"), one("control", "COMMIT"));
        assert_eq!(objections("VACUUM t;"), one("alone", "VACUUM t"));
        assert_eq!(objections("SELECT 'a"), one("other", "'"));
        let off = "SET standard_conforming_strings = off;";
        assert_eq!(objections(&format!("SELECT 'a\\'; {off}")), [], "before it is switched");
        assert_eq!(objections(&format!("{off} SELECT 'a\\';")), one("strings", "SELECT 'a\\'"));
        let latin = "SET client_encoding = 'LATIN1';";
        assert_eq!(objections(&format!("SELECT 'é'; {latin} SELECT 'e';")), []);
        assert_eq!(objections(&format!("{latin} SELECT 'é';")), one("encoding", "SELECT 'é'"));
        assert_eq!(objections(&format!("{latin} RESET client_encoding; SELECT 'é';")), []);
        let added = "ALTER TYPE e ADD VALUE 'b';";
        let used = "INSERT INTO t VALUES ('b'::e);";
        assert_eq!(objections(&format!("{used} {added}")), []);
        assert_eq!(objections(&format!("{added} {used}")).first().map(|one| one.0), Some("enum"));
    }

    #[test]
    fn what_may_run_alone_is_only_kept_from_the_books() {
        let scripts = ScriptDirectory::of_texts([(
            "a_a.up.sql",
            "-- a\n-- revision: a\n-- revgraph: no-transaction\n\nVACUUM t;\n",
        )]);
        let alone = scripts.expect("a script");
        assert!(steps(&alone, &["a"], Dialect::Postgres).is_ok());
        let scripts = ScriptDirectory::of_texts([(
            "a_a.up.sql",
            "-- a\n-- revision: a\n-- revgraph: no-transaction\n\nDROP TABLE alembic_version;\n",
        )]);
        let books = steps(&scripts.expect("a script"), &["a"], Dialect::Postgres);
        assert!(matches!(books, Err(ExecuteError::Refused(refused)) if refused.len() == 1));
    }

    #[test]
    fn an_entry_names_what_its_revision_depends_on_by_id() {
        let scripts = crate::script::tests_support::scripts(&[
            ("a", "-- branch_labels: left"),
            ("b", "-- down_revision: a\n-- depends_on: left, c"),
            ("c", ""),
        ]);
        let node = scripts.graph().find("b").expect("it is there");
        let entry = entry_of(&scripts, node, Dialect::Sqlite, Origin::Stamp).expect("it can be read");
        assert_eq!(entry.depends_on, ["a", "c"]);
        assert_eq!(entry.parents, [RevisionId::recorded("a")]);
        assert_eq!((entry.origin, &*entry.message, entry.down_script), (Origin::Stamp, "b", None));
        assert!(entry.up_script.ends_with("SELECT 'b';\n"));
    }

    #[test]
    fn scripts_without_a_statement_are_told_but_for_merges() {
        let scripts = ScriptDirectory::of_texts([
            ("a_a.up.sql", "-- a\n-- revision: a\n\n-- nothing yet\n"),
            ("b_b.up.sql", "-- b\n-- revision: b\n\nSELECT 1;\n"),
            ("m_m.up.sql", "-- m\n-- revision: m\n-- down_revision: a, b\n"),
            ("n_n.up.sql", "-- n\n-- revision: n\n-- down_revision: m\n"),
        ]);
        let scripts = scripts.expect("sound scripts");
        let steps = steps(&scripts, &["a", "b", "m", "n"], Dialect::Sqlite).expect("they can run");
        let empty = without_statements(&scripts, &steps);
        let empty: Vec<&str> = empty.iter().map(|step| step.step.revision.as_str()).collect();
        assert_eq!(empty, ["a", "n"]);
    }
}

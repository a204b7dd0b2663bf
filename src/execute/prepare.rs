//! From a plan to steps that are ready to run: every script read, cut and checked before any runs.

use super::entry::{entry, originals};
use super::enum_values::refused_uses;
use super::objections::{Inspection, inspect, refusal, unreadable};
use super::{ExecuteError, Options};
use crate::backend::PreparedStep;
use crate::graph::NodeIndex;
use crate::ledger::{Change, EventDuration, Origin, RowsBefore, Tables};
use crate::parallel::map_chunks;
use crate::plan::{Operation, Plan, Step};
use crate::script::{Bodies, Irreversible, ScriptDirectory, Side, SourceText};
use crate::sql::{Dialect, Pieces, is_blank};

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
            change.record =
                originals(scripts, node, dialect).map_err(|problem| ExecuteError::Scripts(vec![problem]))?;
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

fn down_script(step: &Step, bodies: Bodies, dialect: Dialect) -> Result<SourceText, ExecuteError> {
    let irreversible = |reason| ExecuteError::Irreversible { revision: step.revision.clone(), reason };
    if let Some(reason) = bodies.irreversible(dialect) {
        return Err(irreversible(reason));
    }
    bodies.down.ok_or_else(|| irreversible(Irreversible::NoDownScript))
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

//! From a plan for each kind of database to revisions that are proved.

use std::fmt;

use super::Planner;
use super::course::Course;
use super::decisions::Decisions;
use super::draft::{Drafts, Wanted};
use super::error::AutogenerateError;
use super::names::Named;
use super::proof::Trial;
use super::rows::RowTrial;
use super::script_leg::{script_legs, sql_of};
use super::stakes::{Counter, Stake, stakes};
use super::title::title;
use crate::catalog::ObjectName;
use crate::config::Config;
use crate::graph::{NodeIndex, RevisionId};
use crate::script::ScriptDirectory;
use crate::sql::Dialect;
use crate::verify::Observer;

/// What leads from one schema to another on one kind of database.
pub struct DialectPlan<'p> {
    /// Both schemas.
    pub planner: Planner<'p>,
    /// What was decided about the way.
    pub decisions: Decisions,
    /// The statements.
    pub course: Course,
}

impl<'p> DialectPlan<'p> {
    /// Finds the statements. What is lost is kept where `keeping` names the first revision. They are only foreseen, where that
    /// is possible and `may_foresee` says that they are going to be [proved](drafted).
    ///
    /// # Errors
    /// [`AutogenerateError`].
    pub fn find(
        mut planner: Planner<'p>,
        decisions: Decisions,
        keeping: Option<&RevisionId>,
        may_foresee: bool,
        observer: &mut dyn Observer,
    ) -> Result<Self, AutogenerateError> {
        planner.complete(&decisions, observer)?;
        let foreseen = if may_foresee { planner.foresee(&decisions.hints, keeping) } else { None };
        let course = match foreseen {
            Some(course) => course,
            None => planner.plan(&decisions.hints, keeping, observer)?,
        };
        Ok(Self { planner, decisions, course })
    }

    /// The kind of database, and the statements for it.
    #[must_use]
    pub fn of_dialect(&self) -> (Dialect, &Course) {
        (self.planner.dialect(), &self.course)
    }

    /// What is at stake, counted by `counter`.
    #[must_use]
    pub fn stakes<'s>(&'s self, counter: &mut Counter<'_>) -> Vec<Stake<'s>> {
        let renamed = (self.planner.left(), self.decisions.hints.renames.as_slice());
        stakes(self.course.statements(), renamed, counter)
    }

    /// The statements as SQL for whoever runs it without revgraph: on SQLite a table that is dropped, also for another that takes
    /// its place, takes rows of others along where foreign keys are on.
    #[must_use]
    pub fn sql_to_run_alone(&self) -> String {
        let sql = sql_of(&script_legs(&[self.of_dialect()], false));
        let drops_table =
            || self.course.statements().any(|statement| statement.sql.starts_with("DROP TABLE "));
        match self.planner.dialect() {
            Dialect::Sqlite if drops_table() => format!(
                "-- outside of a transaction: inside one it has no effect\nPRAGMA foreign_keys = OFF;\n\n{sql}\n\
                 PRAGMA foreign_key_check;\nPRAGMA foreign_keys = ON;\n"
            ),
            Dialect::Postgres | Dialect::Sqlite => sql,
        }
    }

    /// What the way does, in a few words, for who has given no title.
    #[must_use]
    pub fn title(&self) -> String {
        title(self.planner.left(), self.planner.right(), &self.decisions.hints.renames)
    }

    /// Runs the drafted scripts up and down on a scratch database.
    fn prove(
        &mut self,
        drafts: &Drafts,
        applied: &[NodeIndex],
        observer: &mut dyn Observer,
    ) -> Result<Proof, AutogenerateError> {
        let trial = Trial {
            scripts: &drafts.scripts,
            applied: applied.to_vec(),
            new: drafts.nodes(),
            course: &self.course,
            hints: &self.decisions.hints,
        };
        let rows = self.planner.prove(&trial, observer)?;
        Ok(Proof { version: self.planner.version().to_owned(), rows })
    }

    /// Finds by trying what was only foreseen; whether it was.
    fn find_foreseen(&mut self, observer: &mut dyn Observer) -> Result<bool, AutogenerateError> {
        if !self.course.is_foreseen {
            return Ok(false);
        }
        self.course = self.planner.plan(&self.decisions.hints, None, observer)?;
        Ok(true)
    }
}

/// On what the scripts for one dialect have been proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What the scratch database calls itself.
    pub version: String,
    /// With which rows.
    pub rows: RowTrial,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |tables: &[ObjectName]| {
            tables.iter().map(|table| Named::of(table).to_string()).collect::<Vec<_>>().join(", ")
        };
        write!(f, "on {}", self.version)?;
        match (self.rows.filled.as_slice(), self.rows.empty.as_slice()) {
            ([], []) => Ok(()),
            ([_, ..], []) => f.write_str(", with rows"),
            ([], empty) => write!(f, ", without rows in {}", names(empty)),
            ([_, ..], empty) => write!(f, ", with rows, but none in {}", names(empty)),
        }
    }
}

/// What revisions are drafted from, besides the plan for each dialect.
pub struct Drafting<'d> {
    /// The scripts that are there.
    pub scripts: &'d ScriptDirectory,
    /// The environment of the revisions.
    pub config: &'d Config,
    /// The revision that is wanted.
    pub wanted: &'d Wanted,
    /// Whether the scripts serve more kinds of databases than one.
    pub several: bool,
    /// Whether the revisions are to be proved.
    pub is_proved: bool,
    /// Lines for the headers: from what the revisions were made, and on what they are proved. Without a proof the list is empty.
    pub notes: &'d dyn Fn(&[Proof]) -> String,
}

/// Drafts revisions from plans, and proves them for each kind of database. What was only foreseen, and does not hold, is
/// found by trying and proved in turn. Returns the drafts, which are not written yet, and the proofs.
///
/// # Errors
/// [`AutogenerateError`].
pub fn drafted(
    drafting: &Drafting<'_>,
    plans: &mut [DialectPlan<'_>],
    observer: &mut dyn Observer,
) -> Result<(Drafts, Vec<Proof>), AutogenerateError> {
    let Drafting { scripts, config, wanted, notes, .. } = drafting;
    let heads = scripts.graph().heads();
    let before = scripts.graph().ids(&heads);
    let stands_on_all = heads.iter().all(|head| wanted.parents.contains(head));
    loop {
        let courses: Vec<(Dialect, &Course)> = plans.iter().map(DialectPlan::of_dialect).collect();
        let legs = script_legs(&courses, drafting.several);
        let mut drafts = Drafts::of(scripts, config, wanted, &legs, &notes(&[]))?;
        if !drafting.is_proved {
            return Ok((drafts, Vec::new()));
        }
        let graph = drafts.scripts.graph();
        let applied: Vec<NodeIndex> = before.iter().filter_map(|id| graph.find(id.as_str())).collect();
        let proofs: Result<Vec<Proof>, _> = plans
            .iter_mut()
            .map(|plan| {
                let proof = plan.prove(&drafts, &applied, observer)?;
                if let Some(tip) = drafts.nodes().last().filter(|_| !stands_on_all) {
                    plan.planner.try_alone(&drafts.scripts, *tip, observer)?;
                }
                Ok(proof)
            })
            .collect();
        match proofs {
            Ok(proofs) => {
                drafts.note(&notes(&proofs))?;
                return Ok((drafts, proofs));
            }
            Err(error) => {
                let mut is_any = false;
                for plan in plans.iter_mut() {
                    is_any |= plan.find_foreseen(observer)?;
                }
                if !is_any {
                    return Err(error);
                }
            }
        }
    }
}

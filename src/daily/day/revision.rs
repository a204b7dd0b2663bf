//! The revision that leads from the heads to another schema, written, and what it says and loses told before.

use std::sync::Arc;

use super::super::diary::Diary;
use super::basis::Day;
use super::companion::{Companion, News};
use super::error::DayError;
use crate::autogenerate::{
    DialectPlan, Drafting, Drafts, Ground, Planner, Proof, RowsInTheWay, UnagreedLoss, Wanted, drafted,
};
use crate::config::{Config, DesiredSchema};
use crate::graph::RevisionId;
use crate::script::{ScriptDirectory, revision_id};
use crate::sql::Dialect;
use crate::verify::Observer;

/// What a revision is made of, for its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Desired,
    Database,
}

/// The schema that the scripts build at their heads, as a side of a comparison.
pub(super) fn at_heads(scripts: &Arc<ScriptDirectory>) -> Ground {
    Ground::Revisions { scripts: Arc::clone(scripts), tips: scripts.graph().heads() }
}

impl Day<'_> {
    /// Writes what leads from the scripts' heads to `right`; none where nothing does. The statements are told and
    /// proved before. Where they are to be applied, what they lose has to be agreed to.
    ///
    /// # Errors
    /// The companion's: where it does not decide or agree, and [`DayError`] of statements that cannot be found or
    /// proved, of rows in the way, and of files that cannot be written.
    pub(super) fn write<C: Companion>(
        &self,
        scripts: &Arc<ScriptDirectory>,
        (right, source): (&Ground, Source),
        companion: &mut C,
        diary: &mut Diary,
    ) -> Result<Option<Drafts>, C::Error> {
        let left = at_heads(scripts);
        let like = self.config.database_url().map_err(DayError::from)?;
        let mut observer = companion.rehearsal(scripts.graph().len());
        let planner = Planner::begin(self.config, like, (&left, right), false, observer.as_mut());
        let planner = planner.map_err(DayError::from)?;
        let mut counter = self.counter();
        let decisions = companion.decide(&planner, &mut counter)?;
        let plan = DialectPlan::find(planner, decisions, None, true, observer.as_mut());
        let plan = plan.map_err(DayError::from)?;
        if plan.course.is_empty() {
            return Ok(None);
        }
        let mut plans = [plan];
        let drafts = self.drafted(scripts, source, &mut plans, observer.as_mut())?;
        drop(observer);
        let [plan] = &plans;
        let DialectPlan { planner, decisions, course } = plan;
        let stakes = plan.stakes(&mut counter);
        companion.tell(&News::Planned { planner, course, stakes: &stakes });
        if source == Source::Desired && !self.wishes.create_only {
            let sides = (planner.left(), planner.right());
            RowsInTheWay::check(&stakes, sides, decisions).map_err(DayError::from)?;
            if let Some(loss) = UnagreedLoss::of(&stakes) {
                companion.agree_to_loss(loss)?;
            }
        }
        drafts.files().carry_out(self.config).map_err(DayError::from)?;
        for new in &drafts.new {
            companion.tell(&News::Wrote { up: &new.up.0 });
        }
        diary.note_written(&drafts, course, &stakes);
        Ok(Some(drafts))
    }

    /// The revision as it is going to be written, proved.
    fn drafted(
        &self,
        scripts: &Arc<ScriptDirectory>,
        source: Source,
        plans: &mut [DialectPlan<'_>; 1],
        observer: &mut dyn Observer,
    ) -> Result<Drafts, DayError> {
        let [plan] = &*plans;
        let own = plan.planner.dialect();
        let other = if source == Source::Desired { other_dialect(self.config, own) } else { None };
        let wanted = self.wanted(scripts, plan, revision_id(None)?);
        let drafting = Drafting {
            scripts,
            config: self.config,
            wanted: &wanted,
            several: other.is_some(),
            is_proved: true,
            notes: &|proofs| notes(source, proofs.first(), other),
        };
        let (drafts, _) = drafted(&drafting, plans, observer)?;
        Ok(drafts)
    }

    fn wanted(&self, scripts: &ScriptDirectory, plan: &DialectPlan<'_>, revision: RevisionId) -> Wanted {
        Wanted {
            revision: Some(revision),
            parents: scripts.graph().heads(),
            splice: false,
            depends_on: Vec::new(),
            branch_labels: Vec::new(),
            title: self.wishes.message.clone().unwrap_or_else(|| plan.title()),
            folder: None,
            created: self.config.timezone.now(),
        }
    }
}

/// The kind of database that the desired schema names too, beside `dialect`: what is written does nothing there.
fn other_dialect(config: &Config, dialect: Dialect) -> Option<Dialect> {
    let other = dialect.other();
    let schema = config.desired_schema().ok().flatten()?;
    let names_both = matches!(schema, DesiredSchema::ByDialect { .. }) && !schema.paths(other).is_empty();
    names_both.then_some(other)
}

/// What the header says of where the revision comes from.
fn notes(source: Source, proof: Option<&Proof>, other: Option<Dialect>) -> String {
    let proof = match proof {
        Some(proof) => format!("proved up and down on {}", proof.version),
        None => "not proved".to_owned(),
    };
    let made_from = match source {
        Source::Desired => "the desired schema",
        Source::Database => "the schema of the database",
    };
    let missing = other.map_or_else(String::new, |dialect| format!(" It does nothing for {dialect}."));
    format!("Made from {made_from}; {proof}.{missing}")
}

//! A revision that leads from one schema to another, for each kind of database that it serves: from what is asked to files.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use thiserror::Error;

use super::agreement::UndecidedRenames;
use super::course::Course;
use super::decide::{Decider, decide};
use super::decisions::DecisionError;
use super::dialect_plan::{DialectPlan, Drafting, Proof, drafted};
use super::draft::{Drafts, Wanted};
use super::error::AutogenerateError;
use super::ground::Ground;
use super::planner::Planner;
use super::said::{Said, SaidOfSeveral};
use super::said_privileges::LeftPrivileges;
use super::script_leg::{ScriptLeg, script_legs};
use super::served::{Served, served};
use super::side::{Side, SideError, SideReader};
use super::stakes::{Counter, Stake};
use crate::config::DatabaseUrl;
use crate::graph::{NodeIndex, RevisionId, RevisionSpec};
use crate::plan::{self, PlanError};
use crate::script::{AuthoringError, FileChangeError, RevisionRequest, ScriptDirectory, revision_id};
use crate::sql::Dialect;
use crate::verify::{Aside, Observer};

/// What is asked for of a revision that is generated.
#[derive(Debug, Clone)]
pub struct GenerationRequest {
    /// The desired schema.
    pub to: Side,
    /// How that was named, for the header.
    pub to_name: String,
    /// What there is; none stands for what the scripts build at the revision's parents.
    pub from: Option<Side>,
    /// What the revision is to stand on; where nothing is named, all heads, which it joins.
    pub parents: Vec<RevisionSpec>,
    /// What the header of the revision is to say.
    pub revision: RevisionRequest,
    /// What was said beforehand of the way.
    pub said: Said,
    /// Whether owners and grants are compared also where the desired schema says nothing of them.
    pub with_privileges: bool,
    /// Whether what would be lost is kept in tables of revgraph's.
    pub keep: bool,
    /// Whether the scripts are to be proved.
    pub is_proved: bool,
    /// Whether it is only asked what would be written.
    pub only_asks: bool,
}

/// Why no revision was generated. Nothing was written.
#[derive(Debug, Error)]
pub enum GenerationError {
    /// What it is to stand on leads nowhere.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A schema cannot be had.
    #[error(transparent)]
    Side(#[from] SideError),
    /// There is no id for it.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// What was said of the way means nothing.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// Nobody decides what has been renamed.
    #[error(transparent)]
    Undecided(#[from] UndecidedRenames),
    /// No way was found, or it does not hold.
    #[error(transparent)]
    Autogenerate(Box<AutogenerateError>),
    /// The files cannot be written.
    #[error(transparent)]
    Files(#[from] FileChangeError),
}

impl From<AutogenerateError> for GenerationError {
    fn from(error: AutogenerateError) -> Self {
        Self::Autogenerate(Box::new(error))
    }
}

/// Both schemas for each kind of database that a revision serves.
pub struct Generation<'g> {
    reader: SideReader<'g>,
    scripts: Arc<ScriptDirectory>,
    parents: Vec<NodeIndex>,
    served: Served,
    /// The schema that is there and the wanted one, in the order of `served.likes`.
    grounds: Vec<(Ground, Ground)>,
    request: GenerationRequest,
}

impl<'g> Generation<'g> {
    /// Finds out for which kinds of databases the revision is made, and reads both schemas for each. The scripts must be locked.
    /// A kind that is served without a database to try on is told the observer.
    ///
    /// # Errors
    /// [`GenerationError::Plan`] and [`GenerationError::Side`].
    pub fn begin(
        reader: SideReader<'g>,
        scripts: Arc<ScriptDirectory>,
        request: GenerationRequest,
        observer: &mut dyn Observer,
    ) -> Result<Self, GenerationError> {
        let parents = match request.parents.as_slice() {
            [] => scripts.graph().heads(),
            named => plan::select_all(scripts.graph(), named)?,
        };
        if request.from == Some(Side::Database) {
            reader.check_at_heads(&scripts, observer)?;
        }
        let served = served(reader, &request.to, request.from.is_some(), &scripts)?;
        if let Some(dialect) = served.missing {
            observer.noticed(&Aside::NothingToTryOn { dialect });
        }
        let mut grounds = Vec::with_capacity(served.likes.len());
        for dialect in served.likes.iter().map(DatabaseUrl::dialect) {
            let left = match &request.from {
                Some(from) => reader.ground(from, dialect, observer)?,
                // Whatever it stands on, the other branches are there as well.
                None => Ground::Revisions { scripts: Arc::clone(&scripts), tips: scripts.graph().heads() },
            };
            grounds.push((left, reader.ground(&request.to, dialect, observer)?));
        }
        Ok(Self { reader, scripts, parents, served, grounds, request })
    }

    /// Finds the statements for each kind of database. What schemas alone do not tell is decided by what was said, and by
    /// `decider`.
    ///
    /// # Errors
    /// [`GenerationError`], and those of the decider.
    pub fn found<D: Decider<Error: From<GenerationError>>>(
        &self,
        decider: &mut D,
        observer: &mut dyn Observer,
    ) -> Result<Generated<'_>, D::Error> {
        let GenerationRequest { revision, said, with_privileges, keep, is_proved, only_asks, .. } =
            &self.request;
        let revision = revision_id(revision.revision.as_deref()).map_err(GenerationError::from)?;
        let keeping = keep.then_some(&revision);
        let mut said = SaidOfSeveral::new(said, self.grounds.len());
        let mut counters = Counters::new(self.reader);
        let mut plans = Vec::with_capacity(self.grounds.len());
        for (like, (left, right)) in self.served.likes.iter().zip(&self.grounds) {
            let planner = Planner::begin(self.reader.config, like, (left, right), *with_privileges, observer);
            let planner = planner.map_err(GenerationError::from)?;
            let decisions = decide(&planner, &mut said, counters.of(like.dialect()), decider)?;
            // Only a proof shows whether what was foreseen is right.
            let may_foresee = !only_asks && *is_proved && self.grounds.len() == 1;
            let plan = DialectPlan::find(planner, decisions, keeping, may_foresee, observer);
            plans.push(plan.map_err(GenerationError::from)?);
        }
        Ok(Generated { generation: self, revision, plans, counters: RefCell::new(counters) })
    }

    fn wanted(&self, revision: &RevisionId, plans: &[DialectPlan<'_>]) -> Wanted {
        let request = self.request.revision.clone();
        let made_up = || {
            let plan = plans.iter().find(|plan| !plan.course.is_empty());
            plan.map_or_else(String::new, DialectPlan::title)
        };
        Wanted {
            revision: Some(revision.clone()),
            parents: self.parents.clone(),
            splice: request.splice,
            depends_on: request.depends_on,
            branch_labels: request.branch_labels,
            title: request.message.unwrap_or_else(made_up),
            folder: request.folder,
            created: self.reader.config.timezone.now(),
        }
    }

    /// What the header says of where the revision comes from. No line of it may look like a key.
    fn notes(&self, proofs: &[Proof]) -> String {
        let from = match self.request.to_name.as_str() {
            "schema" => "the desired schema".to_owned(),
            "database" => "the schema of the database".to_owned(),
            // A URL may hold a password.
            url if url.contains("://") => "the schema of another database".to_owned(),
            path => Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let missing = self.served.missing.map_or_else(String::new, |dialect| {
            format!(" There was no {dialect} database to try on: it does nothing for {dialect}.")
        });
        format!("Made from {from}; {}.{missing}", proved_in_words(proofs))
    }
}

/// The statements that lead from what there is to what is wanted, for each kind of database.
pub struct Generated<'g> {
    generation: &'g Generation<'g>,
    revision: RevisionId,
    plans: Vec<DialectPlan<'g>>,
    counters: RefCell<Counters<'g>>,
}

impl Generated<'_> {
    /// Whether the schemas are equal for all kinds of databases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plans.iter().all(|plan| plan.course.is_empty())
    }

    /// The statements for each kind of database.
    #[must_use]
    pub fn courses(&self) -> Vec<(Dialect, &Course)> {
        self.plans.iter().map(DialectPlan::of_dialect).collect()
    }

    /// The revisions that it takes, as scripts without their headers.
    #[must_use]
    pub fn legs(&self) -> Vec<ScriptLeg> {
        script_legs(&self.courses(), self.generation.served.several)
    }

    /// What is at stake; of the configured database it is counted.
    #[must_use]
    pub fn stakes(&self) -> Vec<Stake<'_>> {
        let mut counters = self.counters.borrow_mut();
        self.plans.iter().flat_map(|plan| plan.stakes(counters.of(plan.planner.dialect()))).collect()
    }

    /// Why owners and grants are left as they are; none where they are compared, or nothing would change in them.
    #[must_use]
    pub fn left_privileges(&self) -> Option<LeftPrivileges> {
        self.plans.iter().find_map(|plan| plan.planner.left_privileges())
    }

    /// Writes the revisions, proved first where that is asked for. They come with the proofs, one for each kind of database; without
    /// proof there are none.
    ///
    /// # Errors
    /// [`GenerationError::Autogenerate`] and [`GenerationError::Files`].
    pub fn write(&mut self, observer: &mut dyn Observer) -> Result<(Drafts, Vec<Proof>), GenerationError> {
        let generation = self.generation;
        let config = generation.reader.config;
        let drafting = Drafting {
            scripts: &generation.scripts,
            config,
            wanted: &generation.wanted(&self.revision, &self.plans),
            several: generation.served.several,
            is_proved: generation.request.is_proved,
            notes: &|proofs| generation.notes(proofs),
        };
        let (drafts, proofs) = drafted(&drafting, &mut self.plans, observer)?;
        drafts.files().carry_out(config)?;
        Ok((drafts, proofs))
    }
}

/// What is known of scripts by their proofs, of which there are none where they were not proved.
#[must_use]
pub fn proved_in_words(proofs: &[Proof]) -> String {
    if proofs.is_empty() {
        return "not proved".to_owned();
    }
    let proofs: Vec<String> = proofs.iter().map(ToString::to_string).collect();
    format!("proved up and down {}", proofs.join(" and "))
}

/// Count for each kind of database: only the configured one can be asked.
struct Counters<'c> {
    configured: Counter<'c>,
    none: Counter<'c>,
    dialect: Option<Dialect>,
}

impl<'c> Counters<'c> {
    fn new(reader: SideReader<'c>) -> Self {
        Self {
            configured: Counter::new(reader),
            none: Counter::of_nothing(reader),
            dialect: reader.config.database_url().ok().map(DatabaseUrl::dialect),
        }
    }

    fn of(&mut self, dialect: Dialect) -> &mut Counter<'c> {
        if self.dialect == Some(dialect) { &mut self.configured } else { &mut self.none }
    }
}

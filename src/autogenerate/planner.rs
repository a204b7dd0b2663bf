//! From two schemas to the statements that lead from one to the other, tried and proved on scratch databases.

use std::sync::Arc;

use super::course::{self, Course};
use super::decisions::Decisions;
use super::error::AutogenerateError;
use super::ground::{self, Described, Foundation, Ground, Place, Walk};
use super::kept_privileges::{has_other_privileges, with_privileges_of};
use super::models::Models;
use super::proof::{self, Trial};
use super::rows::{Filling, RowTrial, Tables};
use super::said_privileges::{LeftPrivileges, privileges_are_said, with_said_privileges};
use super::wanted_schema::{self, WantedSchema};
use crate::alter::{self, Hints, Part, Rename, ServerVersion};
use crate::catalog::{Catalog, ObjectName};
use crate::config::{Config, DatabaseUrl};
use crate::execute::Options;
use crate::graph::{NodeIndex, RevisionId};
use crate::prisma::{self, Schema};
use crate::scratch;
use crate::script::ScriptDirectory;
use crate::sql::Dialect;
use crate::verify::{Observer, settle};

/// Both schemas of one dialect, and the scratch databases to try on.
pub struct Planner<'p> {
    config: &'p Config,
    like: &'p DatabaseUrl,
    options: Options,
    foundation: Foundation<'p>,
    left: Catalog,
    right: Catalog,
    /// The models of what is wanted, and what they build by themselves.
    alone: Option<(Arc<Models>, Catalog)>,
    version: String,
    server: ServerVersion,
    /// The role of the scratch databases.
    role: Option<String>,
    with_privileges: bool,
    left_privileges: Option<LeftPrivileges>,
    /// Whether what is wanted says something of owners and grants.
    says_privileges: bool,
}

impl<'p> Planner<'p> {
    /// Builds `left` on a scratch database of the kind of `like`, and reads what is there and what is wanted. Owners and grants
    /// are compared where what is wanted says something of them, and always where `with_privileges`.
    ///
    /// # Errors
    /// [`AutogenerateError::Scratch`].
    pub fn begin(
        config: &'p Config,
        like: &'p DatabaseUrl,
        (left, right): (&'p Ground, &Ground),
        with_privileges: bool,
        observer: &mut dyn Observer,
    ) -> Result<Self, AutogenerateError> {
        let options = scratch::options(config);
        let place = Place { config, like, options: &options };
        let mut foundation = Foundation::new(left, with_privileges);
        let Described { version, server, role, catalog: here } = foundation.described(place, observer)?;
        let wanted = wanted_schema::wanted(place, right, &here, observer)?;
        let WantedSchema { catalog: wanted, touches_privileges } = wanted;
        let wanted = settle(&here, &wanted, config, Some(like), observer)?.right.into_owned();
        let is_described = [left, right].iter().any(|ground| matches!(ground, Ground::Described(_)));
        let says_privileges =
            touches_privileges || privileges_are_said(&here, &wanted, role.as_deref(), server);
        let with_privileges = with_privileges || !is_described && says_privileges;
        // What may be a new name of a table that no model has is asked; only then the others stay.
        let alone = right.models().map(|models| (Arc::clone(models), wanted.clone()));
        let wanted = match &alone {
            Some((models, alone)) => {
                let together = models.completed(&here, alone, &models.unmodelled(&here, alone));
                said_beside(with_privileges, alone, together, (role.as_deref(), server))
            }
            None => wanted,
        };
        let there = if let Ground::Described(catalog) = left { catalog } else { &here };
        let reason = if is_described { LeftPrivileges::OfDatabase } else { LeftPrivileges::Unsaid };
        let is_left = !with_privileges && has_other_privileges(there, &wanted);
        let left_privileges = is_left.then_some(reason);
        let wanted = if with_privileges { wanted } else { with_privileges_of(&here, wanted) };
        Ok(Self {
            config,
            like,
            foundation,
            left: here,
            right: wanted,
            alone,
            version,
            server,
            role,
            options,
            with_privileges,
            left_privileges,
            says_privileges,
        })
    }

    /// The dialect of both schemas, for which scripts are written.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.left.dialect
    }

    /// The schema that the scripts begin from.
    #[must_use]
    pub fn left(&self) -> &Catalog {
        &self.left
    }

    /// The schema that the scripts are to lead to.
    #[must_use]
    pub fn right(&self) -> &Catalog {
        &self.right
    }

    /// What the scratch database calls itself: `PostgreSQL 15.18`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Why owners and grants are left as they are; none where they are compared, or nothing would change in them.
    #[must_use]
    pub fn left_privileges(&self) -> Option<LeftPrivileges> {
        self.left_privileges
    }

    /// Whether owners and grants are compared, and led from one schema to the other.
    #[must_use]
    pub fn compares_privileges(&self) -> bool {
        self.with_privileges
    }

    /// Whether owners and grants of which the desired schema says something are left as they are.
    #[must_use]
    pub fn leaves_said_privileges(&self) -> bool {
        self.says_privileges && self.left_privileges.is_some()
    }

    /// The role that has made what scratch databases hold; none of SQLite.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// The models that the wanted schema is made of, where it is made of models.
    #[must_use]
    pub fn models(&self) -> Option<&Models> {
        self.alone.as_ref().map(|(models, _)| models.as_ref())
    }

    /// The renames that the models themselves tell beyond what is decided: a field is the same, and its `@map` another.
    /// `former` gives what the models were, newest first; it is asked only where that matters.
    #[must_use]
    pub fn told_by_models<'f>(
        &self,
        decisions: &Decisions,
        former: &dyn Fn(&Models) -> &'f [Schema],
    ) -> Vec<Rename> {
        let Some(models) = self.models().filter(|_| decisions.looks_for_renames()) else { return Vec::new() };
        let is_open = |name: &ObjectName, label: Option<&str>| !decisions.is_dropped(name, label);
        let sides = prisma::Sides {
            left: &self.left,
            right: &self.right,
            decided: &decisions.hints.renames,
            is_open: &is_open,
        };
        if !prisma::something_goes(&models.schema, sides) {
            return Vec::new();
        }
        prisma::renames(prisma::Lineage { now: &models.schema, former: former(models) }, sides)
    }

    /// Completes models by what of the database they cannot say, once it is decided what has another name, and what
    /// goes. Nothing else is asked to be dropped then.
    ///
    /// # Errors
    /// [`AutogenerateError`] where a rename cannot be done.
    pub fn complete(
        &mut self,
        decisions: &Decisions,
        observer: &mut dyn Observer,
    ) -> Result<(), AutogenerateError> {
        let Some((models, alone)) = &self.alone else { return Ok(()) };
        let statements =
            alter::renames(&self.left, &self.right, &decisions.hints).map_err(AutogenerateError::Refused)?;
        let renamed = if statements.is_empty() {
            None
        } else {
            let place = Place { config: self.config, like: self.like, options: &self.options };
            let stage = self.foundation.stage(place, observer)?;
            let mut walk = Walk::new(place, stage, observer, self.with_privileges);
            walk.run(&Part { statements, ..Part::default() })?;
            Some(walk.stage.catalog()?)
        };
        let now = renamed.as_ref().unwrap_or(&self.left);
        let together = models.completed(now, alone, &decisions.dropped_tables());
        let of_role = (self.role.as_deref(), self.server);
        let together = said_beside(self.with_privileges, alone, together, of_role);
        let place = Place { config: self.config, like: self.like, options: &self.options };
        let wanted = wanted_schema::rebuilt(place, &together, observer)?;
        let wanted = settle(now, &wanted, self.config, Some(self.like), observer)?.right.into_owned();
        // What is built of a catalog has no owners and grants.
        self.right = with_privileges_of(if self.with_privileges { &together } else { now }, wanted);
        Ok(())
    }

    /// What the two schemas alone tell of the statements, up and down, where it may be all: it costs no scratch database, and is
    /// right where its scripts are [proved](Self::prove). Elsewhere [`Planner::plan`] finds them.
    #[must_use]
    pub fn foresee(&self, hints: &Hints, keeping: Option<&RevisionId>) -> Option<Course> {
        let hints = self.completed(hints);
        keeping.is_none().then(|| course::foreseen(&self.left, &self.right, &hints)).flatten()
    }

    /// What was decided, with what is known of the database.
    fn completed(&self, hints: &Hints) -> Hints {
        let (role, ignores_privileges) = (self.role.clone(), !self.with_privileges);
        Hints { server: self.server, role, ignores_privileges, ..hints.clone() }
    }

    /// The statements that lead from the one schema to the other in one transaction, completed by what was decided.
    ///
    /// # Errors
    /// As [`Planner::plan`].
    pub fn plan_in_one(
        &mut self,
        decisions: &Decisions,
        observer: &mut dyn Observer,
    ) -> Result<Course, AutogenerateError> {
        self.complete(decisions, observer)?;
        let hints = Hints { one_part: true, online: false, ..decisions.hints.clone() };
        self.plan(&hints, None, observer)
    }

    /// Finds the statements, up and down. What they lose is kept where `keeping` names the first revision that they
    /// become.
    ///
    /// # Errors
    /// [`AutogenerateError`].
    pub fn plan(
        &mut self,
        hints: &Hints,
        keeping: Option<&RevisionId>,
        observer: &mut dyn Observer,
    ) -> Result<Course, AutogenerateError> {
        let place = Place { config: self.config, like: self.like, options: &self.options };
        let hints = self.completed(hints);
        let stage = self.foundation.stage(place, observer)?;
        let mut walk = Walk::new(place, stage, observer, self.with_privileges);
        course::find(&mut walk, &self.left, &self.right, &hints, keeping)
    }

    /// Runs the scripts of `trial` up and down on a scratch database of their own, on made-up rows where they run on
    /// these.
    ///
    /// # Errors
    /// [`AutogenerateError::Differs`] where they do not lead from the one schema to the other and back, and
    /// [`AutogenerateError::RowsDiffer`] where they lose values that need not be lost.
    pub fn prove(
        &mut self,
        trial: &Trial<'_>,
        observer: &mut dyn Observer,
    ) -> Result<RowTrial, AutogenerateError> {
        let schemas = (&self.left, &self.right);
        let tables = Tables::of(schemas, trial.course, trial.hints);
        let mut failed = None;
        for filling in Filling::ALL {
            let place = Place { config: self.config, like: self.like, options: &self.options };
            let stage = self.foundation.stage(place, observer)?;
            let mut walk = Walk::new(place, stage, observer, self.with_privileges);
            match proof::prove(&mut walk, trial, schemas, (&tables, filling)) {
                // Not every row fits into what is wanted. That an ordinary one does not has to be said by a statement.
                Err(error @ AutogenerateError::Script { .. })
                    if !trial.course.is_foreseen && (filling != Filling::Ordinary || tables.may_fail()) =>
                {
                    failed = Some(error);
                }
                other => return other,
            }
        }
        failed.map_or_else(|| Ok(RowTrial::default()), Err)
    }

    /// Runs a revision where only what it stands on and depends on is, without the other branches.
    ///
    /// # Errors
    /// [`AutogenerateError::NeedsOthers`].
    pub(super) fn try_alone(
        &self,
        scripts: &ScriptDirectory,
        tip: NodeIndex,
        observer: &mut dyn Observer,
    ) -> Result<(), AutogenerateError> {
        let place = Place { config: self.config, like: self.like, options: &self.options };
        let alone = Ground::Revisions { scripts: Arc::new(scripts.clone()), tips: vec![tip] };
        match ground::build(place, &alone, observer) {
            Ok(_) => Ok(()),
            Err(error) => Err(AutogenerateError::NeedsOthers(Box::new(error))),
        }
    }
}

/// What models are completed to, with what SQL beside them says of privileges where these are compared.
fn said_beside(
    with_privileges: bool,
    alone: &Catalog,
    together: Catalog,
    (role, server): (Option<&str>, ServerVersion),
) -> Catalog {
    if with_privileges { with_said_privileges(alone, together, role, server) } else { together }
}

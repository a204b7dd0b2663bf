//! From the schema that is wanted to revisions that lead to it, and back.
//!
//! ```text
//! Ground (heads)   ─► scratch ─► Catalog ─┐
//! Ground (desired) ─► scratch ─► Catalog ─┴► candidates ─► Hints ─► Course ─► scripts ─► proof
//! ```
//!
//! A [`Planner`] has both catalogs. Its [`Course`] is found by trying: the statements that [`crate::alter`] gives are
//! run on a scratch database, its catalog is read again, and what still differs is asked for once more. The proof runs
//! the texts of the scripts, as an upgrade and a downgrade would, on another. Nothing here writes a file or asks
//! anybody.

mod agreement;
mod counts;
mod course;
mod decisions;
mod desired;
mod dialect_plan;
mod downs;
mod draft;
mod error;
mod families;
mod former_models;
mod ground;
mod load;
mod models;
mod names;
mod proof;
mod reshaped;
mod rows;
mod script_leg;
mod served;
mod side;
mod side_comparison;
mod stakes;
mod text;
mod title;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::alter::{self, Hints, Part, Rename, ServerVersion};
use crate::catalog::sql::{grants_of_new, target_of};
use crate::catalog::{Catalog, Object, ObjectKind, ObjectName};
use crate::config::{Config, DatabaseUrl};
use crate::execute::Options;
use crate::graph::RevisionId;
use crate::prisma::{self, Schema};
use crate::scratch;
use crate::sql::Dialect;
use crate::verify::{Observer, settle};

pub use agreement::{RowsInTheWay, UnagreedLoss, UndecidedRenames};
pub use course::{Course, Leg};
pub use decisions::{Answer, DecisionError, Decisions, possibilities, subject, value_count};
pub use desired::{DesiredError, NamedSql, desired_texts, texts_of_paths};
pub use dialect_plan::{DialectPlan, Drafting, Proof, drafted};
pub use downs::{Down, DownOutcome, DownSelection, find_downs};
pub use draft::{Drafts, Wanted};
pub use error::{AutogenerateError, Way};
pub use former_models::FormerModels;
pub use ground::Ground;
pub use models::{Models, ModelsError, is_model_file_below, is_model_path};
pub use names::{NameError, Named};
pub use proof::Trial;
pub use rows::RowTrial;
pub use script_leg::{ScriptLeg, has_only_blocks, script_legs};
pub use served::{Served, served};
pub use side::{Side, SideError, SideReader};
pub use side_comparison::{SideComparison, compare_sides};
pub use stakes::{Counter, Stake, StakeEntry, stakes};
pub use text::{in_words, script_text};
pub use title::title;

use ground::{Described, Foundation, Place, Walk};
use rows::{Filling, Tables};

/// The schema of a ground, built on a scratch database of the kind of `like` where it was not read from one.
///
/// # Errors
/// [`AutogenerateError::Scratch`].
pub fn catalog(
    config: &Config,
    like: &DatabaseUrl,
    ground: &Ground,
    observer: &mut dyn Observer,
) -> Result<Catalog, AutogenerateError> {
    let options = scratch::options(config);
    ground::catalog(Place { config, like, options: &options }, ground, observer)
}

/// What becomes of the tables that no model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmodelled {
    /// They stay, and are a part of what is wanted.
    Stay,
    /// They are no part of it: the models are to get them.
    Missing,
}

/// The schema of models, completed by what of `now` they cannot say. None where the ground has no models.
///
/// # Errors
/// [`AutogenerateError::Scratch`].
pub fn completed_catalog(
    config: &Config,
    like: &DatabaseUrl,
    ground: &Ground,
    now: &Catalog,
    tables: Unmodelled,
    observer: &mut dyn Observer,
) -> Result<Option<Catalog>, AutogenerateError> {
    let (Ground::Texts(texts), Some(models)) = (ground, ground.models()) else { return Ok(None) };
    let options = scratch::options(config);
    let place = Place { config, like, options: &options };
    let alone = ground::beside(place, texts, models, now, observer)?;
    let alone = settle(now, &alone, config, Some(like), observer)?.right.into_owned();
    if tables == Unmodelled::Missing {
        return Ok(Some(models.completed(now, &alone, &models.unmodelled(now, &alone))));
    }
    let together = models.completed(now, &alone, &BTreeSet::new());
    ground::rebuilt(place, &together, observer).map(Some)
}

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
}

impl<'p> Planner<'p> {
    /// Builds `left` on a scratch database of the kind of `like`, and reads what is there and what is wanted.
    ///
    /// # Errors
    /// [`AutogenerateError::Scratch`].
    pub fn begin(
        config: &'p Config,
        like: &'p DatabaseUrl,
        (left, right): (&'p Ground, &Ground),
        observer: &mut dyn Observer,
    ) -> Result<Self, AutogenerateError> {
        let options = scratch::options(config);
        let place = Place { config, like, options: &options };
        let mut foundation = Foundation::new(left);
        let Described { version, server, role, catalog: here } = foundation.described(place, observer)?;
        let wanted = match (right, right.models()) {
            (Ground::Texts(texts), Some(models)) => ground::beside(place, texts, models, &here, observer)?,
            _ => ground::catalog(place, right, observer)?,
        };
        let wanted = settle(&here, &wanted, config, Some(like), observer)?.right.into_owned();
        let is_described = [left, right].iter().any(|ground| matches!(ground, Ground::Described(_)));
        let with_privileges = !is_described && privileges_are_said(&here, &wanted, role.as_deref());
        // What may be a new name of a table that no model has is asked; only then the others stay.
        let alone = right.models().map(|models| (Arc::clone(models), wanted.clone()));
        let wanted = match &alone {
            Some((models, alone)) => models.completed(&here, alone, &models.unmodelled(&here, alone)),
            None => wanted,
        };
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
        })
    }

    /// The SQL of both schemas.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.left.dialect
    }

    /// What is there.
    #[must_use]
    pub fn left(&self) -> &Catalog {
        &self.left
    }

    /// What is wanted.
    #[must_use]
    pub fn right(&self) -> &Catalog {
        &self.right
    }

    /// What the scratch database calls itself.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The models of what is wanted, where it has some.
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
        let place = Place { config: self.config, like: self.like, options: &self.options };
        let wanted = ground::rebuilt(place, &together, observer)?;
        self.right = settle(now, &wanted, self.config, Some(self.like), observer)?.right.into_owned();
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
}

/// Whether the wanted schema says who may do what: something belongs to another than the role that has made it, or there
/// are other grants than new objects have. A schema that does not is not meant to take everything away.
fn privileges_are_said(here: &Catalog, wanted: &Catalog, role: Option<&str>) -> bool {
    // The schema that every database begins with belongs to a role of the server's own, and has grants.
    let is_given = |name: &ObjectName, object: &Object| {
        let left = here.objects.get(name);
        let is_public = name.kind == ObjectKind::Schema && name.name == "public";
        is_public && left.is_some_and(|left| left.owner == object.owner && left.grants == object.grants)
    };
    let mut own = wanted.objects.iter().filter(|(name, object)| !is_given(name, object));
    own.any(|(name, object)| {
        let is_handed_over = role.is_some() && object.owner.is_some() && object.owner.as_deref() != role;
        is_handed_over && target_of(object).is_none()
            || !grants_of_new(name, object).is_empty()
            || is_kept_from_owner(name, object)
    })
}

/// Whether everything has been taken from the owner of an object.
fn is_kept_from_owner(name: &ObjectName, object: &Object) -> bool {
    let has_grants = matches!(
        name.kind,
        ObjectKind::Table
            | ObjectKind::ForeignTable
            | ObjectKind::View
            | ObjectKind::MaterializedView
            | ObjectKind::Sequence
            | ObjectKind::Schema
            | ObjectKind::Function
            | ObjectKind::Procedure
    );
    let is_owners = |grant: &String, owner: &String| {
        grant.split_once(" TO ").is_some_and(|(_, role)| role.trim_end_matches(" WITH GRANT OPTION") == owner)
    };
    let owner = object.owner.as_ref().filter(|_| has_grants);
    owner.is_some_and(|owner| !object.grants.iter().any(|grant| is_owners(grant, owner)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Definition;

    /// What is wanted: the schema `public` as every database has it, and one object more.
    fn said(kind: ObjectKind, owner: &str, grants: &[&str]) -> bool {
        let public = |catalog: &mut Catalog| {
            let mut object = Object::new(Definition::Schema);
            object.owner = Some("pg_database_owner".to_owned());
            object.grants = ["USAGE TO PUBLIC".to_owned(), "USAGE TO pg_database_owner".to_owned()].into();
            catalog.objects.insert(ObjectName::new(ObjectKind::Schema, None, "public"), object);
        };
        let (mut here, mut wanted) = (Catalog::empty(Dialect::Postgres), Catalog::empty(Dialect::Postgres));
        public(&mut here);
        public(&mut wanted);
        let mut object = Object::new(Definition::Verbatim(String::new()));
        object.owner = Some(owner.to_owned());
        object.grants = grants.iter().map(|grant| (*grant).to_owned()).collect();
        wanted.objects.insert(ObjectName::new(kind, Some("public"), "x"), object);
        privileges_are_said(&here, &wanted, Some("me"))
    }

    #[test]
    fn what_new_objects_have_says_nothing() {
        assert!(!said(ObjectKind::Table, "me", &["INSERT TO me", "SELECT TO me"]));
        assert!(!said(ObjectKind::Function, "me", &["EXECUTE TO PUBLIC", "EXECUTE TO me"]));
        assert!(!said(ObjectKind::Index, "me", &[]));
    }

    #[test]
    fn another_owner_is_said() {
        assert!(said(ObjectKind::Table, "other", &["SELECT TO other"]));
    }

    #[test]
    fn what_is_granted_and_what_is_revoked_is_said() {
        assert!(said(ObjectKind::Table, "me", &["SELECT TO me", "SELECT TO app"]));
        assert!(said(ObjectKind::Function, "me", &["EXECUTE TO me"]));
        assert!(said(ObjectKind::Table, "me", &[]));
    }
}

//! Who follows a rehearsal.

use super::verdict::Verified;
use crate::backend::Control;
use crate::catalog::{Attribute, ObjectName};
use crate::config::DatabaseUrl;
use crate::graph::RevisionId;
use crate::scratch::ScratchError;
use crate::sql::Dialect;

/// Follows a rehearsal, and can stop it.
pub trait Observer {
    /// What may cancel it, and who is told that it waits.
    fn control(&self) -> &Control;
    /// A revision is about to be tried, or only applied because others stand on it.
    fn started(&mut self, revision: &RevisionId);
    /// Is told of each revision what was found of it, as soon as it has been tried.
    fn finished(&mut self, verified: &Verified);
    /// A revision has been applied, and nothing is to be told of it.
    fn passed(&mut self);
    /// A comparison has something to tell beside its result. Who says nothing to it passes over it.
    fn noticed(&mut self, _: &Aside<'_>) {}
}

/// Follows nothing; what it holds can cancel the rehearsal all the same.
#[derive(Debug)]
pub struct Silent(pub Control);

impl Observer for Silent {
    fn control(&self) -> &Control {
        &self.0
    }

    fn started(&mut self, _: &RevisionId) {}

    fn finished(&mut self, _: &Verified) {}

    fn passed(&mut self) {}
}

/// What a comparison tells beside its result.
#[derive(Debug)]
pub enum Aside<'a> {
    /// The file of a database is not there: it counts as an empty one.
    MissingFile {
        /// The database.
        url: &'a DatabaseUrl,
    },
    /// An empty database is to be stamped as one that has these revisions, and no script runs.
    StampOfEmpty {
        /// The version rows that it gets.
        rows: &'a [RevisionId],
    },
    /// A revision serves this kind of database too, and there is none to try on: it does nothing there.
    NothingToTryOn {
        /// The kind.
        dialect: Dialect,
    },
    /// Of these objects it is not known whether only the spelling differs. They count as different.
    Unsettled {
        /// The objects.
        objects: &'a [ObjectName],
        /// Why they could not be loaded.
        why: &'a ScratchError,
    },
    /// The same scripts build this value otherwise each time they run. It is not compared.
    Volatile {
        /// The object that has it.
        object: &'a ObjectName,
        /// Which of its attributes it is.
        attribute: &'a Attribute,
    },
}

//! What the user has decided about a change.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::ObjectName;

/// What the user has said of the way between two schemas, which these alone do not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// What is called otherwise on the right.
    pub renames: Vec<Rename>,
    /// What NULLs and missing values of a column become, as SQL expressions, by the column on the right.
    pub fills: BTreeMap<ObjectName, String>,
    /// Objects on the right that may be built anew and filled with the rows of the old ones, where they cannot be
    /// altered.
    pub rebuilds: BTreeSet<ObjectName>,
    /// The lock-friendly form, in several parts (PostgreSQL).
    pub online: bool,
    /// All in one part, whatever it costs: a down script is one file.
    pub one_part: bool,
    /// The server, or the SQLite library, that the statements are for.
    pub server: ServerVersion,
    /// PostgreSQL: the role that runs the statements and owns what they make, as a catalog names it; none for the one
    /// that owns most.
    pub role: Option<String>,
    /// PostgreSQL: whether owners and grants of what both sides have are left as they are.
    pub ignores_privileges: bool,
}

/// A rename that a user, or the models' own history, has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rename {
    /// What is there on the left. A column is of kind [`crate::catalog::ObjectKind::Column`], with its table as
    /// relation; an enum label is named by its type with [`Rename::label`].
    pub from: ObjectName,
    /// What the object is called on the right.
    pub to: ObjectName,
    /// For a label of the enum type `from`: the old label and the new one.
    pub label: Option<(String, String)>,
}

impl Hints {
    /// What holds on the way back where the renames are undone on it too: under the names of the left.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let former = |name: &ObjectName| {
            let rename = self.renames.iter().find(|one| one.label.is_none() && one.to == *name);
            rename.map_or(name, |one| &one.from).clone()
        };
        Self {
            renames: self.renames.iter().rev().map(Rename::reversed).collect(),
            rebuilds: self.rebuilds.iter().map(former).collect(),
            ..self.clone()
        }
    }
}

impl Rename {
    /// The rename on the way back, from the right schema to the left one.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let label = self.label.as_ref().map(|(old, new)| (new.clone(), old.clone()));
        Self { from: self.to.clone(), to: self.from.clone(), label }
    }
}

/// PostgreSQL's `server_version_num` (150018), or SQLite's `sqlite3_libversion_number` (3050004).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct ServerVersion(pub u32);

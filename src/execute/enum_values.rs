//! Enum values that are used in the transaction that adds them, which PostgreSQL refuses. Pure.

use std::ops::Range;

use super::{Refusal, RefusalReason};
use crate::backend::PreparedStep;
use crate::config::TransactionMode;
use crate::excerpt::Excerpt;
use crate::graph::RevisionId;
use crate::sql::{Statement, is_same_type};

/// An enum value that has been added and not yet committed.
#[derive(Debug)]
struct Uncommitted {
    type_name: String,
    label: String,
    added_by: Option<RevisionId>,
}

/// What a transaction has done to enums so far.
#[derive(Debug, Default)]
pub(super) struct EnumChanges {
    values: Vec<Uncommitted>,
    /// Types that the transaction has made, where the values of such types can be used at once.
    exempt: Vec<String>,
    exempts_new_types: bool,
}

impl EnumChanges {
    /// A transaction that has done nothing yet; `exempts_new_types` says whether the server lets it use the values
    /// that it adds to types of its own.
    pub(super) fn new(exempts_new_types: bool) -> Self {
        Self { exempts_new_types, ..Self::default() }
    }

    /// Whether the transaction has done nothing to enums.
    fn is_empty(&self) -> bool {
        self.values.is_empty() && self.exempt.is_empty()
    }

    /// The uses of uncommitted values in the next script of the transaction, with their bytes of its text.
    pub(super) fn uses(
        &mut self,
        statements: &[Statement<'_>],
        revision: Option<&RevisionId>,
    ) -> Vec<(RefusalReason, Range<usize>)> {
        let mut uses = Vec::new();
        for statement in statements {
            uses.extend(self.values.iter().find_map(|value| value.used_by(statement, revision)));
            if let Some(type_name) = statement.created_enum().filter(|_| self.exempts_new_types) {
                self.exempt.push(type_name.to_owned());
            }
            if let Some(added) = statement.added_enum_value()
                && !self.exempt.iter().any(|name| is_same_type(name, added.type_name))
            {
                self.values.push(Uncommitted {
                    type_name: added.type_name.to_owned(),
                    label: added.label.into_owned(),
                    added_by: revision.cloned(),
                });
            }
        }
        uses
    }
}

impl Uncommitted {
    fn used_by(
        &self,
        statement: &Statement<'_>,
        revision: Option<&RevisionId>,
    ) -> Option<(RefusalReason, Range<usize>)> {
        let place = statement.enum_value_use(&self.type_name, &self.label)?;
        let reason = RefusalReason::UncommittedEnumValue {
            type_name: self.type_name.clone(),
            label: self.label.clone(),
            added_by: self.added_by.clone().filter(|added_by| revision != Some(added_by)),
        };
        Some((reason, place))
    }
}

/// Whether any of the statements makes an enum or adds a value to one.
pub(super) fn changes_enums(statements: &[Statement<'_>]) -> bool {
    statements
        .iter()
        .any(|statement| statement.added_enum_value().is_some() || statement.created_enum().is_some())
}

/// The uses of enum values in the transactions that add them. `changing` says of each step whether it
/// [`changes_enums`]; the scripts of transactions without such a step are not read.
pub(super) fn refused_uses(
    steps: &[PreparedStep],
    changing: &[bool],
    mode: TransactionMode,
    exempts_new_types: bool,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut transaction = EnumChanges::new(exempts_new_types);
    for (step, changes) in steps.iter().zip(changing) {
        let shares = mode == TransactionMode::All && !step.script.body.no_transaction;
        if !shares {
            transaction = EnumChanges::new(exempts_new_types);
        }
        if step.script.body.no_transaction || !changes && transaction.is_empty() {
            continue;
        }
        let statements = step.pieces();
        let revision = &step.step.revision;
        refusals.extend(transaction.uses(&statements, Some(revision)).into_iter().map(|(reason, span)| {
            Refusal {
                revision: revision.clone(),
                reason,
                excerpt: Excerpt::new(&step.script.path, &step.script.text, span),
            }
        }));
    }
    refusals
}

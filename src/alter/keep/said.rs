//! What statements tell of themselves.

use crate::alter::{Remark, Statement};
use crate::catalog::ObjectName;

/// The objects whose values the statements' remarks say are lost, each with what of it that is, in words.
pub(super) fn said(statements: &[Statement]) -> impl Iterator<Item = (&ObjectName, &str)> {
    statements.iter().flat_map(|statement| &statement.remarks).filter_map(|remark| match remark {
        Remark::Loses { object, what, .. } => Some((object, what.as_str())),
        _ => None,
    })
}

//! Functions and procedures.

use super::way::Way;
use crate::catalog::{ObjectName, Routine};

/// The way between two routines of one name and with the same types of arguments. `CREATE OR REPLACE` keeps grants and
/// what stands on the routine, and is taken where the server takes it: the result stays, no argument gets another
/// name, and no default is lost.
pub(super) fn way(name: &ObjectName, left: &Routine, right: &Routine) -> Way {
    let (lefts, rights) = (arguments(&left.arguments), arguments(&right.arguments));
    let is_taken = left.returns == right.returns
        && lefts.len() == rights.len()
        && lefts.iter().zip(&rights).all(|(left, right)| left.can_become(right));
    if is_taken {
        // The server writes CREATE OR REPLACE itself.
        Way::replace(name, right.definition.clone())
    } else {
        Way::Renew
    }
}

/// An argument as the server writes it.
#[derive(Debug, PartialEq, Eq)]
struct Argument<'t> {
    /// Mode, name and type.
    declaration: &'t str,
    has_default: bool,
}

impl Argument<'_> {
    /// Whether the right one may replace this: it may get a name or a default, but lose neither.
    fn can_become(&self, right: &Self) -> bool {
        let keeps_name = self.declaration == right.declaration
            || right.declaration.strip_suffix(self.declaration).is_some_and(|name| name.ends_with(' '));
        keeps_name && (right.has_default || !self.has_default)
    }
}

/// Splits a list of arguments at its commas.
fn arguments(list: &str) -> Vec<Argument<'_>> {
    let mut arguments = Vec::new();
    let (mut depth, mut quote, mut start) = (0_u32, None, 0);
    for (place, character) in list.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                arguments.extend(list.get(start..place).map(argument));
                start = place + 1;
            }
            _ => {}
        }
    }
    arguments.extend(list.get(start..).filter(|rest| !rest.trim().is_empty()).map(argument));
    arguments
}

fn argument(text: &str) -> Argument<'_> {
    match text.split_once(" DEFAULT ") {
        Some((declaration, _)) => Argument { declaration: declaration.trim(), has_default: true },
        None => Argument { declaration: text.trim(), has_default: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_or_replace_takes() {
        let can = |left: &str, right: &str| {
            let (lefts, rights) = (arguments(left), arguments(right));
            lefts.len() == rights.len()
                && lefts.iter().zip(&rights).all(|(left, right)| left.can_become(right))
        };
        assert!(can("a integer, b text", "a integer, b text DEFAULT 'x, y'::text"));
        assert!(can("integer", "a integer"));
        assert!(can("a numeric(10,2)", "a numeric(10,2)"));
        assert!(!can("a integer", "b integer"));
        assert!(!can("a integer", "integer"));
        assert!(!can("a integer DEFAULT 1", "a integer"));
        assert!(!can("a integer, OUT b integer", "a integer, OUT c integer"));
    }
}

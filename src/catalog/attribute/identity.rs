//! How an identity column is told: with what sets its sequence apart from the usual.

use super::SequenceAttribute;
use super::value::Value;
use crate::catalog::Identity;
use crate::sql::Dialect;

impl Value for Identity {
    fn text(&self, dialect: Dialect) -> Option<String> {
        let kind = if self.is_always { "always" } else { "by default" };
        let mut text = format!("{kind}, sequence {}", self.sequence_name);
        for attribute in SequenceAttribute::all(&self.sequence, &self.sequence) {
            if let Some(value) = attribute.texts(dialect).left {
                text.push_str(&format!(", {} {value}", attribute.name()));
            }
        }
        Some(text)
    }
}

//! What has been said beforehand of the way between schemas. Pure.

use std::collections::BTreeMap;

use super::decisions::{DecisionError, Decisions};
use super::names::NameError;
use crate::catalog::Catalog;
use crate::sql::Dialect;

/// What has been said beforehand of the way from one schema to another. The texts are those of the command's options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// What is called otherwise now, each `OLD:NEW`.
    pub renames: Vec<String>,
    /// The names of what goes and is not renamed.
    pub drops: Vec<String>,
    /// What missing values of columns become, each `COLUMN=EXPRESSION`.
    pub fills: Vec<String>,
    /// The names of what may be built anew where it cannot be altered.
    pub rebuilds: Vec<String>,
    /// Whether nothing has been renamed but what `renames` say.
    pub nothing_else_is_renamed: bool,
    /// Whether the way is to hold up others as little as can be.
    pub online: bool,
}

/// What has been said of the ways between several pairs of schemas, one for each kind of database. What names something that
/// one of them does not have is passed over there; that none has it is an error.
#[derive(Debug)]
pub struct SaidOfSeveral<'s> {
    said: &'s Said,
    pairs: usize,
    /// How often each text has been taken, by its option.
    times: BTreeMap<(&'static str, &'s str), usize>,
}

impl<'s> SaidOfSeveral<'s> {
    /// What was said beforehand, to be used for so many pairs of schemas.
    #[must_use]
    pub fn new(said: &'s Said, pairs: usize) -> Self {
        Self { said, pairs, times: BTreeMap::new() }
    }

    /// What was said of the way between the two schemas of one kind of database, as decisions. It is called once for each pair.
    ///
    /// # Errors
    /// [`DecisionError`] of a text that means nothing, or nothing in any of the pairs.
    pub fn decisions(
        &mut self,
        dialect: Dialect,
        (left, right): (&Catalog, &Catalog),
    ) -> Result<Decisions, DecisionError> {
        let said = self.said;
        if said.online && dialect == Dialect::Sqlite && self.pairs == 1 {
            return Err(DecisionError::OnlineOnSqlite);
        }
        let mut decisions = Decisions::new(said.nothing_else_is_renamed);
        decisions.hints.online = said.online;
        // Of a column's new name the table's may be needed.
        let (columns, others): (Vec<&String>, Vec<&String>) =
            said.renames.iter().partition(|text| text.split(':').next().is_some_and(|old| old.contains('.')));
        for text in others.into_iter().chain(columns) {
            self.pass("rename", text, decisions.rename(text, left, right))?;
        }
        for text in &said.drops {
            self.pass("drop", text, decisions.drop(text, left, right))?;
        }
        for text in &said.fills {
            self.pass("fill", text, decisions.fill(text, right))?;
        }
        for text in &said.rebuilds {
            self.pass("rebuild", text, decisions.rebuild(text, right))?;
        }
        Ok(decisions)
    }

    /// Passes over a text that means nothing for one pair, unless it is the last and none has had it.
    fn pass(
        &mut self,
        option: &'static str,
        text: &'s str,
        taken: Result<(), DecisionError>,
    ) -> Result<(), DecisionError> {
        let Err(error) = taken else { return Ok(()) };
        let is_unknown = matches!(
            error,
            DecisionError::Left(NameError::Nothing(_)) | DecisionError::Right(NameError::Nothing(_))
        );
        let times = self.times.entry((option, text)).or_default();
        *times += 1;
        if is_unknown && *times < self.pairs { Ok(()) } else { Err(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_none_of_several_schemas_has_is_an_error() {
        let said = Said { drops: vec!["users".to_owned()], ..Said::default() };
        let (postgres, sqlite) = (Catalog::empty(Dialect::Postgres), Catalog::empty(Dialect::Sqlite));
        let mut of_two = SaidOfSeveral::new(&said, 2);
        assert!(of_two.decisions(Dialect::Postgres, (&postgres, &postgres)).is_ok());
        assert!(of_two.decisions(Dialect::Sqlite, (&sqlite, &sqlite)).is_err());
        let mut of_one = SaidOfSeveral::new(&said, 1);
        assert!(of_one.decisions(Dialect::Postgres, (&postgres, &postgres)).is_err());
    }

    #[test]
    fn online_is_for_postgres() {
        let said = Said { online: true, ..Said::default() };
        let catalog = Catalog::empty(Dialect::Sqlite);
        let decisions =
            |pairs: usize| SaidOfSeveral::new(&said, pairs).decisions(Dialect::Sqlite, (&catalog, &catalog));
        assert!(matches!(decisions(1), Err(DecisionError::OnlineOnSqlite)));
        assert!(decisions(2).is_ok_and(|decisions| decisions.hints.online));
    }
}

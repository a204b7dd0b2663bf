//! Offline mode, from what was typed to the text of a run. Only who says `current` needs a database.

use std::borrow::Cow;

use thiserror::Error;

use super::offline::Offline;
use super::planning::plan_for;
use super::prepare::prepare;
use super::stamp::stamp_changes;
use super::unfold::unfolded_for;
use super::{Direction, ExecuteError, Options};
use crate::config::{Config, ConfigError, DatabaseUrl};
use crate::graph::{RevisionId, RevisionRange, RevisionSpec, SpecError};
use crate::ledger::Tables;
use crate::plan::{self, up_to_range};
use crate::script::ScriptDirectory;
use crate::sql::Dialect;

/// From where to where an offline migration leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationWay {
    /// Up or down.
    pub direction: Direction,
    /// Where the database stands before it; none for the base.
    pub start: Option<RevisionSpec>,
    /// The target that the way leads to.
    pub end: RevisionSpec,
}

/// From where to where an offline stamp leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampWay {
    /// Where the database stands before it; none for the base.
    pub start: Option<RevisionSpec>,
    /// The revisions that are stamped.
    pub ends: Vec<RevisionSpec>,
}

/// Why what was typed is no way.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OfflineWayError {
    /// An end is no target.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A way down has no beginning: without a database it is not known where it stands.
    #[error("downgrade --sql needs both ends of the way: FROM:TO")]
    NoStart {
        /// The end, as it was typed.
        end: String,
    },
    /// Several ranges of a stamp begin at different places.
    #[error("stamp --sql takes one start for all its ranges")]
    SeveralStarts,
}

impl MigrationWay {
    /// Reads `FROM:TO`, or `TO` alone on the way up. An open end is the base below, and `head` or the base where it leads to.
    ///
    /// # Errors
    /// [`OfflineWayError::Spec`] and [`OfflineWayError::NoStart`].
    pub fn parse(direction: Direction, text: &str) -> Result<Self, OfflineWayError> {
        let open_end = match direction {
            Direction::Up => "head",
            Direction::Down => "base",
        };
        if text.contains(':') {
            let range: RevisionRange = text.parse()?;
            let end = range.end.map_or_else(|| open_end.parse(), Ok)?;
            return Ok(Self { direction, start: range.start, end });
        }
        match direction {
            Direction::Up => Ok(Self { direction, start: None, end: text.parse()? }),
            Direction::Down => Err(OfflineWayError::NoStart { end: text.to_owned() }),
        }
    }
}

impl StampWay {
    /// Reads targets, or ranges `FROM:TO` that all begin at one place.
    ///
    /// # Errors
    /// [`OfflineWayError::Spec`] and [`OfflineWayError::SeveralStarts`].
    pub fn parse(texts: &[String]) -> Result<Self, OfflineWayError> {
        let mut way = Self { start: None, ends: Vec::with_capacity(texts.len()) };
        for text in texts {
            let target = match text.split_once(':') {
                None => text.as_str(),
                Some((from, to)) => {
                    let from: RevisionSpec = from.parse()?;
                    if way.start.as_ref().is_some_and(|known| *known != from) {
                        return Err(OfflineWayError::SeveralStarts);
                    }
                    way.start = Some(from);
                    to
                }
            };
            way.ends.push(target.parse()?);
        }
        Ok(way)
    }
}

/// The version rows that the start of a way stands for, and the scripts with the originals that they or its targets name.
/// `rows` are those of the database, where it starts at `current`.
///
/// # Errors
/// [`ExecuteError::Plan`] where the start leads nowhere, and [`ExecuteError::Unfold`].
pub fn rows_at<'s>(
    scripts: &'s ScriptDirectory,
    start: Option<&RevisionSpec>,
    targets: &[RevisionSpec],
    rows: Option<&[RevisionId]>,
) -> Result<(Cow<'s, ScriptDirectory>, Vec<RevisionId>), ExecuteError> {
    let rows = rows.filter(|_| start.is_some_and(RevisionSpec::is_from_current));
    let scripts = unfolded_for(scripts, rows.unwrap_or_default(), targets)?;
    let before = match start {
        Some(start) => up_to_range(scripts.graph(), start, rows)?,
        None => Vec::new(),
    };
    Ok((scripts, before))
}

/// The SQL of an offline run, and how much it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineText {
    /// The SQL.
    pub sql: String,
    /// How many revisions it applies, undoes or stamps.
    pub steps: usize,
}

impl Offline {
    /// What texts for the configured database need to know.
    ///
    /// # Errors
    /// [`ConfigError`] where no database is configured, or its URL is none.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let (dialect, schema, search_path) = match config.database_url()? {
            DatabaseUrl::Sqlite(_) => (Dialect::Sqlite, None, None),
            DatabaseUrl::Postgres(url) => {
                let search_path = url.search_path().map(str::to_owned);
                let schema = config.version_table_schema.clone().or_else(|| search_path.clone());
                (Dialect::Postgres, schema, search_path)
            }
        };
        Ok(Self {
            dialect,
            tables: Tables { schema, version: config.version_table.clone() },
            transaction: config.transaction,
            search_path,
            lock_timeout_ms: config.lock_timeout.as_millis(),
            statement_timeout_ms: config.statement_timeout.map(|timeout| timeout.as_millis()),
        })
    }

    /// The text of a migration. `rows` are the version rows of the database, where the way starts at `current`.
    ///
    /// # Errors
    /// [`ExecuteError`] of a way that leads nowhere, and of scripts that cannot run as they ask.
    pub fn migration_text(
        &self,
        scripts: &ScriptDirectory,
        way: &MigrationWay,
        rows: Option<&[RevisionId]>,
        options: &Options,
    ) -> Result<OfflineText, ExecuteError> {
        let named: Vec<RevisionSpec> = way.start.iter().chain([&way.end]).cloned().collect();
        let (scripts, before) = rows_at(scripts, way.start.as_ref(), &named, rows)?;
        let plan = plan_for(&scripts, way.direction, &way.end, &before)?;
        // The version of the server that the text is for is not known.
        let exempts_new_enums = true;
        let steps = prepare(&scripts, &plan, self.dialect, &self.tables, exempts_new_enums, options)?;
        Ok(OfflineText { sql: self.migration(&before, &steps), steps: steps.len() })
    }

    /// The text of a stamp. `rows` are the version rows of the database, where the way starts at `current`.
    ///
    /// # Errors
    /// [`ExecuteError`] of a way that leads nowhere, and of scripts that cannot be read.
    pub fn stamp_text(
        &self,
        scripts: &ScriptDirectory,
        way: &StampWay,
        rows: Option<&[RevisionId]>,
        options: &Options,
    ) -> Result<OfflineText, ExecuteError> {
        let named: Vec<RevisionSpec> = way.start.iter().chain(&way.ends).cloned().collect();
        let (scripts, before) = rows_at(scripts, way.start.as_ref(), &named, rows)?;
        let plan = plan::stamp(scripts.graph(), &before, &way.ends, false)?;
        let (rows, changes) = stamp_changes(&scripts, &plan, self.dialect, options)?;
        let longest = plan.after.iter().map(|id| id.as_str().chars().count()).max().unwrap_or(0);
        Ok(OfflineText { sql: self.stamp(&before, &rows, &changes, longest), steps: changes.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_ends_are_where_the_direction_leads() {
        let way = |direction, text| {
            let way = MigrationWay::parse(direction, text).map_err(|error| error.to_string())?;
            let start = way.start.map(|start| start.to_string()).unwrap_or_default();
            Ok::<_, String>((start, way.end.to_string()))
        };
        let ok = |start: &str, end: &str| Ok((start.to_owned(), end.to_owned()));
        assert_eq!(way(Direction::Up, "head"), ok("", "head"));
        assert_eq!(way(Direction::Up, "ab12:"), ok("ab12", "head"));
        assert_eq!(way(Direction::Down, "ab12:"), ok("ab12", "base"));
        assert_eq!(way(Direction::Down, "head:ab12"), ok("head", "ab12"));
        assert!(way(Direction::Down, "ab12").is_err_and(|error| error.contains("both ends")));
    }

    #[test]
    fn ranges_of_a_stamp_begin_at_one_place() {
        let way = |texts: &[&str]| {
            StampWay::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(way(&["ab12:cd34", "ab12:ef56"]).map(|way| way.ends.len()), Ok(2));
        assert_eq!(way(&["ab12:cd34", "cd34:ef56"]), Err(OfflineWayError::SeveralStarts));
        assert!(
            way(&["current:head"]).is_ok_and(|way| way.start.is_some_and(|start| start.is_from_current()))
        );
    }
}

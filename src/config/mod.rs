//! `alembic.toml`, `.env`, variables and flags, made into one [`Config`].
//!
//! A flag goes before a variable `REVGRAPH_KEY`, that before `[env.NAME]`, that before the top of
//! the file, and that before the default. Every source is checked whole, also where another goes
//! before it: an invalid value is never passed over. A variable that is empty counts as not set,
//! and one that starts with `REVGRAPH_` and names no key is ignored ([`misspelt_variables`] finds those that were meant).
//!
//! Relative paths of the file and of `.env` are relative to their folder; those of flags and of
//! the process environment are relative to the current folder.
//!
//! Nothing here writes: neither files nor the process environment.

mod configuration;
mod connection;
mod default_text;
mod desired_schema;
mod environment;
mod error;
mod expansion;
mod file;
mod key;
mod layer;
mod load;
mod path;
mod prisma_project;
mod resolve;
mod seeds;
mod server_signs;
mod sources;
mod suggestion;
mod surroundings;
mod template;
mod time_zone;
mod url;
mod values;

pub use configuration::Config;
pub use default_text::{config_text, default_config_text};
pub use desired_schema::DesiredSchema;
pub use error::{ConfigError, Location, Origin, Problem};
pub use file::FILE_NAME;
pub use key::misspelt_variables;
pub use load::environments;
pub use prisma_project::PrismaProject;
pub use seeds::Seeds;
pub use sources::Sources;
pub use suggestion::Suggestion;
pub use surroundings::Pointer;
pub use template::{TEMPLATE_PLACEHOLDERS, TemplateError};
pub use time_zone::TimeZone;
pub use url::{DatabaseUrl, PostgresUrl, ProgramUrl, SqliteLocation, SqliteMode, SqliteUrl, UrlError};
pub use values::{BackupPolicy, ChecksumPolicy, TransactionMode, ValueError, parse_duration};

#[cfg(test)]
mod tests;

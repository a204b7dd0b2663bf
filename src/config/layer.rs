//! The settings that one source gives, and how sources lie over each other.

use std::time::Duration;

use super::connection::ConnectionTable;
use super::desired_schema::{self, SchemaPaths};
use super::error::{ConfigError, Origin, Problem};
use super::key::Key;
use super::seeds;
use super::template;
use super::time_zone::TimeZone;
use super::values::{self, BackupPolicy, ChecksumPolicy, RawValue, TransactionMode, ValueError};
use crate::catalog::Ignore;
use crate::prisma::PrismaVersion;

/// A value whose meaning depends on who gave it: relative paths, and `${VARIABLE}`.
#[derive(Clone)]
pub(super) struct Setting<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

/// Which database a source names. It holds a password, hence no `Debug`.
#[derive(Clone)]
pub(super) enum DatabaseSetting {
    Url(Setting<String>),
    Connection(ConnectionTable),
}

/// The settings that one source gives: the flags, the variables, `[env.NAME]` or the top of the
/// file. Every value is valid in itself, also where another source goes before it.
#[derive(Clone, Default)]
pub(super) struct Layer {
    pub(super) database: Option<DatabaseSetting>,
    pub(super) version_locations: Option<Setting<Vec<String>>>,
    pub(super) recursive_version_locations: Option<bool>,
    pub(super) backup_location: Option<Setting<String>>,
    pub(super) backup: Option<BackupPolicy>,
    pub(super) backup_keep: Option<usize>,
    pub(super) version_table: Option<String>,
    pub(super) version_table_schema: Option<String>,
    pub(super) transaction: Option<TransactionMode>,
    pub(super) file_template: Option<Setting<String>>,
    pub(super) truncate_slug_length: Option<usize>,
    pub(super) timezone: Option<TimeZone>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) migration_lock_timeout: Option<Duration>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) checksums: Option<ChecksumPolicy>,
    pub(super) ignore: Option<Ignore>,
    pub(super) adopt_check: Option<bool>,
    pub(super) scratch_url: Option<Setting<String>>,
    pub(super) schema: Option<Setting<SchemaPaths>>,
    pub(super) schema_command: Option<Setting<Vec<String>>>,
    pub(super) prisma_version: Option<PrismaVersion>,
    pub(super) production: Option<bool>,
    pub(super) seed: Option<Setting<Vec<String>>>,
    pub(super) seed_command: Option<Setting<Vec<String>>>,
    pub(super) check_heads: Option<usize>,
}

impl Layer {
    /// Sets `key`, which messages call `path`.
    ///
    /// # Errors
    /// A value that the key cannot take.
    pub(super) fn set(
        &mut self,
        key: Key,
        path: &str,
        value: RawValue,
        origin: Origin,
    ) -> Result<(), ConfigError> {
        self.try_set(key, value, origin.clone()).map_err(|error| {
            let key = path.to_owned();
            ConfigError::at(origin, Problem::Invalid { key, error })
        })
    }

    /// Sets `key` to what the text of a flag or variable means.
    ///
    /// # Errors
    /// A value that the key cannot take.
    pub(super) fn set_text(&mut self, key: Key, text: &str, origin: Origin) -> Result<(), ConfigError> {
        let result = key.read(text).and_then(|value| self.try_set(key, value, origin.clone()));
        result.map_err(|error| {
            let key = key.name().to_owned();
            ConfigError::at(origin, Problem::Invalid { key, error })
        })
    }

    fn try_set(&mut self, key: Key, value: RawValue, origin: Origin) -> Result<(), ValueError> {
        match key {
            Key::Url => {
                let value = values::any_text(value)?;
                self.database = Some(DatabaseSetting::Url(Setting { value, origin }));
            }
            Key::VersionLocations => {
                let value = values::texts(value)?;
                self.version_locations = Some(Setting { value, origin });
            }
            Key::RecursiveVersionLocations => {
                self.recursive_version_locations = Some(values::boolean(value)?);
            }
            Key::BackupLocation => {
                let value = values::text(value)?;
                self.backup_location = Some(Setting { value, origin });
            }
            Key::Backup => self.backup = Some(values::backup_policy(value)?),
            Key::BackupKeep => self.backup_keep = Some(values::size(value)?),
            Key::VersionTable => self.version_table = Some(values::text(value)?),
            Key::VersionTableSchema => self.version_table_schema = Some(values::text(value)?),
            Key::Transaction => self.transaction = Some(values::transaction_mode(value)?),
            Key::FileTemplate => {
                let value = values::text(value)?;
                template::check(&value)?;
                self.file_template = Some(Setting { value, origin });
            }
            Key::TruncateSlugLength => self.truncate_slug_length = Some(values::size(value)?),
            Key::Timezone => self.timezone = Some(values::time_zone(value)?),
            Key::LockTimeout => self.lock_timeout = Some(values::duration(value)?),
            Key::MigrationLockTimeout => {
                self.migration_lock_timeout = Some(values::duration(value)?);
            }
            Key::StatementTimeout => self.statement_timeout = Some(values::duration(value)?),
            Key::AdoptCheck => self.adopt_check = Some(values::on_or_off(value)?),
            Key::Checksums => self.checksums = Some(values::checksum_policy(value)?),
            Key::Ignore => self.ignore = Some(values::ignore(value)?),
            Key::ScratchUrl => {
                let value = values::any_text(value)?;
                self.scratch_url = Some(Setting { value, origin });
            }
            Key::Schema => {
                let value = desired_schema::schema_paths(value)?;
                self.schema = Some(Setting { value, origin });
            }
            Key::SchemaCommand => {
                let value = values::texts(value)?;
                self.schema_command = Some(Setting { value, origin });
            }
            Key::CheckHeads => self.check_heads = Some(values::size(value)?),
            Key::PrismaVersion => self.prisma_version = Some(values::prisma_version(value)?),
            Key::Seed => {
                let value = seeds::seed_paths(value)?;
                self.seed = Some(Setting { value, origin });
            }
            Key::SeedCommand => {
                let value = values::texts(value)?;
                self.seed_command = Some(Setting { value, origin });
            }
            Key::Production => self.production = Some(values::boolean(value)?),
        }
        Ok(())
    }

    /// This layer laid over `lower`: what it gives, and `lower`'s for the rest.
    pub(super) fn over(self, lower: Self) -> Self {
        // Each of the two says where the schema is, and replaces the other.
        let says_schema = self.schema.is_some() || self.schema_command.is_some();
        let (lower_schema, lower_command) =
            if says_schema { (None, None) } else { (lower.schema, lower.schema_command) };
        // So do the two that say what the seeds are.
        let says_seed = self.seed.is_some() || self.seed_command.is_some();
        let (lower_seed, lower_seed_command) =
            if says_seed { (None, None) } else { (lower.seed, lower.seed_command) };
        Self {
            database: database_over(self.database, lower.database),
            version_locations: self.version_locations.or(lower.version_locations),
            recursive_version_locations: self
                .recursive_version_locations
                .or(lower.recursive_version_locations),
            backup_location: self.backup_location.or(lower.backup_location),
            backup: self.backup.or(lower.backup),
            backup_keep: self.backup_keep.or(lower.backup_keep),
            version_table: self.version_table.or(lower.version_table),
            version_table_schema: self.version_table_schema.or(lower.version_table_schema),
            transaction: self.transaction.or(lower.transaction),
            file_template: self.file_template.or(lower.file_template),
            truncate_slug_length: self.truncate_slug_length.or(lower.truncate_slug_length),
            timezone: self.timezone.or(lower.timezone),
            lock_timeout: self.lock_timeout.or(lower.lock_timeout),
            migration_lock_timeout: self.migration_lock_timeout.or(lower.migration_lock_timeout),
            statement_timeout: self.statement_timeout.or(lower.statement_timeout),
            checksums: self.checksums.or(lower.checksums),
            ignore: self.ignore.or(lower.ignore),
            adopt_check: self.adopt_check.or(lower.adopt_check),
            scratch_url: self.scratch_url.or(lower.scratch_url),
            schema: self.schema.or(lower_schema),
            schema_command: self.schema_command.or(lower_command),
            prisma_version: self.prisma_version.or(lower.prisma_version),
            production: self.production.or(lower.production),
            seed: self.seed.or(lower_seed),
            seed_command: self.seed_command.or(lower_seed_command),
            check_heads: self.check_heads.or(lower.check_heads),
        }
    }
}

/// Two `[connection]` tables are laid over each other; a URL and a table replace each other.
fn database_over(upper: Option<DatabaseSetting>, lower: Option<DatabaseSetting>) -> Option<DatabaseSetting> {
    use DatabaseSetting::Connection;
    match (upper, lower) {
        (Some(Connection(upper)), Some(Connection(lower))) => Some(Connection(upper.over(lower))),
        (upper, lower) => upper.or(lower),
    }
}

//! The keys of `alembic.toml` that hold one setting each.

use std::collections::BTreeMap;

use toml::de::{DeString, DeValue};

use super::suggestion::{Suggestion, nearest};
use super::url::LIBPQ_KEYWORDS;
use super::values::{RawValue, ValueError};

/// The table `[connection]`, whose keys are libpq's keywords.
pub(super) const CONNECTION: &str = "connection";
/// The table of the tables that `-n` selects.
pub(super) const ENV: &str = "env";

/// Declares [`Key`] from the names and the kinds of values, so that no list can lack one.
macro_rules! keys {
    ($($key:ident $name:literal $kind:ident,)*) => {
        /// A key that holds one setting. It can stand at the top of the file and in `[env.NAME]`,
        /// and be given as a variable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Key { $($key,)* }

        impl Key {
            /// All of them, in the order of the documentation.
            pub(super) const ALL: &[Self] = &[$(Self::$key,)*];

            /// The key as the configuration file writes it.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)* }
            }

            fn kind(self) -> Kind {
                match self { $(Self::$key => Kind::$kind,)* }
            }
        }
    };
}

keys! {
    Url "url" Text,
    VersionLocations "version_locations" List,
    RecursiveVersionLocations "recursive_version_locations" Boolean,
    BackupLocation "backup_location" Text,
    Backup "backup" Text,
    BackupKeep "backup_keep" Integer,
    VersionTable "version_table" Text,
    VersionTableSchema "version_table_schema" Text,
    Transaction "transaction" Text,
    FileTemplate "file_template" Text,
    TruncateSlugLength "truncate_slug_length" Integer,
    Timezone "timezone" Text,
    LockTimeout "lock_timeout" Text,
    MigrationLockTimeout "migration_lock_timeout" Text,
    StatementTimeout "statement_timeout" Text,
    Checksums "checksums" Text,
    AdoptCheck "adopt_check" Text,
    ScratchUrl "scratch_url" Text,
    Schema "schema" Paths,
    SchemaCommand "schema_command" List,
    PrismaVersion "prisma_version" Integer,
    Ignore "ignore" List,
    Production "production" Boolean,
    Seed "seed" Paths,
    SeedCommand "seed_command" List,
    CheckHeads "check_heads" Integer,
}

/// Tables whose keys are settings of the first level: `check` in `[adopt]` is `adopt_check`.
pub(super) const SECTIONS: [&str; 2] = ["adopt", "check"];

/// How text from a flag or variable is read.
enum Kind {
    Text,
    Boolean,
    Integer,
    List,
    /// One name, or a list.
    Paths,
}

impl Key {
    /// Finds the key that the configuration file writes so.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// The environment variable that sets the key: `REVGRAPH_TRANSACTION`.
    pub(super) fn variable(self) -> String {
        format!("REVGRAPH_{}", self.name().to_ascii_uppercase())
    }

    /// Reads the text of a flag or variable as a value of the key's type, such as the file would have.
    ///
    /// # Errors
    /// [`ValueError`] of a text that cannot be of that type.
    pub(super) fn read(self, text: &str) -> Result<RawValue, ValueError> {
        match self.kind() {
            Kind::Text => Ok(RawValue::Text(text.to_owned())),
            Kind::Boolean => read_boolean(text),
            Kind::Integer => match text.trim().parse() {
                Ok(number) => Ok(RawValue::Integer(number)),
                Err(_) => Err(ValueError::NotANumber),
            },
            Kind::List => read_list(text),
            Kind::Paths if text.trim_start().starts_with('[') => read_list(text),
            Kind::Paths => Ok(RawValue::Text(text.to_owned())),
        }
    }
}

fn read_boolean(text: &str) -> Result<RawValue, ValueError> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(RawValue::Boolean(true)),
        "false" | "0" | "no" | "off" => Ok(RawValue::Boolean(false)),
        _ => Err(ValueError::NotOneOf { value: text.to_owned(), allowed: vec!["true", "false"] }),
    }
}

/// A TOML array, or names separated by commas.
fn read_list(text: &str) -> Result<RawValue, ValueError> {
    let text = text.trim();
    if text.starts_with('[') {
        return match DeValue::parse(text) {
            Ok(value) => Ok(RawValue::from(value.get_ref())),
            Err(_) => Err(ValueError::NotAList),
        };
    }
    let names = text.split(',').map(str::trim);
    Ok(RawValue::List(
        names.filter(|name| !name.is_empty()).map(|name| RawValue::Text(name.to_owned())).collect(),
    ))
}

impl From<&DeValue<'_>> for RawValue {
    fn from(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Boolean(boolean) => Self::Boolean(*boolean),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Self::Integer(number),
                Err(_) => Self::Other("an integer beyond 64 bits"),
            },
            DeValue::Array(values) => {
                Self::List(values.iter().map(|value| Self::from(value.get_ref())).collect())
            }
            DeValue::Float(_) => Self::Other("a float"),
            DeValue::Datetime(_) => Self::Other("a date or time"),
            DeValue::Table(table) => {
                let entry = |(key, value): (&toml::Spanned<DeString<'_>>, &toml::Spanned<DeValue<'_>>)| {
                    (key.get_ref().to_string(), Self::from(value.get_ref()))
                };
                Self::Table(table.iter().map(entry).collect())
            }
        }
    }
}

/// What was probably meant by `key` at the top of the file or in `[env.NAME]`.
pub(super) fn suggest_setting(key: &str) -> Suggestion {
    // Names that mean the same to Alembic and others, and are not spelt alike.
    match key {
        "script_location" => return Suggestion::Nearest("version_locations".to_owned()),
        "sqlalchemy" | "sqlalchemy_url" | "database_url" | "dsn" => {
            return Suggestion::Nearest("url".to_owned());
        }
        _ => {}
    }
    if LIBPQ_KEYWORDS.contains(&key) || key == "password_file" {
        return Suggestion::BelongsIn("in [connection]");
    }
    let names = || {
        let keys = Key::ALL.iter().map(|key| key.name());
        keys.chain([CONNECTION, ENV])
    };
    match nearest(key, names()) {
        Some(name) => Suggestion::Nearest(name.to_owned()),
        None => Suggestion::OneOf(names().collect()),
    }
}

/// The variable that was probably meant by one that sets no key: at most two letters apart, since other programs have
/// variables of such names too.
fn misspelt_variable(name: &str) -> Option<String> {
    const MOST_LETTERS_APART: usize = 2;
    const SHORTEST: usize = 6;
    let key = name.strip_prefix("REVGRAPH_")?.to_ascii_lowercase();
    if Key::from_name(&key).is_some() || key == "config" || key.len() < SHORTEST {
        return None;
    }
    let distance = |known: &Key| strsim::damerau_levenshtein(&key, known.name());
    let (nearest, distance) =
        Key::ALL.iter().map(|known| (known, distance(known))).min_by_key(|(_, d)| *d)?;
    (distance <= MOST_LETTERS_APART).then(|| nearest.variable())
}

/// The variables of a process whose names are nearly those of settings, each with the one that was probably meant.
#[must_use]
pub fn misspelt_variables(environment: &BTreeMap<String, String>) -> Vec<(&str, String)> {
    let meant = |name| misspelt_variable(name).map(|meant| (name, meant));
    environment.keys().filter_map(|name| meant(name.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_variable_is_noticed_and_others_are_left_alone() {
        assert_eq!(misspelt_variable("REVGRAPH_TRANSACTIN").as_deref(), Some("REVGRAPH_TRANSACTION"));
        assert_eq!(misspelt_variable("REVGRAPH_LOCKTIMEOUT").as_deref(), Some("REVGRAPH_LOCK_TIMEOUT"));
        // The last two are what Kubernetes sets for a service of this name.
        for name in [
            "REVGRAPH_TRANSACTION",
            "REVGRAPH_CONFIG",
            "TRANSACTIN",
            "REVGRAPH_PORT",
            "REVGRAPH_SERVICE_HOST",
        ] {
            assert_eq!(misspelt_variable(name), None, "{name}");
        }
    }

    #[test]
    fn lists_are_names_or_an_array() {
        let list = |names: &[&str]| {
            let names = names.iter().map(|name| RawValue::Text((*name).to_owned()));
            Ok(RawValue::List(names.collect()))
        };
        for (text, names) in
            [("a", vec!["a"]), ("a, b ,,c", vec!["a", "b", "c"]), ("[\"a,b\", 'c']", vec!["a,b", "c"])]
        {
            assert!(Key::VersionLocations.read(text) == list(&names), "{text}");
        }
        assert!(Key::VersionLocations.read("[\"a\"") == Err(ValueError::NotAList));
    }

    #[test]
    fn booleans_and_numbers_are_read_or_refused() {
        let boolean = |text| Key::RecursiveVersionLocations.read(text);
        assert!(boolean("Yes") == Ok(RawValue::Boolean(true)));
        assert!(boolean("0") == Ok(RawValue::Boolean(false)));
        assert!(matches!(boolean("maybe"), Err(ValueError::NotOneOf { .. })));
        assert!(Key::TruncateSlugLength.read(" 12 ") == Ok(RawValue::Integer(12)));
        assert!(Key::TruncateSlugLength.read("many") == Err(ValueError::NotANumber));
    }

    #[test]
    fn suggestions_know_alembic_and_the_other_table() {
        for (key, suggestion) in [
            ("verzion_table", "did you mean `version_table`?"),
            ("script_location", "did you mean `version_locations`?"),
            ("password", "it belongs in [connection]"),
        ] {
            assert_eq!(suggest_setting(key).to_string(), suggestion, "{key}");
        }
        let all = suggest_setting("zzzzzz").to_string();
        assert!(all.starts_with("the known names are: url, version_locations, "));
    }
}

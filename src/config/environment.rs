//! The variables: the process environment, and beneath it the `.env` file.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{ConfigError, Origin, Problem};

use crate::regular_file;

/// The variables that the configuration may use.
pub(super) struct Environment<'a> {
    process: &'a BTreeMap<String, String>,
    dot_env: DotEnv,
}

/// The `.env` file of a folder: in it, else in the nearest folder above that has one, as where one file serves several
/// projects; else where Prisma looks, beside its models.
pub(super) fn dot_env_of(directory: &Path) -> Option<PathBuf> {
    let above = directory.ancestors().map(|folder| folder.join(".env"));
    // A folder of this name is a Python virtual environment.
    above.chain([directory.join("prisma/.env")]).find(|path| regular_file::is_there(path))
}

/// What the readable lines of a `.env` file assign; nothing where it cannot be read.
pub(super) fn values_of(file: &Path) -> BTreeMap<String, String> {
    DotEnv::load(file.to_owned()).map(|dot_env| dot_env.values).unwrap_or_default()
}

/// A variable's value and where it comes from.
pub(super) struct Variable {
    pub(super) value: String,
    pub(super) origin: Origin,
}

impl<'a> Environment<'a> {
    /// The variables of `process`, and those of the `.env` file of `directory` that `process` lacks: see
    /// [`dot_env_of`].
    ///
    /// # Errors
    /// [`ConfigError`] of a `.env` file that is there and cannot be read as a file; its lines are judged by
    /// [`Self::get`].
    pub(super) fn load(process: &'a BTreeMap<String, String>, directory: &Path) -> Result<Self, ConfigError> {
        let dot_env = dot_env_of(directory).map(DotEnv::load).transpose()?.unwrap_or_default();
        Ok(Self { process, dot_env })
    }

    /// The variable `name`, which may be empty.
    ///
    /// # Errors
    /// Where only a line of `.env` assigns it, and that line cannot be read.
    pub(super) fn get(&self, name: &str) -> Result<Option<Variable>, ConfigError> {
        if let Some(value) = self.process.get(name) {
            return Ok(Some(Variable { value: value.clone(), origin: Origin::Variable(name.to_owned()) }));
        }
        self.dot_env.get(name)
    }

    /// The variable `name` unless it is empty: a setting that is an empty variable counts as not given, as it comes
    /// from `VARIABLE: ${UNSET}` in Compose files and CI definitions.
    ///
    /// # Errors
    /// Those of [`Self::get`].
    pub(super) fn setting(&self, name: &str) -> Result<Option<Variable>, ConfigError> {
        let variable = self.get(name)?;
        Ok(variable.filter(|variable| !variable.value.trim().is_empty()))
    }
}

/// The variables of a `.env` file, which may not exist. As other readers of such files do, dotenvy
/// replaces `$NAME` and `${NAME}` outside single quotes, by the process's variables or lines above.
#[derive(Default)]
struct DotEnv {
    path: PathBuf,
    values: BTreeMap<String, String>,
    /// Variables that a line assigns, with its number, and that the parser did not understand.
    /// They matter only when asked for: the file is other programs' as well.
    unreadable: BTreeMap<String, usize>,
}

impl DotEnv {
    fn load(path: PathBuf) -> Result<Self, ConfigError> {
        match regular_file::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(path, &text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(ConfigError::new(Problem::Unreadable { path, reason: error.to_string() })),
        }
    }

    fn parse(path: PathBuf, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // dotenvy rejects a last line that ends in a space and not in a line break.
        let text = &format!("{text}\n");
        let mut values = BTreeMap::new();
        let mut failed = false;
        for assignment in dotenvy::from_read_iter(text.as_bytes()) {
            match assignment {
                // As in `dotenvy::dotenv`, the first assignment counts.
                Ok((name, value)) => drop(values.entry(name).or_insert(value)),
                // The error quotes the line, so none of it is kept.
                Err(_) => failed = true,
            }
        }
        let unreadable = if failed {
            assigned_names(text)
                .filter(|(name, _)| !values.contains_key(*name))
                .map(|(name, line)| (name.to_owned(), line))
                .collect()
        } else {
            BTreeMap::new()
        };
        Self { path, values, unreadable }
    }

    fn get(&self, name: &str) -> Result<Option<Variable>, ConfigError> {
        if let Some(value) = self.values.get(name) {
            return Ok(Some(Variable {
                value: value.clone(),
                origin: Origin::DotEnv { path: self.path.clone(), variable: name.to_owned() },
            }));
        }
        match self.unreadable.get(name) {
            None => Ok(None),
            Some(line) => Err(ConfigError::new(Problem::UnreadableVariable {
                variable: name.to_owned(),
                path: self.path.clone(),
                line: *line,
            })),
        }
    }
}

/// The names that the lines of a `.env` file assign, with the numbers of the lines.
fn assigned_names(text: &str) -> impl Iterator<Item = (&str, usize)> {
    text.lines().zip(1..).filter_map(|(line, number)| {
        let (name, _) = line.split_once('=')?;
        let name = name.trim();
        let name = name.strip_prefix("export ").unwrap_or(name).trim_start();
        (!name.is_empty() && !name.starts_with('#')).then_some((name, number))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn value(dot_env: &DotEnv, name: &str) -> Option<String> {
        dot_env.get(name).unwrap().map(|variable| variable.value)
    }

    #[test]
    fn a_dot_env_file_has_quotes_comments_and_exports() {
        let dot_env = DotEnv::parse(
            PathBuf::from("/x/.env"),
            "\u{feff}A=1\n# B=2\nexport C='p#$w'  # note\nD=\"two words\"\nA=3\nE=5 ",
        );
        assert_eq!(value(&dot_env, "A").as_deref(), Some("1"));
        assert_eq!(value(&dot_env, "B"), None);
        assert_eq!(value(&dot_env, "C").as_deref(), Some("p#$w"));
        assert_eq!(value(&dot_env, "D").as_deref(), Some("two words"));
        assert_eq!(value(&dot_env, "E").as_deref(), Some("5"));
    }

    #[test]
    fn an_unreadable_line_matters_only_when_its_variable_is_asked_for() {
        let dot_env =
            DotEnv::parse(PathBuf::from("/x/.env"), "NAME=two words\nURL=sqlite:a.db\nNOTE='it\nLAST=1\n");
        assert_eq!(value(&dot_env, "URL").as_deref(), Some("sqlite:a.db"));
        assert_eq!(value(&dot_env, "OTHER"), None);
        let error = dot_env.get("NAME").err().unwrap();
        assert_eq!(error.to_string(), "/x/.env:1: the value of NAME cannot be read");
        // The open quote swallows the line after it: its variable is not taken for unset.
        assert!(dot_env.get("LAST").is_err());
    }

    #[test]
    fn the_process_environment_goes_first_even_where_it_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".env"), "A=file\nB=file\n").unwrap();
        let process = BTreeMap::from([("A".to_owned(), String::new())]);
        let environment = Environment::load(&process, folder.path()).unwrap();
        assert_eq!(environment.get("A").unwrap().unwrap().value, "");
        assert!(environment.setting("A").unwrap().is_none());
        assert_eq!(environment.get("B").unwrap().unwrap().value, "file");
    }

    #[test]
    fn a_folder_named_dot_env_is_no_file_of_variables() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".env")).unwrap();
        assert!(Environment::load(&BTreeMap::new(), folder.path()).is_ok());
    }
}

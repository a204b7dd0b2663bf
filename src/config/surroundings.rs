//! What a folder tells of the database of the project in it, before there is an `alembic.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use super::PrismaProject;
use super::environment::{self, Environment};
use super::resolve::URL_VARIABLES;
use super::server_signs;

use crate::regular_file;

/// Something that tells `init` which database a project has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointer {
    /// The user.
    Given {
        /// The URL, without secrets.
        url: String,
    },
    /// A variable with the URL, of the process or of the `.env` file at this path.
    Variable {
        /// The name of the variable.
        name: String,
        /// The `.env` file; none for the process's environment.
        file: Option<PathBuf>,
    },
    /// A file says which variable holds the URL, or names a server and leaves the URL open.
    Tool {
        /// The file.
        file: PathBuf,
        /// The variable that is to hold the URL.
        variable: String,
    },
    /// A variable of the process tells a part of a server, such as `PGHOST`.
    Part {
        /// The name of the variable.
        name: String,
        /// The variable that is to hold the URL.
        variable: String,
    },
    /// Another tool's file names a SQLite database.
    Sqlite {
        /// The file.
        file: PathBuf,
        /// The URL, relative to the folder of the project.
        url: String,
    },
    /// Nothing.
    Nowhere,
}

impl Pointer {
    /// Looks around in `folder` and, for `.env` files, above it. `process` tells variables of the process.
    #[must_use]
    pub fn found(folder: &Path, process: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |value: Option<String>| value.is_some_and(|value| !value.trim().is_empty());
        if let Some(name) = URL_VARIABLES.into_iter().find(|name| is_set(process(name))) {
            return Self::Variable { name: name.to_owned(), file: None };
        }
        if let Some(found) = in_dot_env(folder) {
            return found;
        }
        in_prisma(folder)
            .or_else(|| under_another_name(folder))
            .or_else(|| in_alembic(folder))
            .or_else(|| in_rust(folder))
            .or_else(|| server_of(folder, process))
            .unwrap_or(Self::Nowhere)
    }

    /// The value of `url` for the configuration; none where nothing is known.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        match self {
            Self::Variable { name, .. }
            | Self::Tool { variable: name, .. }
            | Self::Part { variable: name, .. } => Some(format!("${{{name}}}")),
            Self::Sqlite { url, .. } | Self::Given { url } => Some(url.clone()),
            Self::Nowhere => None,
        }
    }
}

/// The `.env` file that a configuration in `folder` reads.
fn in_dot_env(folder: &Path) -> Option<Pointer> {
    let file = environment::dot_env_of(folder)?;
    let nothing = std::collections::BTreeMap::new();
    let environment = Environment::load(&nothing, folder).ok()?;
    // A line that cannot be read assigns the variable all the same.
    let is_set = |name: &&str| !matches!(environment.setting(name), Ok(None));
    let name = URL_VARIABLES.into_iter().find(is_set)?;
    Some(Pointer::Variable { name: name.to_owned(), file: Some(file) })
}

/// The one variable of the `.env` file that holds the URL of a server, whatever it is called.
fn under_another_name(folder: &Path) -> Option<Pointer> {
    let file = environment::dot_env_of(folder)?;
    let values = environment::values_of(&file);
    let name = server_signs::only_url(&values)?.to_owned();
    Some(Pointer::Variable { name, file: Some(file) })
}

/// What tells that the database is on a server, and leaves open on which.
fn server_of(folder: &Path, process: impl Fn(&str) -> Option<String>) -> Option<Pointer> {
    let variable = default_variable();
    if let Some(name) = server_signs::part_in(process) {
        return Some(Pointer::Part { name: name.to_owned(), variable });
    }
    let is_meant = |file: &PathBuf| {
        let values = environment::values_of(file);
        server_signs::is_in_parts(&values) || URL_VARIABLES.iter().any(|name| values.contains_key(*name))
    };
    let dot_env = environment::dot_env_of(folder).filter(is_meant);
    let file = dot_env.or_else(|| server_signs::file_near(folder))?;
    Some(Pointer::Tool { file, variable })
}

/// Prisma's `datasource`: `provider = "postgresql"`, `url = env("DATABASE_URL")` or `url = "file:./dev.db"`.
fn in_prisma(folder: &Path) -> Option<Pointer> {
    let models = PrismaProject::models(folder)?;
    let mut files = if models.is_dir() {
        fs::read_dir(&models).ok()?.flatten().map(|entry| entry.path()).collect()
    } else {
        vec![models]
    };
    files.sort();
    let (file, text) = files.into_iter().find_map(|file| {
        let text = regular_file::read_to_string(&file).ok()?;
        text.contains("datasource ").then_some((file, text))
    })?;
    let block = text.split("datasource ").nth(1)?.split('}').next()?;
    let value_of = |key: &str| {
        let line = block.lines().map(str::trim).find(|line| line.split(['=', ' ']).next() == Some(key))?;
        line.split_once('=').map(|(_, value)| value.trim())
    };
    let provider = value_of("provider")?.trim_matches('"');
    let url = value_of("url").unwrap_or_default();
    let variable =
        url.strip_prefix("env(").map(|rest| rest.trim_end_matches(')').trim_matches('"').to_owned());
    match (provider, variable) {
        ("postgresql" | "postgres" | "cockroachdb" | "sqlite", Some(variable)) => {
            Some(Pointer::Tool { file, variable })
        }
        ("postgresql" | "postgres" | "cockroachdb", None) => {
            Some(Pointer::Tool { file, variable: default_variable() })
        }
        ("sqlite", None) => {
            // Prisma's path is relative to the schema.
            let path = url.trim_matches('"').strip_prefix("file:")?.trim_start_matches("./").to_owned();
            let below = file.parent()?.strip_prefix(folder).ok()?.join(path);
            Some(Pointer::Sqlite { file, url: format!("sqlite:{}", below.display()) })
        }
        _ => None,
    }
}

/// Alembic's `sqlalchemy.url`. One of a server may hold a password and is not copied; where it is the template's, or
/// there is none, `env.py` knows it, and a server is meant as likely as not.
fn in_alembic(folder: &Path) -> Option<Pointer> {
    let file = folder.join("alembic.ini");
    let text = regular_file::read_to_string(&file).ok()?;
    let line = text.lines().map(str::trim).find(|line| line.starts_with("sqlalchemy.url"));
    let url = line.and_then(|line| line.split_once('=')).map(|(_, url)| url.trim().to_owned());
    match url {
        Some(url) if url.starts_with("sqlite:") => Some(Pointer::Sqlite { file, url }),
        _ => Some(Pointer::Tool { file, variable: default_variable() }),
    }
}

/// Diesel and SQLx read `DATABASE_URL`.
fn in_rust(folder: &Path) -> Option<Pointer> {
    let places = ["diesel.toml", "sqlx.toml", ".sqlx"].map(|place| folder.join(place));
    let file = places.into_iter().find(|place| place.exists())?;
    Some(Pointer::Tool { file, variable: default_variable() })
}

fn default_variable() -> String {
    let [first, ..] = URL_VARIABLES;
    first.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("services/api");
        fs::create_dir_all(project.join("prisma")).unwrap();
        for (path, text) in files {
            fs::create_dir_all(project.join(path).parent().unwrap()).unwrap();
            fs::write(project.join(path), text).unwrap();
        }
        Pointer::found(&project, |_| None).url()
    }

    #[test]
    fn variables_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let process = |name: &str| (name == "POSTGRES_DSN").then(|| "postgres://h/d".to_owned());
        assert_eq!(Pointer::found(folder.path(), process).url().as_deref(), Some("${POSTGRES_DSN}"));
        assert_eq!(Pointer::found(folder.path(), |_| Some(String::new())), Pointer::Nowhere);
    }

    #[test]
    fn files_of_variables_are_found_here_and_above() {
        assert_eq!(found(&[(".env", "POSTGRES_DSN=postgres://h/d\n")]).as_deref(), Some("${POSTGRES_DSN}"));
        assert_eq!(found(&[("../../.env", "DATABASE_URL=x\n")]).as_deref(), Some("${DATABASE_URL}"));
        assert_eq!(found(&[("../../.env", "OTHER=x\n")]), None);
    }

    #[test]
    fn a_server_that_is_meant_is_no_sqlite_file() {
        let of = |file: &str, text: &str| found(&[(file, text)]);
        let database_url = Some("${DATABASE_URL}".to_owned());
        assert_eq!(of("../../.env", "DB_URL='postgresql+asyncpg://u:p@h/d'\n").as_deref(), Some("${DB_URL}"));
        assert_eq!(of(".env", "POSTGRES_USER=u\nPOSTGRES_PASSWORD=p\n"), database_url);
        assert_eq!(of(".env", "DATABASE_URL=\n"), database_url);
        assert_eq!(of(".env.local", "DATABASE_URL=postgres://u@h/d\n"), database_url);
        assert_eq!(of("docker-compose.yml", "services:\n  db:\n    image: postgis/postgis\n"), database_url);
        assert_eq!(of("docker-compose.yml", "services:\n  cache:\n    image: redis\n"), None);
        let folder = tempfile::tempdir().unwrap();
        let process = |name: &str| (name == "PGHOST").then(|| "h".to_owned());
        assert_eq!(Pointer::found(folder.path(), process).url(), database_url);
    }

    #[test]
    fn other_tools_say_what_is_meant() {
        let prisma = |text: &str| found(&[("prisma/schema.prisma", text)]);
        let postgres = "datasource db {\n  provider = \"postgresql\"\n  url = env(\"SHOP_URL\")\n}\n";
        assert_eq!(prisma(postgres).as_deref(), Some("${SHOP_URL}"));
        let without_url =
            "generator x {\n provider = \"y\"\n}\ndatasource db {\n provider = \"postgresql\"\n}\n";
        assert_eq!(prisma(without_url).as_deref(), Some("${DATABASE_URL}"));
        let sqlite = "datasource db {\n  provider = \"sqlite\"\n  url = \"file:./dev.db\"\n}\n";
        assert_eq!(prisma(sqlite).as_deref(), Some("sqlite:prisma/dev.db"));
        assert_eq!(found(&[("prisma/schema/base.prisma", postgres)]).as_deref(), Some("${SHOP_URL}"));
        let named = found(&[
            ("prisma.config.ts", "export default { schema: 'db/m.prisma' }"),
            ("db/m.prisma", postgres),
        ]);
        assert_eq!(named.as_deref(), Some("${SHOP_URL}"));
        let ini = |url: &str| found(&[("alembic.ini", &format!("[alembic]\nsqlalchemy.url = {url}\n"))]);
        assert_eq!(ini("postgresql+psycopg2://u:secret@h/d").as_deref(), Some("${DATABASE_URL}"));
        assert_eq!(ini("driver://user:pass@localhost/dbname").as_deref(), Some("${DATABASE_URL}"));
        assert_eq!(ini("sqlite:///app.db").as_deref(), Some("sqlite:///app.db"));
        assert_eq!(found(&[("diesel.toml", "")]).as_deref(), Some("${DATABASE_URL}"));
        assert_eq!(found(&[]), None);
    }
}

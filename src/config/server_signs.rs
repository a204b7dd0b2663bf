//! What tells that a project's database is on a server, where no variable that revgraph looks for names it. A new
//! configuration must not send such a project to a new SQLite file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::regular_file;

/// Variables from which programs take a server, or its database, in parts: libpq's, those of PostgreSQL's container, and
/// those that frameworks advise.
const PARTS: [&str; 9] = [
    "PGHOST",
    "PGDATABASE",
    "PGSERVICE",
    "POSTGRES_HOST",
    "POSTGRES_SERVER",
    "POSTGRES_DB",
    "POSTGRES_USER",
    "DB_HOST",
    "DATABASE_HOST",
];

/// Files of variables that other programs read, and those that show what such a file is to hold.
const OTHER_FILES: [&str; 6] = [
    ".env.local",
    ".env.development",
    ".env.development.local",
    ".env.example",
    ".env.sample",
    ".env.template",
];

const COMPOSE_FILES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Files in which frameworks and other migrators keep their connections: Rails, Knex, Drizzle, TypeORM, Sequelize, Flyway,
/// Spring, Ecto.
const SETTINGS_FILES: [&str; 18] = [
    "config/database.yml",
    "knexfile.js",
    "knexfile.ts",
    "knexfile.cjs",
    "knexfile.mjs",
    "drizzle.config.ts",
    "drizzle.config.js",
    "drizzle.config.mjs",
    "ormconfig.json",
    "config/config.json",
    "flyway.conf",
    "flyway.toml",
    "conf/flyway.conf",
    "src/main/resources/application.properties",
    "src/main/resources/application.yml",
    "src/main/resources/application.yaml",
    "config/config.exs",
    "config/dev.exs",
];

/// What such files call a server, or its driver.
const ADAPTERS: [&str; 5] = ["postgres", "Postgres", "postgis", "'pg'", "\"pg\""];

/// What the images of such servers are called.
const IMAGES: [&str; 5] = ["postgres", "postgis", "timescale", "pgvector", "cockroach"];

/// The variable of the process that tells a part of a server.
pub(super) fn part_in(process: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    PARTS.into_iter().find(|name| process(name).is_some_and(|value| !value.trim().is_empty()))
}

/// Whether one of these variables tells a part of a server's address, such as its host.
pub(super) fn is_in_parts(values: &BTreeMap<String, String>) -> bool {
    part_in(|name| values.get(name).cloned()).is_some()
}

/// The only one of these variables that holds the URL of a server, but for those of databases that programs build and drop.
pub(super) fn only_url(values: &BTreeMap<String, String>) -> Option<&str> {
    let is_others = |name: &str| ["SHADOW", "TEST"].iter().any(|word| name.to_uppercase().contains(word));
    let mut found = values.iter().filter(|(name, value)| is_server_url(value) && !is_others(name));
    let (name, _) = found.next()?;
    found.next().is_none().then_some(name.as_str())
}

/// A file of the project that a server is meant by, and that revgraph does not read: in `folder`, or above it up to where the
/// repository begins.
pub(super) fn file_near(folder: &Path) -> Option<PathBuf> {
    let folders: Vec<&Path> = folder.ancestors().collect();
    let root = folders.iter().position(|folder| folder.join(".git").exists()).unwrap_or(0);
    folders.into_iter().take(root + 1).find_map(|folder| {
        let names_server = |name: &&str| {
            let Ok(text) = regular_file::read_to_string(folder.join(name)) else { return false };
            match *name {
                name if COMPOSE_FILES.contains(&name) => mentions(&text, &IMAGES),
                name if SETTINGS_FILES.contains(&name) => mentions(&text, &ADAPTERS),
                _ => names_url(&text),
            }
        };
        let mut files = OTHER_FILES.iter().chain(&COMPOSE_FILES).chain(&SETTINGS_FILES);
        files.find(|name| names_server(name)).map(|name| folder.join(name))
    })
}

/// Whether a line of a file of variables assigns the URL of a server.
fn names_url(text: &str) -> bool {
    let values = uncommented(text).filter_map(|line| line.split_once('='));
    values.map(|(_, value)| value).any(is_server_url)
}

/// Whether a line has one of these words: a Compose file the image of a server or its URL, settings its driver.
fn mentions(text: &str, words: &[&str]) -> bool {
    uncommented(text).any(|line| words.iter().any(|word| line.contains(word)))
}

fn uncommented(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with('#') && !line.starts_with("//"))
}

fn is_server_url(value: &str) -> bool {
    let value = value.trim().trim_start_matches(['"', '\'']);
    ["postgres:", "postgresql:", "postgresql+"].iter().any(|scheme| value.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn one_url_is_the_databases_and_two_leave_it_open() {
        let url = "postgresql+asyncpg://u@h/d";
        assert_eq!(only_url(&values(&[("DB_URL", url), ("OTHER", "x")])), Some("DB_URL"));
        assert_eq!(
            only_url(&values(&[("DB_URL", url), ("TEST_DB_URL", url), ("SHADOW", url)])),
            Some("DB_URL")
        );
        assert_eq!(only_url(&values(&[("A", url), ("B", url)])), None);
        assert_eq!(only_url(&values(&[("A", "mysql://h/d")])), None);
    }

    #[test]
    fn files_are_looked_for_up_to_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("services/api");
        fs::create_dir_all(&folder).unwrap();
        let compose = root.path().join("compose.yaml");
        fs::write(&compose, "services:\n  db:\n    image: postgres:17\n").unwrap();
        assert_eq!(file_near(&folder), None);
        fs::create_dir(root.path().join(".git")).unwrap();
        assert_eq!(file_near(&folder), Some(compose.clone()));
        fs::write(&compose, "services:\n  db:\n    # image: postgres:17\n    image: redis\n").unwrap();
        assert_eq!(file_near(&folder), None);
        fs::write(folder.join(".env.local"), "# x\nexport DATABASE_URL=\"postgres://u@h/d\"\n").unwrap();
        assert_eq!(file_near(&folder), Some(folder.join(".env.local")));
    }

    #[test]
    fn settings_of_other_tools_tell_what_they_connect_to() {
        let root = tempfile::tempdir().unwrap();
        for (name, server, other) in [
            (
                "config/database.yml",
                "development:\n  adapter: postgresql\n",
                "  adapter: sqlite3\n  # adapter: postgresql\n",
            ),
            ("knexfile.js", "module.exports = { client: 'pg' }", "// client: 'pg'\nclient: 'better-sqlite3'"),
            ("drizzle.config.ts", "dialect: \"postgresql\",", "dialect: \"sqlite\","),
            ("flyway.conf", "flyway.url=jdbc:postgresql://h/d", "flyway.url=jdbc:sqlite:dev.db"),
            ("config/dev.exs", "adapter: Ecto.Adapters.Postgres,", "adapter: Ecto.Adapters.SQLite3,"),
        ] {
            let file = root.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, other).unwrap();
            assert_eq!(file_near(root.path()), None, "{name}");
            fs::write(&file, server).unwrap();
            assert_eq!(file_near(root.path()), Some(file.clone()), "{name}");
            fs::remove_file(file).unwrap();
        }
    }
}

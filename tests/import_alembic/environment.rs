//! An Alembic environment as people have them, generated in a folder beside a project's scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::alembic::{PYTHON, sqlalchemy_url};
use crate::support::{Database, Project};

/// Alembic's own template, with a naming convention, and the URL from a variable.
const ENV_PY: &str = r#"
import os
from alembic import context
from sqlalchemy import MetaData, create_engine, pool

url = os.environ["SHOP_DATABASE_URL"]
metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})

if context.is_offline_mode():
    context.configure(url=url, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
"#;

/// An environment in the folder `shop` of a project.
pub struct Environment {
    pub folder: PathBuf,
}

/// A revision that is about to be written.
#[derive(Default)]
pub struct Revision<'r> {
    pub id: &'r str,
    /// Python: `None`, `'a'`, `('a', 'b')`.
    pub down_revision: &'r str,
    /// More declarations, as `depends_on = 'a'`.
    pub declares: &'r str,
    /// The bodies of both functions.
    pub upgrade: &'r str,
    pub downgrade: &'r str,
}

impl Environment {
    pub fn new(project: &Project) -> Self {
        assert!(
            Path::new(PYTHON).exists(),
            "Alembic is not installed in {PYTHON}: run the tests with scripts/test"
        );
        let folder = project.path("shop");
        fs::create_dir_all(folder.join("migrations/versions")).expect("a folder");
        let environment = Self { folder };
        environment.write("alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\n");
        environment.write("migrations/env.py", ENV_PY);
        environment
    }

    pub fn write(&self, relative: &str, content: &str) {
        fs::write(self.folder.join(relative), content).expect("it can be written");
    }

    /// Writes a revision.
    pub fn revision(&self, revision: &Revision<'_>) -> &Self {
        let Revision { id, down_revision, declares, upgrade, downgrade } = revision;
        let body = |text: &str| text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        let script = format!(
            "\"\"\"do {id}\n\nRevision ID: {id}\nRevises: {down_revision}\nCreate Date: 2025-03-04 05:06:07.891234\n\n\"\"\"\n\
             import sqlalchemy as sa\nfrom alembic import context, op\nfrom sqlalchemy.dialects import postgresql\n\n\
             revision = '{id}'\ndown_revision = {down_revision}\n{declares}\n\n\
             def upgrade():\n{}    pass\n\n\ndef downgrade():\n{}    pass\n",
            body(upgrade),
            body(downgrade)
        );
        self.write(&format!("migrations/versions/{}_do.py", id.replace(' ', "_")), &script);
        self
    }

    /// A revision that runs this SQL.
    pub fn sql(&self, id: &str, down_revision: &str, up: &str, down: &str) -> &Self {
        let execute =
            |sql: &str| if sql.is_empty() { String::new() } else { format!("op.execute('''{sql}''')") };
        let (upgrade, downgrade) = (execute(up), execute(down));
        self.revision(&Revision {
            id,
            down_revision,
            upgrade: &upgrade,
            downgrade: &downgrade,
            ..Revision::default()
        })
    }

    /// Runs `alembic` on a database; it is to succeed.
    #[track_caller]
    pub fn alembic(&self, database: &Database, arguments: &[&str]) {
        let output = Command::new(PYTHON)
            .args(["-m", "alembic"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SHOP_DATABASE_URL", sqlalchemy_url(database))
            .output()
            .expect("Python can be run");
        assert!(
            output.status.success(),
            "alembic {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// `revgraph import alembic`, with `SHOP_DATABASE_URL` naming a database that nobody may connect to.
    pub fn import_command(&self, project: &Project, arguments: &[&str]) -> Command {
        let folder = self.folder.to_str().expect("a folder");
        let mut command = project
            .command(&[&["import", "alembic", folder, "--python", PYTHON, "--json"], arguments].concat());
        let nowhere = if project.database.is_sqlite() {
            "sqlite:////nowhere/shop.db"
        } else {
            "postgresql+psycopg2://shop:top-secret@nowhere.invalid/shop"
        };
        command.env("SHOP_DATABASE_URL", nowhere);
        command
    }

    /// Imports it; the result.
    #[track_caller]
    pub fn import(&self, project: &Project, arguments: &[&str]) -> serde_json::Value {
        let output = self.import_command(project, arguments).output().expect("the binary can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it is JSON")
    }

    /// Imports it in vain; the error. Nothing may be written.
    #[track_caller]
    pub fn refused(&self, project: &Project, arguments: &[&str]) -> serde_json::Value {
        let before = listing(&project.path("versions"));
        let output = self.import_command(project, arguments).output().expect("the binary can be run");
        assert_ne!(output.status.code(), Some(0));
        assert_eq!(listing(&project.path("versions")), before, "something has been written");
        error_of(&output)
    }
}

pub fn error_of(output: &Output) -> serde_json::Value {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| line.starts_with("{\"error\"")).unwrap_or_else(|| panic!("{text}"));
    let mut told: serde_json::Value = serde_json::from_str(line).expect("it is JSON");
    told["error"].take()
}

fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is there").flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The text of a list of notes or causes.
pub fn texts(list: &serde_json::Value) -> String {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|item| format!("{}\n", item["message"].as_str().or(item.as_str()).unwrap_or_default()))
        .collect()
}

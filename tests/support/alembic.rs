//! The real Alembic, with an environment that has the same revisions as a project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Database, Project};

/// Where `scripts/test` installs it.
pub const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/alembic-venv/bin/python");

const ENVIRONMENT: &str = "\
from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(open('url').read(), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
";

/// An Alembic environment in a folder beside a project's scripts.
pub struct Alembic {
    folder: PathBuf,
}

/// A revision for both tools.
pub struct Shared<'s> {
    pub id: &'s str,
    pub down_revision: &'s [&'s str],
    pub depends_on: &'s [&'s str],
}

impl Alembic {
    /// An environment on the project's database.
    pub fn new(project: &Project) -> Self {
        assert!(
            Path::new(PYTHON).exists(),
            "Alembic is not installed in {PYTHON}: run the tests with scripts/test"
        );
        let folder = project.path("alembic");
        fs::create_dir_all(folder.join("versions")).expect("a folder");
        let alembic = Self { folder };
        alembic.write("alembic.ini", "[alembic]\nscript_location = %(here)s\n");
        alembic.write("env.py", ENVIRONMENT);
        alembic.write("url", &sqlalchemy_url(&project.database));
        alembic
    }

    /// Writes a revision for Alembic and the same for the project: it makes the table `t_ID`.
    pub fn share(&self, project: &Project, shared: &Shared<'_>) {
        let Shared { id, down_revision, depends_on } = shared;
        let depends = format!("depends_on: {}", depends_on.join(", "));
        let header: &[&str] = if depends_on.is_empty() { &[] } else { &[&depends] };
        project.table(id, &down_revision.join(", "), header);
        let (parents, depends_on) = (tuple(down_revision), tuple(depends_on));
        let script = format!(
            "from alembic import op\n\n\
             revision = '{id}'\ndown_revision = {parents}\ndepends_on = {depends_on}\nbranch_labels = None\n\n\
             def upgrade():\n    op.execute('CREATE TABLE t_{id} (id INTEGER PRIMARY KEY)')\n\n\
             def downgrade():\n    op.execute('DROP TABLE t_{id}')\n"
        );
        self.write(&format!("versions/{id}.py"), &script);
    }

    /// Runs `alembic` with these arguments; its standard output.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(PYTHON)
            .args(["-m", "alembic"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("Python can be run");
        assert!(
            output.status.success(),
            "alembic {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("its output is UTF-8")
    }

    fn write(&self, relative: &str, content: &str) {
        fs::write(self.folder.join(relative), content).expect("it can be written");
    }
}

fn tuple(ids: &[&str]) -> String {
    if ids.is_empty() {
        "None".to_owned()
    } else {
        format!("({})", ids.iter().map(|id| format!("'{id}',")).collect::<String>())
    }
}

/// The URL for SQLAlchemy with psycopg2.
pub fn sqlalchemy_url(database: &Database) -> String {
    match database {
        #[cfg(feature = "postgres")]
        Database::Postgres { name, .. } => {
            let cluster = super::cluster::cluster();
            let (user, folder, port) =
                (super::cluster::SUPERUSER, cluster.socket_folder().display(), cluster.port());
            format!("postgresql+psycopg2://{user}@/{name}?host={folder}&port={port}")
        }
        #[cfg(feature = "sqlite")]
        Database::Sqlite { path } => format!("sqlite:///{}", path.display()),
    }
}

//! The environment that the real Flask-Migrate makes and fills: its `env.py` asks the application for everything.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::alembic::{PYTHON, sqlalchemy_url};
use crate::support::{Database, Project, on_each_database};

on_each_database!(what_flask_db_migrate_wrote_is_imported,);

const APPLICATION: &str = r#"
import os
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Account(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), nullable=False, unique=True)
    # more columns


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["SHOP_DATABASE_URL"]
    db.init_app(app)
    Migrate(app, db)
    return app
"#;

/// Flask's application in the folder `shop` of a project.
struct Application {
    folder: PathBuf,
}

impl Application {
    fn new(project: &Project) -> Self {
        assert!(
            Path::new(PYTHON).exists(),
            "Flask-Migrate is not installed in {PYTHON}: run the tests with scripts/test"
        );
        let folder = project.path("shop");
        std::fs::create_dir_all(&folder).expect("a folder");
        let application = Self { folder };
        application.declare("");
        application
    }

    /// Declares further columns of the one table.
    fn declare(&self, columns: &str) {
        let text = APPLICATION.replace("# more columns", columns);
        std::fs::write(self.folder.join("shop.py"), text).expect("it can be written");
    }

    fn set_up(&self, command: &mut Command, database: &Database) {
        command
            .env("FLASK_APP", self.folder.join("shop.py"))
            .env("SHOP_DATABASE_URL", sqlalchemy_url(database));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
    }

    /// Runs `flask db` on a database; its standard output.
    #[track_caller]
    fn flask_db(&self, database: &Database, arguments: &[&str]) -> String {
        let mut flask = Command::new(PYTHON);
        flask.args(["-m", "flask", "db"]).args(arguments).current_dir(&self.folder);
        self.set_up(&mut flask, database);
        let output = flask.output().expect("Python can be run");
        assert!(
            output.status.success(),
            "flask db {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("its output is UTF-8")
    }
}

fn what_flask_db_migrate_wrote_is_imported(project: &Project) {
    let others = Project::new(project.database.kind());
    let application = Application::new(project);
    application.flask_db(&others.database, &["init"]);
    application.flask_db(&others.database, &["migrate", "-m", "accounts", "--rev-id", "f1"]);
    application.flask_db(&others.database, &["upgrade"]);
    application.declare("mail = db.Column(db.String(80), index=True)");
    application.flask_db(&others.database, &["migrate", "-m", "mail", "--rev-id", "f2"]);
    application.flask_db(&others.database, &["upgrade"]);

    let folder = application.folder.join("migrations");
    let folder = folder.to_str().expect("a folder");
    let mut import = project.command(&["import", "alembic", folder, "--python", PYTHON, "--json"]);
    application.set_up(&mut import, &project.database);
    let output = import.output().expect("the binary can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let imported: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!(imported["summary"], "2 offline, 0 recorded", "{imported}");

    project.takes(&["upgrade"], &["f1", "f2"], &["f2"]);
    let url = others.database.url();
    let diff = project.json(&["diff", &url, "database"]).json();
    assert_eq!(diff["differences"], serde_json::json!([]), "{diff}");
    assert!(application.flask_db(&project.database, &["current"]).contains("f2 (head)"));

    project.takes(&["downgrade", "-1", "--yes"], &["f2"], &["f1"]);
    application.flask_db(&others.database, &["downgrade", "f1"]);
    let diff = project.json(&["diff", &url, "database"]).json();
    assert_eq!(diff["differences"], serde_json::json!([]), "{diff}");
    application.flask_db(&project.database, &["upgrade"]);
    assert_eq!(project.database.version_rows(), ["f2"]);
}

//! What a database says of its schema, compared, written down and built again.

pub mod builds_again;
mod command;
#[cfg(feature = "postgres")]
mod everything;
mod followed;
#[cfg(feature = "postgres")]
mod followed_scripts;
mod generated;
#[cfg(feature = "postgres")]
mod postgres_attributes;
#[cfg(feature = "postgres")]
mod postgres_others;
#[cfg(feature = "postgres")]
mod queries;
#[cfg(feature = "postgres")]
mod server_settings;
#[cfg(feature = "sqlite")]
mod sqlite_attributes;

use revgraph::backend::{self, Access, Backend, Control};
use revgraph::catalog::{Catalog, Change, CompareOptions, Difference, compare};
use revgraph::config::{Config, Sources};

#[cfg(feature = "postgres")]
use crate::support::cluster::Cluster;
use crate::support::database::known_to_server;
use crate::support::{Database, Kind};

/// A database that is thrown away, with the folder that it may be in.
struct Scratch {
    database: Database,
    folder: tempfile::TempDir,
}

impl Scratch {
    fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { database: Database::new(kind, folder.path()), folder }
    }

    /// On a server that no other test uses.
    #[cfg(feature = "postgres")]
    fn on(cluster: &'static Cluster) -> Self {
        Self { database: Database::on(cluster), folder: tempfile::tempdir().expect("a folder") }
    }

    /// With the schema that these statements make.
    fn with(kind: Kind, sql: &str) -> Self {
        let scratch = Self::new(kind);
        scratch.database.execute(sql);
        scratch
    }

    /// One with the schema that these statements make; PostgreSQL takes long for a new database.
    fn again(self, sql: &str) -> Self {
        if self.database.is_sqlite() {
            return Self::with(self.database.kind(), sql);
        }
        self.database.execute(
            "DROP EVENT TRIGGER IF EXISTS watch; DROP EVENT TRIGGER IF EXISTS idle; \
             DROP PUBLICATION IF EXISTS parts, more, everything, nothing; \
             DROP FOREIGN DATA WRAPPER IF EXISTS far CASCADE; DROP SCHEMA IF EXISTS s; \
             DROP SCHEMA public CASCADE; CREATE SCHEMA public;",
        );
        self.database.execute(sql);
        self
    }

    fn backend(&self) -> Box<dyn Backend> {
        let config = Config::load(&Sources {
            current_directory: self.folder.path().to_owned(),
            url: Some(self.database.url()),
            ..Sources::default()
        });
        let config = config.expect("the configuration is good");
        let url = config.database_url().expect("there is a URL");
        backend::connect(&config, url, Access::Read, &Control::default()).expect("it can be connected to")
    }

    fn catalog(&self) -> Catalog {
        self.backend().catalog().expect("it can be described")
    }
}

/// A difference as one line, with an exclamation mark where making or undoing it loses data.
fn told(difference: &Difference) -> String {
    let change = match &difference.change {
        Change::Added => "added".to_owned(),
        Change::Removed => "removed".to_owned(),
        Change::Altered { attribute, left, right } => {
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            format!("{attribute}: {} -> {}", value(left), value(right))
        }
    };
    let loss = match (difference.loses_data.making, difference.loses_data.undoing) {
        (false, false) => "",
        (true, false) => " (making loses data)",
        (false, true) => " (undoing loses data)",
        (true, true) => " (both lose data)",
    };
    format!("{}: {change}{loss}", difference.object)
}

fn differences(left: &Catalog, right: &Catalog) -> Vec<String> {
    compare(left, right, &CompareOptions::default()).iter().map(told).collect()
}

/// What differs after each of these changes to a database with the schema `before`.
#[track_caller]
fn assert_changes(kind: Kind, before: &str, changes: &[(&str, &[&str])]) {
    let mut scratch = Scratch::with(kind, before);
    let left = scratch.catalog();
    let is_known = |change: &&str| !known_to_server(change).trim().is_empty();
    for (change, expected) in changes.iter().filter(|(change, _)| is_known(change)) {
        scratch.database.execute(change);
        let right = scratch.catalog();
        assert_eq!(differences(&left, &right), *expected, "{change}");
        let back = differences(&right, &left);
        assert_eq!(back.len(), expected.len(), "{change}: {back:?}");
        scratch = scratch.again(before);
    }
}

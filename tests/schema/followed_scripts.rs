//! A schema that is followed while scripts run.

use revgraph::backend::{self, Access, Control};
use revgraph::config::{ChecksumPolicy, Config, Sources, TransactionMode};
use revgraph::execute::{Direction, Options, Reading, migrate};
use revgraph::scratch::Unwatched;
use revgraph::script::{ReadMode, ScriptDirectory};

use crate::support::cluster::{Cluster, cluster};
use crate::support::{Database, Project};

/// What is prepared for following is not among what is tidied away behind a script; and where the script itself has taken
/// it away, what is known of the schema stays known.
#[test]
fn what_is_tidied_away_behind_a_script_does_not_make_everything_be_described_again() {
    // Older servers do not tell which rows of their catalogs are new.
    if cluster().major_version() < 14 {
        return;
    }
    // Roles of other tests would make everything be described again.
    let server = Cluster::own();
    let project = Project::with(|_| Database::on(server));
    let tables: Vec<String> = (0..20).map(|number| format!("CREATE TABLE t{number} (x integer)")).collect();
    project.database.execute(&tables.join(";"));
    // All of them call functions, which could leave anything.
    project.revision("a1", "", "CREATE TABLE a AS SELECT now() AS made;", "DROP TABLE a;");
    let prepares = "PREPARE q AS SELECT 1; CREATE TABLE b AS SELECT now() AS made;";
    project.revision("b1", "a1", prepares, "DROP TABLE b;");
    let takes_away = "DEALLOCATE ALL; CREATE TABLE c AS SELECT now() AS made;";
    project.revision("c1", "b1", takes_away, "DROP TABLE c;");
    let config = Config::load(&Sources {
        current_directory: project.path(""),
        url: Some(project.database.url()),
        ..Sources::default()
    });
    let config = config.expect("the configuration is good");
    let scripts = ScriptDirectory::load(&config, ReadMode::Checksums).expect("they can be read");
    let url = config.database_url().expect("there is a URL");
    let mut backend =
        backend::connect(&config, url, Access::Write, &Control::default()).expect("it can be connected to");
    let options = Options {
        checksums: ChecksumPolicy::Error,
        transaction: TransactionMode::Each,
        actor: "test".to_owned(),
        confirmed: None,
        accepted_recorded: Vec::new(),
    };
    let backend = backend.as_mut();
    backend.catalog_changes().expect("it can be described");
    for id in ["a1", "b1", "c1"] {
        let reading = Reading::of(backend).expect("it can be read");
        let target = id.parse().expect("it is a target");
        migrate(&scripts, backend, &reading, Direction::Up, &target, &options, &mut Unwatched)
            .unwrap_or_else(|error| panic!("{id}: {error:?}"));
        let changes = backend.catalog_changes().expect("it can be described");
        assert!(changes.len() < 10, "{id}: {:?}", changes.keys());
    }
}

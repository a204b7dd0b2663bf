//! How long it takes to make a revision from a desired schema, against describing what is there and what is wanted.
//! `scripts/bench-autogenerate` runs it as `autogenerate TABLES URL`; it prints a line of a table.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use revgraph::alter::Hints;
use revgraph::autogenerate::{self, Drafts, Ground, NamedSql, Planner, Trial, Wanted, script_legs};
use revgraph::backend::Control;
use revgraph::config::{Config, Sources};
use revgraph::script::{ReadMode, ScriptDirectory};
use revgraph::verify::Silent;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [tables, url] = arguments.as_slice() else {
        // `cargo bench` runs every benchmark without saying more.
        println!("autogenerate is run by scripts/bench-autogenerate");
        return ExitCode::SUCCESS;
    };
    match tables.parse().map_err(Into::into).and_then(|tables| measure(tables, url)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("autogenerate: {error}");
            ExitCode::FAILURE
        }
    }
}

/// So many tables, each referring to the one before it; the one in the middle may have another column.
fn schema(tables: usize, is_changed: bool) -> String {
    let table = |number: usize| {
        let more = if is_changed && number == tables / 2 { ", more text" } else { "" };
        let before = number.checked_sub(1);
        let before =
            before.map_or(String::new(), |one| format!(", before_id integer REFERENCES table_{one} (id)"));
        format!(
            "CREATE TABLE table_{number} (id integer PRIMARY KEY, name text NOT NULL, n integer DEFAULT 1{more}{before}, \
             CHECK (n > 0));\nCREATE INDEX table_{number}_name ON table_{number} (name);\n"
        )
    };
    (0..tables).map(table).collect()
}

fn measure(tables: usize, url: &str) -> Result<()> {
    let folder = std::env::temp_dir().join(format!("revgraph-bench-autogenerate-{}", std::process::id()));
    fs::create_dir_all(folder.join("versions"))?;
    let measured = measure_in(&folder, tables, url);
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure_in(folder: &Path, tables: usize, url: &str) -> Result<()> {
    let header = "-- before\n--\n-- revision: a\n-- down_revision:\n\n";
    fs::write(folder.join("versions/a_before.up.sql"), format!("{header}{}", schema(tables, false)))?;
    let sources =
        Sources { current_directory: folder.to_owned(), url: Some(url.to_owned()), ..Sources::default() };
    let config = Config::load(&sources)?;
    let like = config.database_url()?;
    let scripts =
        Arc::new(ScriptDirectory::load(&config, ReadMode::Headers).map_err(|_| "the scripts are not sound")?);
    let parents = scripts.graph().heads();
    let left = Ground::Revisions { scripts: Arc::clone(&scripts), tips: parents.clone() };
    let text = schema(tables, true).into();
    let right = Ground::Texts(vec![NamedSql { path: "schema.sql".into(), text, models: None }]);
    let mut observer = Silent(Control::default());

    let started = Instant::now();
    autogenerate::catalog(&config, like, &left, &mut observer)?;
    autogenerate::catalog(&config, like, &right, &mut observer)?;
    let describing = started.elapsed();

    let started = Instant::now();
    let mut planner = Planner::begin(&config, like, (&left, &right), false, &mut observer)?;
    let begun = started.elapsed();
    let hints = Hints::default();
    let course = planner.foresee(&hints, None).ok_or("more has to be tried")?;
    let planned = started.elapsed();
    let wanted = Wanted {
        revision: None,
        parents: parents.clone(),
        splice: false,
        depends_on: Vec::new(),
        branch_labels: Vec::new(),
        title: "more".to_owned(),
        folder: None,
        created: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
    };
    let legs = script_legs(&[(planner.dialect(), &course)], false);
    let drafts = Drafts::of(&scripts, &config, &wanted, &legs, "a note")?;
    let ids = scripts.graph().ids(&parents);
    let applied = ids.iter().filter_map(|id| drafts.scripts.graph().find(id.as_str())).collect();
    let trial =
        Trial { scripts: &drafts.scripts, applied, new: drafts.nodes(), course: &course, hints: &hints };
    planner.prove(&trial, &mut observer)?;
    let all = started.elapsed();
    println!(
        "| {} | {tables} | {} | {} | {} | {} | {} | {:.2} |",
        planner.dialect().name(),
        milliseconds(describing),
        milliseconds(begun),
        milliseconds(planned - begun),
        milliseconds(all - planned),
        milliseconds(all),
        all.as_secs_f64() / describing.as_secs_f64(),
    );
    Ok(())
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.0}", duration.as_secs_f64() * 1e3)
}

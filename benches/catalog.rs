//! How long it takes to describe a schema, to compare it and to write it down, within one process. `scripts/bench-catalog`
//! runs it as `catalog SIZE URL`; it prints a line of a table.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use revgraph::backend::{self, Access, Control};
use revgraph::catalog::{Catalog, CompareOptions, ObjectKind, Past, compare, sql};
use revgraph::config::{Config, Sources};

const ROUNDS: usize = 5;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [size, url] = arguments.as_slice() else {
        // `cargo bench` runs every benchmark without saying more.
        println!("catalog is run by scripts/bench-catalog");
        return ExitCode::SUCCESS;
    };
    match measure(size, url) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("catalog: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(size: &str, url: &str) -> Result<()> {
    let current_directory = std::env::current_dir()?;
    let sources = Sources { current_directory, url: Some(url.to_owned()), ..Sources::default() };
    let config = Config::load(&sources)?;
    let mut backend = backend::connect(&config, config.database_url()?, Access::Read, &Control::default())?;
    let (mut left, mut right) = (backend.catalog()?, backend.catalog()?);
    let describing = median(|| time(|| backend.catalog().map(|catalog| right = catalog)))?;
    let comparing = median(|| time(|| Ok::<_, std::fmt::Error>(compare(&left, &right, &options()))))?;
    // Nothing of the one is equal to anything of the other.
    for object in right.objects.values_mut() {
        object.comment = Some("another".to_owned());
    }
    let differing = median(|| time(|| Ok::<_, std::fmt::Error>(compare(&left, &right, &options()))))?;
    let writing = median(|| time(|| Ok::<_, std::fmt::Error>(sql::write(&left))))?;
    backend.catalog_changes()?;
    let mut past = Past::default();
    let following =
        median(|| time(|| backend.catalog_changes().map(|changes| left.apply(changes, &mut [&mut past]))))?;
    println!(
        "| {} | {size} | {} | {} | {} | {} | {} | {} |",
        left.dialect.name(),
        tables(&left),
        milliseconds(describing),
        milliseconds(following),
        milliseconds(comparing),
        milliseconds(differing),
        milliseconds(writing),
    );
    Ok(())
}

fn options() -> CompareOptions {
    CompareOptions::default()
}

fn tables(catalog: &Catalog) -> usize {
    catalog.objects.keys().filter(|name| name.kind == ObjectKind::Table).count()
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1e3)
}

fn time<T, E>(work: impl FnOnce() -> std::result::Result<T, E>) -> std::result::Result<Duration, E> {
    let started = Instant::now();
    let result = work()?;
    let took = started.elapsed();
    drop(result);
    Ok(took)
}

fn median<E>(
    mut sample: impl FnMut() -> std::result::Result<Duration, E>,
) -> std::result::Result<Duration, E> {
    let mut samples = (0..ROUNDS).map(|_| sample()).collect::<std::result::Result<Vec<_>, E>>()?;
    samples.sort();
    Ok(samples.get(ROUNDS / 2).copied().unwrap_or_default())
}

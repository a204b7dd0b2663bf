//! A program with its scripts compiled in, which keeps its notes in a SQLite file, or in memory:
//!
//! ```console
//! $ cargo run --example rusqlite -- notes.db "buy milk"
//! 1 note, 2 words
//! $ cargo run --example rusqlite -- :memory: "forget this"
//! 1 note, 2 words
//! ```

use std::error::Error;
use std::io::{self, Write};

use revgraph::Migrator;
use rusqlite::Connection;

/// The scripts. A program with many of them has a build script write this list: see `revgraph::embed`.
const SCRIPTS: [(&str, &str); 4] = [
    ("5c20e8f1a9b3_create_note.up.sql", include_str!("versions/5c20e8f1a9b3_create_note.up.sql")),
    ("5c20e8f1a9b3_create_note.down.sql", include_str!("versions/5c20e8f1a9b3_create_note.down.sql")),
    ("d41b7f6e0c28_number_words.up.sql", include_str!("versions/d41b7f6e0c28_number_words.up.sql")),
    ("d41b7f6e0c28_number_words.down.sql", include_str!("versions/d41b7f6e0c28_number_words.down.sql")),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [database, text] => run(database, text, &mut io::stdout()),
        _ => Err("usage: rusqlite FILE|:memory: TEXT".into()),
    }
}

/// Adds a note.
pub fn run(database: &str, text: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(database)?;
    Migrator::embedded(&SCRIPTS)?.actor("notes").rusqlite(&mut connection)?.upgrade("head")?;

    let words = i64::try_from(text.split_whitespace().count())?;
    connection.execute("INSERT INTO note (text, words) VALUES (?1, ?2)", (text, words))?;
    let count = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (notes, words): (i64, i64) =
        connection.query_row("SELECT count(*), sum(words) FROM note", [], count)?;
    writeln!(out, "{notes} note{}, {words} words", if notes == 1 { "" } else { "s" })?;
    Ok(())
}

//! The programs of `examples/`.

#[cfg(feature = "postgres")]
#[path = "../../examples/diesel/main.rs"]
#[allow(dead_code, reason = "the test calls what `main` calls")]
mod diesel;

#[cfg(feature = "sqlite")]
#[path = "../../examples/rusqlite/main.rs"]
#[allow(dead_code, reason = "the test calls what `main` calls")]
mod rusqlite;

#[cfg(feature = "postgres")]
#[test]
fn the_diesel_program_counts_visits() {
    let database = crate::support::Database::on(crate::support::cluster::cluster());
    let visit = |name: &str| {
        let mut out = Vec::new();
        diesel::run(&database.url(), name, &mut out).expect("it runs");
        String::from_utf8(out).expect("it writes UTF-8")
    };
    let first = visit("anna");
    let lines: Vec<&str> = first.lines().map(|line| line.split(" in ").next().unwrap_or(line)).collect();
    assert_eq!(
        lines,
        [
            "upgraded to 3f1c9a0b7d52",
            "upgraded to 8e24d6b1c0fa",
            "upgraded to b07a53e9f416",
            "welcome, anna: this is visit 1"
        ]
    );
    assert_eq!(visit("anna"), "welcome, anna: this is visit 2\n");
    assert_eq!(visit("bert"), "welcome, bert: this is visit 1\n");
}

#[cfg(feature = "sqlite")]
#[test]
fn the_rusqlite_program_keeps_notes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("notes.db").display().to_string();
    let note = |database: &str, text: &str| {
        let mut out = Vec::new();
        rusqlite::run(database, text, &mut out).expect("it runs");
        String::from_utf8(out).expect("it writes UTF-8")
    };
    assert_eq!(note(&file, "buy milk"), "1 note, 2 words\n");
    assert_eq!(note(&file, "write to anna"), "2 notes, 5 words\n");
    assert_eq!(note(":memory:", "forget this"), "1 note, 2 words\n");
}

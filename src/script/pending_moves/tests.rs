use super::*;
use crate::config::Sources;

struct Place {
    folder: tempfile::TempDir,
    config: Config,
}

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("versions")).expect("a folder");
    let sources = Sources { current_directory: folder.path().to_owned(), ..Sources::default() };
    let config = Config::load(&sources).expect("the defaults");
    Place { folder, config }
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("versions").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    /// Files below `versions` with their texts.
    fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a listing").flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    let name = entry.path().strip_prefix(self.path("")).expect("below").display().to_string();
                    files.push(format!("{name}={}", fs::read_to_string(entry.path()).expect("text")));
                }
            }
        }
        files.sort();
        files
    }

    fn changes(&self) -> FileChanges {
        FileChanges {
            texts: vec![(self.path("n.up.sql"), "n".to_owned()), (self.path("heads"), "changed".to_owned())],
            moves: vec![(self.path("a.up.sql"), self.path("backup/a.up.sql"))],
            removals: vec![self.path("r.up.sql")],
        }
    }
}

fn filled() -> Place {
    let place = place();
    for name in ["a.up.sql", "heads", "r.up.sql", "stays"] {
        place.write(name, name);
    }
    place
}

const BEFORE: [&str; 4] = ["a.up.sql=a.up.sql", "heads=heads", "r.up.sql=r.up.sql", "stays=stays"];
const AFTER: [&str; 4] = ["backup/a.up.sql=a.up.sql", "heads=changed", "n.up.sql=n", "stays=stays"];

#[test]
fn all_changes_happen_and_nothing_is_left() {
    let place = filled();
    fs::create_dir(place.path(".revgraph-staging-old")).expect("a folder");
    place.changes().carry_out(&place.config).expect("it can");
    assert_eq!(place.files(), AFTER);
    assert!(!place.path(".revgraph-staging-old").exists());
    finish_interrupted(&place.config).expect("nothing to do");
}

#[test]
fn what_was_begun_is_finished_from_any_point() {
    // After so many of the changes the process died.
    for done in 0..=4 {
        let place = filled();
        let changes = place.changes();
        let staging = new_staging(&place.path("")).expect("a folder");
        let journal = changes.stage(&place.config, &staging).expect("it can");
        drop(write_draft(&staging, &journal).expect("it can"));
        if done == 0 {
            let staged = |file: &String| file.starts_with(STAGING);
            let shown: Vec<String> = place.files().into_iter().filter(|file| !staged(file)).collect();
            assert_eq!(shown, BEFORE);
        }
        rename(&staging.join(DRAFT), &place.path(JOURNAL)).expect("it can");
        for [from, to] in journal.moves.iter().take(done) {
            move_file(&place.config.directory.join(from), &place.config.directory.join(to)).expect("it can");
        }
        if done > 3 {
            fs::remove_dir_all(&staging).expect("it can");
            fs::remove_file(place.path("r.up.sql")).expect("it can");
        }
        finish_interrupted(&place.config).expect("it can");
        assert_eq!(place.files(), AFTER, "{done}");
        finish_interrupted(&place.config).expect("nothing to do");
    }
}

#[test]
fn a_journal_that_cannot_be_followed_is_an_error() {
    let place = filled();
    let journal = |moves: &str, removals: &str| {
        format!(r#"{{"staging":"versions/{STAGING}x","moves":{moves},"removals":{removals}}}"#)
    };
    place.write(JOURNAL, "{");
    assert!(matches!(finish_interrupted(&place.config), Err(FileChangeError::Journal { .. })));
    place.write(JOURNAL, &journal(r#"[["versions/x.up.sql","versions/y.up.sql"]]"#, "[]"));
    assert!(matches!(finish_interrupted(&place.config), Err(FileChangeError::Gone { .. })));
    // It may have come with a checkout.
    place.write("stays.up.sql", "");
    for (moves, removals) in [
        (r#"[["versions/stays","versions/s.up.sql"]]"#, "[]"),
        (r#"[["versions/stays.up.sql","/tmp/s.up.sql"]]"#, "[]"),
        (r#"[["versions/stays.up.sql","versions/../s.up.sql"]]"#, "[]"),
        (r#"[["versions/stays.up.sql","versions/.profile"]]"#, "[]"),
        ("[]", r#"["versions/stays"]"#),
        ("[]", r#"["../s.up.sql"]"#),
    ] {
        place.write(JOURNAL, &journal(moves, removals));
        let refused = finish_interrupted(&place.config);
        assert!(matches!(refused, Err(FileChangeError::Elsewhere { .. })), "{moves} {removals}: {refused:?}");
    }
    place.write(JOURNAL, r#"{"staging":"..","moves":[],"removals":[]}"#);
    assert!(matches!(finish_interrupted(&place.config), Err(FileChangeError::Elsewhere { .. })));
    assert!(place.path("stays").exists() && place.path("stays.up.sql").exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_is_not_followed() {
    let (place, other) = (filled(), tempfile::tempdir().expect("a folder"));
    let target = other.path().join("mine");
    fs::write(&target, "mine").expect("a file");
    std::os::unix::fs::symlink(&target, place.path("l.up.sql")).expect("a link");
    let texts = vec![(place.path("l.up.sql"), "other".to_owned())];
    let changes = FileChanges { texts, ..FileChanges::default() };
    assert!(matches!(changes.carry_out(&place.config), Err(FileChangeError::Elsewhere { .. })));
    assert_eq!(fs::read_to_string(target).expect("it is there"), "mine");
}

#[test]
fn where_something_cannot_be_written_nothing_changes() {
    let place = filled();
    let mut changes = place.changes();
    changes.moves.push((place.path("r.up.sql"), place.path("a.up.sql/below_a_file.up.sql")));
    assert!(matches!(changes.carry_out(&place.config), Err(FileChangeError::Io { .. })));
    assert_eq!(place.files(), BEFORE);
}

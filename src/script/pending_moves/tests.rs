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

impl Place {
    /// Writes a journal as if it had been begun here.
    fn write_journal(&self, rest: &str) {
        self.write(JOURNAL, "");
        let file = File::open(self.path(JOURNAL)).expect("it is there");
        let Origin(origin) = Origin::of(&file, &self.config);
        self.write(JOURNAL, &format!(r#"{{"origin":"{origin}",{rest}}}"#));
    }
}

fn journal(moves: &str, removals: &str) -> String {
    format!(r#""staging":"versions/{STAGING}","moves":{moves},"removals":{removals}"#)
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
    fs::create_dir(place.path(STAGING)).expect("a folder");
    place.changes().carry_out(&place.config).expect("it can");
    assert_eq!(place.files(), AFTER);
    assert!(!place.path(STAGING).exists());
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
        let moves = journal.moves.clone();
        drop(write_draft(&staging, &place.config, journal).expect("it can"));
        if done == 0 {
            let staged = |file: &String| file.starts_with(STAGING);
            let shown: Vec<String> = place.files().into_iter().filter(|file| !staged(file)).collect();
            assert_eq!(shown, BEFORE);
        }
        rename(&staging.join(DRAFT), &place.path(JOURNAL)).expect("it can");
        for [from, to] in moves.iter().take(done) {
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
    place.write(JOURNAL, "{");
    assert!(matches!(finish_interrupted(&place.config), Err(FileChangeError::Journal { .. })));
    place.write_journal(&journal(r#"[["versions/x.up.sql","versions/y.up.sql"]]"#, "[]"));
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
        place.write_journal(&journal(moves, removals));
        let refused = finish_interrupted(&place.config);
        assert!(matches!(refused, Err(FileChangeError::Elsewhere { .. })), "{moves} {removals}: {refused:?}");
    }
    place.write_journal(r#""staging":"..","moves":[],"removals":[]"#);
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

#[test]
fn what_a_killed_process_has_staged_is_gone_with_the_next_look() {
    let place = filled();
    let staging = new_staging(&place.path("")).expect("a folder");
    place.changes().stage(&place.config, &staging).expect("it can");
    // While somebody has the lock under which scripts are written, it may be theirs.
    let folder = File::open(place.path("")).expect("it is there");
    folder.lock().expect("nobody has it");
    finish_interrupted(&place.config).expect("nothing to do");
    assert!(staging.exists());
    drop(folder);
    finish_interrupted(&place.config).expect("nothing to do");
    assert!(!staging.exists());
    assert_eq!(place.files(), BEFORE);
}

#[test]
fn a_journal_that_was_begun_elsewhere_is_not_carried_out() {
    let place = filled();
    let moves = r#"[["versions/a.up.sql","versions/backup/a.up.sql"]]"#;
    for origin in ["", r#""origin":"","#, r#""origin":"1:2","#] {
        place.write(JOURNAL, &format!("{{{origin}{}}}", journal(moves, "[]")));
        let refused = finish_interrupted(&place.config);
        assert!(
            matches!(refused, Err(FileChangeError::Foreign { .. } | FileChangeError::Journal { .. })),
            "{origin}: {refused:?}"
        );
    }
    // A copy of a folder whose changes were begun elsewhere.
    place.write_journal(&journal(moves, "[]"));
    fs::copy(place.path(JOURNAL), place.path("copy")).expect("it can");
    fs::rename(place.path("copy"), place.path(JOURNAL)).expect("it can");
    assert!(matches!(finish_interrupted(&place.config), Err(FileChangeError::Foreign { .. })));
    assert!(place.path("a.up.sql").exists());
}

#[test]
fn a_journal_that_is_a_folder_is_an_error() {
    let place = filled();
    fs::create_dir(place.path(JOURNAL)).expect("a folder");
    assert!(matches!(finish_interrupted(&place.config), Err(FileChangeError::Journal { .. })));
}

#[cfg(unix)]
#[test]
fn nothing_is_moved_to_where_a_link_leads() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a folder");
    let out = |place: &Place| {
        place.write_journal(&journal(r#"[["versions/a.up.sql","versions/backup/a.up.sql"]]"#, "[]"))
    };
    // The backup folder, a folder within it, the script folder, the staging folder, a staged text, the journal.
    let links: [fn(&Place, &Path); 6] = [
        |place, outside| symlink(outside, place.path("backup")).expect("a link"),
        |place, outside| {
            fs::create_dir(place.path("backup")).expect("a folder");
            symlink(outside, place.path("backup/deep")).expect("a link");
            let moves = r#"[["versions/a.up.sql","versions/backup/deep/a.up.sql"]]"#;
            place.write_journal(&journal(moves, "[]"));
        },
        |place, outside| {
            let versions = outside.join("versions");
            fs::rename(place.path(""), &versions).expect("it can");
            symlink(versions, place.folder.path().join("versions")).expect("a link");
        },
        |place, outside| {
            symlink(outside, place.path(STAGING)).expect("a link");
            fs::write(outside.join("0"), "mine").expect("a file");
            let moves = format!(r#"[["versions/{STAGING}/0","versions/n.up.sql"]]"#);
            place.write_journal(&journal(&moves, "[]"));
        },
        |place, outside| {
            fs::write(outside.join("1"), "mine").expect("a file");
            fs::create_dir(place.path(STAGING)).expect("a folder");
            symlink(outside.join("1"), place.path(STAGING).join("0")).expect("a link");
            let moves = format!(r#"[["versions/{STAGING}/0","versions/n.up.sql"]]"#);
            place.write_journal(&journal(&moves, "[]"));
        },
        |place, outside| {
            fs::rename(place.path(JOURNAL), outside.join("journal")).expect("it can");
            symlink(outside.join("journal"), place.path(JOURNAL)).expect("a link");
        },
    ];
    for (number, link) in links.iter().enumerate() {
        let place = filled();
        let outside = outside.path().join(number.to_string());
        fs::create_dir(&outside).expect("a folder");
        out(&place);
        link(&place, &outside);
        let before = names(&outside);
        let refused = finish_interrupted(&place.config);
        assert!(
            matches!(refused, Err(FileChangeError::Elsewhere { .. } | FileChangeError::Journal { .. })),
            "{number}: {refused:?}"
        );
        assert_eq!(names(&outside), before, "{number}");
        assert!(place.path("a.up.sql").exists(), "{number}");
    }
}

#[cfg(unix)]
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder).expect("a listing").flatten().map(|entry| entry.path()).collect();
    names.sort();
    names
}

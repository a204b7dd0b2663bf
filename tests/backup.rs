//! `backup` and `restore`: what is backed up comes back, what is there is never lost, and nothing half done is taken
//! for a backup.

mod before;
#[cfg(target_os = "linux")]
mod killed;
#[cfg(feature = "postgres")]
mod server;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Project, on_each_database};

on_each_database!(
    what_was_backed_up_comes_back_and_what_was_there_stays,
    a_restore_where_no_database_is_makes_one,
    what_is_not_the_backup_of_this_database_is_refused,
    what_restores_to_something_else_is_refused,
    sequences_that_stand_elsewhere_are_told_by_name,
    a_backup_overwrites_nothing,
    only_the_oldest_of_this_database_go,
    a_protected_database_needs_its_name,
    a_database_of_production_needs_its_name,
    a_backup_that_cannot_be_written_leaves_nothing,
    others_keep_the_database,
);

/// A history that holds rows, applied.
fn filled(project: &Project) {
    let up = "CREATE TABLE t_a (id INTEGER PRIMARY KEY, text TEXT);\n\
              INSERT INTO t_a VALUES (1, 'one'), (2, 'two');\nCREATE INDEX i_a ON t_a (text);";
    project.revision("a", "", up, "DROP TABLE t_a;");
    project.json(&["upgrade"]);
}

fn rows(project: &Project) -> Vec<String> {
    project.database.column("SELECT text FROM t_a ORDER BY id")
}

/// The names of the databases that restores have kept of the project's.
fn kept(project: &Project) -> Vec<String> {
    #[cfg(feature = "postgres")]
    if project.database.is_postgres() {
        let name = project.database.name();
        let sql = "SELECT datname FROM pg_database WHERE datname LIKE '%before_restore%' ORDER BY 1";
        let names = project.database.column(sql);
        return names.into_iter().filter(|kept| kept.starts_with(&format!("{name}_before"))).collect();
    }
    let mut names: Vec<String> =
        files(project, "").into_iter().filter(|name| name.contains("_before_restore_")).collect();
    names.sort();
    names
}

/// The names in a folder of the project, hidden ones too.
fn files(project: &Project, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(project.path(folder)).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Changes what stands beside a backup.
fn tamper(project: &Project, file: &str, change: impl FnOnce(&mut Value)) {
    let path = format!("{file}.json");
    let text = fs::read_to_string(project.path(&path)).expect("it is there");
    let mut info: Value = serde_json::from_str(&text).expect("JSON");
    change(&mut info);
    project.write(&path, info.to_string());
}

fn what_was_backed_up_comes_back_and_what_was_there_stays(project: &Project) {
    filled(project);
    let schema = project.database.schema();
    let taken = project.json(&["backup", "first.dump"]).json();
    assert_eq!(taken["version_rows"], serde_json::json!(["a"]));
    assert!(taken["tables"].as_object().expect("tables").values().any(|rows| rows == 2), "{taken}");
    assert_eq!(taken["sha256"].as_str().map(str::len), Some(64));
    let info: Value =
        serde_json::from_str(&fs::read_to_string(project.path("first.dump.json")).expect("it is there"))
            .expect("JSON");
    assert_eq!(info["sha256"], taken["sha256"]);
    project.json(&["backup", "--check", "first.dump"]);

    project
        .database
        .execute("DROP INDEX i_a; DELETE FROM t_a WHERE id = 1; CREATE TABLE later (id INTEGER);");
    let restored = project.json(&["restore", "first.dump"]).json();
    assert_eq!(rows(project), ["one", "two"]);
    assert_eq!(project.database.schema(), schema);
    assert_eq!(
        (project.database.version_rows(), project.database.ledger()),
        (vec!["a".into()], vec!["a".into()])
    );
    let kept_names = kept(project);
    assert_eq!(kept_names.len(), 1);
    assert_eq!(restored["kept"], kept_names[0].as_str());
    // The one that was there can be had back: it is a database like any other.
    let other = project.database.url().replace(name_in_url(project).as_str(), &kept_names[0]);
    let state = project.json(&["current", "--url", &other]).json();
    assert_eq!(state["heads"][0]["revision"], "a");
    project.json(&["status"]);
    assert_eq!(project.run(&["upgrade"]).status, 0);

    let dropped = project.json(&["restore", "--drop-old", "--yes"]).json();
    assert_eq!(dropped["dropped"], serde_json::json!(kept_names));
    assert_eq!(kept(project), [""; 0]);
    assert_eq!(rows(project), ["one", "two"]);
    assert!(!files(project, "").iter().any(|name| name.starts_with(".revgraph")), "{:?}", files(project, ""));
}

/// The last part of the path of the database's URL.
fn name_in_url(project: &Project) -> String {
    #[cfg(feature = "postgres")]
    if project.database.is_postgres() {
        return project.database.name().to_owned();
    }
    "test.db".to_owned()
}

fn a_restore_where_no_database_is_makes_one(project: &Project) {
    filled(project);
    project.json(&["backup", "first.dump"]);
    let gone = match () {
        #[cfg(feature = "postgres")]
        () if project.database.is_postgres() => {
            let name = project.database.name();
            let cluster = crate::support::cluster::cluster();
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            cluster.connect("postgres").run_batch(&drop).expect("it is there");
            name.to_owned()
        }
        () => {
            fs::remove_file(project.path("test.db")).expect("it is there");
            "test.db".to_owned()
        }
    };
    let restored = project.json(&["restore", "first.dump"]).json();
    assert_eq!((&restored["kept"], restored["name"].as_str()), (&Value::Null, Some(gone.as_str())));
    assert_eq!(rows(project), ["one", "two"]);
}

fn what_is_not_the_backup_of_this_database_is_refused(project: &Project) {
    filled(project);
    project.json(&["backup", "first.dump"]);
    let refused = |file: &str, kind: &str, status: i32| {
        for arguments in [&["restore", file][..], &["restore", file, "--yes"]] {
            let error = project.refused(arguments, status);
            assert_eq!(error["kind"], kind, "{error}");
        }
        assert_eq!(rows(project), ["one", "two"]);
        assert_eq!(kept(project), [""; 0]);
    };
    refused("nowhere.dump", "io", 1);
    project.write("alone.dump", "what another tool has written");
    refused("alone.dump", "not_a_backup", 1);
    project.write("alone.dump.json", "{\"version\": 3}");
    refused("alone.dump", "not_a_backup", 1);

    let copy = |name: &str| {
        for ending in ["", ".json"] {
            let from = project.path(&format!("first.dump{ending}"));
            fs::copy(from, project.path(&format!("{name}{ending}"))).expect("it is copied");
        }
    };
    copy("longer.dump");
    let mut bytes = fs::read(project.path("first.dump")).expect("it is there");
    bytes.push(0);
    project.write("longer.dump", &bytes);
    refused("longer.dump", "damaged", 4);
    copy("flipped.dump");
    let middle = bytes.len() / 2;
    bytes.pop();
    bytes[middle] ^= 1;
    project.write("flipped.dump", &bytes);
    refused("flipped.dump", "damaged", 4);
    copy("other.dump");
    tamper(project, "other.dump", |info| info["name"] = "another".into());
    refused("other.dump", "other_database", 1);
    project.json(&["restore", "other.dump", "--other-database"]);
    copy("kind.dump");
    let format = if project.database.is_postgres() { "sqlite" } else { "custom" };
    tamper(project, "kind.dump", |info| info["format"] = format.into());
    let error = project.refused(&["restore", "kind.dump", "--other-database"], 1);
    assert_eq!(error["kind"], "other_database", "{error}");
    copy("future.dump");
    tamper(project, "future.dump", |info| info["revgraph_backup"] = 99.into());
    let error = project.refused(&["restore", "future.dump"], 1);
    assert_eq!(error["kind"], "not_a_backup", "{error}");
}

fn what_restores_to_something_else_is_refused(project: &Project) {
    filled(project);
    project.json(&["backup", "first.dump"]);
    let text = fs::read_to_string(project.path("first.dump.json")).expect("it is there");
    type Change = (&'static str, fn(&mut Value));
    let changes: [Change; 4] = [
        ("rows instead of", |info| {
            let tables = info["tables"].as_object_mut().expect("tables");
            tables
                .iter_mut()
                .filter(|(name, _)| name.ends_with("t_a"))
                .for_each(|(_, rows)| *rows = 7.into());
        }),
        ("version rows", |info| info["version_rows"] = serde_json::json!(["b"])),
        ("is missing", |info| info["objects"].as_array_mut().expect("objects").push("view v".into())),
        ("other scripts", |info| info["scripts"]["a"] = "0".into()),
    ];
    for (told, change) in changes {
        project.write("first.dump.json", &text);
        tamper(project, "first.dump", change);
        for arguments in [&["restore", "first.dump"][..], &["backup", "--check", "first.dump"]] {
            let error = project.refused(arguments, 4);
            assert_eq!(error["kind"], "backup_differs", "{error}");
            assert!(error["causes"].to_string().contains(told), "{told}: {error}");
        }
    }
    assert_eq!(kept(project), [""; 0]);
    assert!(!files(project, "").iter().any(|name| name.starts_with(".revgraph")), "{:?}", files(project, ""));
}

fn a_backup_overwrites_nothing(project: &Project) {
    filled(project);
    project.write("mine.dump", "mine");
    let error = project.refused(&["backup", "mine.dump"], 1);
    assert_eq!(error["kind"], "exists", "{error}");
    assert_eq!(fs::read_to_string(project.path("mine.dump")).expect("it is there"), "mine");
    assert!(!project.path("mine.dump.json").exists());
    assert_eq!(project.refused(&["backup", "no/folder/here.dump"], 1)["kind"], "io");
}

fn only_the_oldest_of_this_database_go(project: &Project) {
    filled(project);
    project.configure("backup_location = \"kept\"\nbackup_keep = 2");
    let first = project.json(&["backup"]).json()["path"].as_str().expect("a path").to_owned();
    let folder = "kept/databases";
    assert!(first.contains(folder), "{first}");
    let name = first.rsplit('/').next().expect("a name").to_owned();
    // One of another database, older than all, and a file that is none.
    for ending in ["", ".json"] {
        let to = project.path(&format!("{folder}/other.dump{ending}"));
        fs::copy(project.path(&format!("{folder}/{name}{ending}")), to).expect("it is copied");
    }
    tamper(project, &format!("{folder}/other.dump"), |info| {
        info["database"] = "another".into();
        info["taken_at"] = "2001-01-01T00:00:00Z".into();
    });
    project.write(&format!("{folder}/notes.txt"), "mine");
    project.json(&["backup"]);
    let third = project.json(&["backup"]).json();
    assert_eq!(third["removed"].as_array().map(Vec::len), Some(1), "{third}");
    let left = files(project, folder);
    assert!(!left.contains(&name) && !left.contains(&format!("{name}.json")), "{left:?}");
    assert!(left.contains(&"other.dump".to_owned()) && left.contains(&"notes.txt".to_owned()), "{left:?}");
    assert_eq!(
        fs::read_to_string(project.path(&format!("{folder}/.gitignore"))).expect("it is there"),
        "*\n"
    );
    let listed = project.json(&["backup", "--list"]).json();
    let times: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|one| one["taken_at"].as_str()).collect();
    assert_eq!(times.len(), 3);
    assert!(times.is_sorted_by(|one, next| one >= next), "{times:?}");
    // What somebody has named goes nowhere.
    project.json(&["backup", "named.dump"]);
    assert_eq!(files(project, folder), left);
}

fn a_protected_database_needs_its_name(project: &Project) {
    filled(project);
    project.json(&["backup", "first.dump"]);
    project.json(&["protect", "production"]);
    for arguments in
        [&["restore", "first.dump", "--yes"][..], &["restore", "first.dump", "--confirm", "staging"]]
    {
        let error = project.refused(arguments, 1);
        assert_eq!(error["kind"], "protected", "{error}");
    }
    project.json(&["restore", "first.dump", "--confirm", "production"]);
    assert_eq!(kept(project).len(), 1);
}

fn a_database_of_production_needs_its_name(project: &Project) {
    filled(project);
    project.configure("[env.live]\nproduction = true");
    project.json(&["backup", "first.dump"]);
    for arguments in [
        &["-n", "live", "restore", "first.dump", "--yes"][..],
        &["-n", "live", "restore", "first.dump", "--confirm", "live"],
    ] {
        let error = project.refused(arguments, 1);
        assert_eq!(error["kind"], "protected", "{error}");
        assert!(error["message"].as_str().is_some_and(|told| told.contains("production = true")), "{error}");
    }
    let error = project.refused(&["-n", "live", "restore", "first.dump", "--yes"], 1);
    let hints = error["hints"].to_string();
    let name = hints.split("--confirm ").nth(1).and_then(|rest| rest.split('"').next()).expect("the name");
    project.json(&["-n", "live", "restore", "first.dump", "--confirm", name]);
    assert_eq!(kept(project).len(), 1);
}

/// A limit on the size of files takes the same way through the program as a disk that is full.
fn a_backup_that_cannot_be_written_leaves_nothing(project: &Project) {
    filled(project);
    let much = if project.database.is_postgres() {
        "INSERT INTO t_a SELECT n, md5(n::text) || md5((n + 1)::text) FROM generate_series(10, 20000) n"
    } else {
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
         INSERT INTO t_a SELECT i, hex(randomblob(32)) FROM n"
    };
    project.database.execute(much);
    let before = files(project, "");
    let program = project.command(&["upgrade"]);
    let limited = |arguments: &str| {
        let mut shell = project.command(&[]);
        shell = {
            let mut command = std::process::Command::new("prlimit");
            command.args(["--fsize=200000:200000", "--"]).arg(program.get_program());
            command.args(arguments.split(' ')).current_dir(project.path("")).env_clear();
            for (name, value) in shell.get_envs() {
                command.env(name, value.unwrap_or_default());
            }
            command
        };
        let output = shell.output().expect("prlimit can be run");
        // A file that may not grow ends a process that does not expect it.
        assert!(!output.status.success(), "{output:?}");
    };
    limited("backup big.dump --json");
    // What a killed process has left goes with the next backup.
    project.json(&["backup", "small.dump"]);
    let mut after = before.clone();
    after.extend(["small.dump".to_owned(), "small.dump.json".to_owned()]);
    after.sort();
    assert_eq!(files(project, ""), after);
    project.json(&["backup", "--check", "small.dump"]);
}

fn others_keep_the_database(project: &Project) {
    filled(project);
    project.json(&["backup", "first.dump"]);
    let mut other = Other::connect(project);
    let error = project.refused(&["restore", "first.dump"], 5);
    assert_eq!(error["kind"], "in_use", "{error}");
    assert_eq!(kept(project), [""; 0]);
    other.leave();
    project.json(&["restore", "first.dump"]);
    assert_eq!((rows(project).len(), kept(project).len()), (2, 1));
}

/// Another process that has the database open.
struct Other {
    child: std::process::Child,
}

impl Other {
    fn connect(project: &Project) -> Self {
        use std::io::{BufRead, BufReader};
        use std::process::{Command, Stdio};
        let mut command = match () {
            #[cfg(feature = "postgres")]
            () if project.database.is_postgres() => {
                let mut psql = crate::support::postgres_programs::program("psql");
                psql.arg(project.database.url()).args(["-qAt", "-c", "SELECT 'open'", "-f", "-"]);
                psql
            }
            () => {
                // Not through this process, whose own files are its own business.
                let mut shell = Command::new("/bin/sh");
                let path = project.path("test.db");
                shell.args(["-c", "exec 9<\"$1\"; echo open; read line", "sh"]).arg(path);
                shell
            }
        };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it can be run");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it says that it is there");
        assert_eq!(line.trim(), "open");
        Self { child }
    }

    fn leave(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("it ends");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the files of an automatic backup are.
fn backups(project: &Project) -> Vec<PathBuf> {
    let folder = project.path("versions/backup/databases");
    let entries =
        fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    let is_info = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    entries
        .into_iter()
        .map(|entry| entry.path())
        .filter(is_info)
        .map(|path| path.with_extension(""))
        .collect()
}

/// As whoever has edited the file beside a backup, or a program that has left out how far the sequences have come.
fn sequences_that_stand_elsewhere_are_told_by_name(project: &Project) {
    let (up, name) = if project.database.is_sqlite() {
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t DEFAULT VALUES;", "t")
    } else {
        ("CREATE SEQUENCE s; SELECT nextval('s');", "public.s")
    };
    project.revision("a", "", up, "");
    project.json(&["upgrade"]);
    project.json(&["backup", "t.dump"]);
    project.json(&["backup", "--check", "t.dump"]);
    tamper(project, "t.dump", |info| {
        for (_, position) in info["sequences"].as_object_mut().expect("sequences") {
            assert_eq!(position["last_value"], 1, "{position}");
            position["last_value"] = 7.into();
        }
    });
    for arguments in [&["backup", "--check", "t.dump"][..], &["restore", "t.dump"]] {
        let error = project.refused(arguments, 4);
        assert!(
            error["causes"].to_string().contains(&format!("sequence {name}: at 1 instead of 7")),
            "{error}"
        );
    }
}

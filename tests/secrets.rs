//! A password that is given in every way, on every path: it shows up nowhere. And whatever its bytes are, it works.

use std::fmt::Debug;

use proptest::prelude::Strategy;
use revgraph::backend::{self, Access, Control};
use revgraph::config::{Config, Sources};
use serde_json::Value;

use crate::support::cluster::cluster;
use crate::support::{Kind, Project, Ran};

/// Looked for in everything that is written; its parts too, should something take it apart.
const CANARY: &str = "Kanari;en'vogel%20\"7\\ü";
const TRACES: [&str; 3] = ["Kanari", "vogel", "%22"];

/// A password as a URL has it: every byte that is not plain is percent-encoded.
fn encoded(password: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    password.bytes().map(encode).collect()
}

fn url(host: &str, password: &str) -> String {
    format!("postgresql://kanarienfreund:{}@{host}/nirgends", encoded(password))
}

#[track_caller]
fn assert_no_trace(what: &impl Debug, text: &str) {
    for trace in TRACES {
        assert!(!text.contains(trace), "{trace}: {what:?}");
    }
}

#[track_caller]
fn assert_silent(ran: &Ran) {
    assert_no_trace(ran, &format!("{}{}", ran.stdout, ran.stderr));
}

/// What asks the database, and what does not, in every way of telling.
const COMMANDS: [&[&str]; 16] = [
    &["upgrade"],
    &["upgrade", "--dry-run"],
    &["upgrade", "--sql"],
    &["downgrade", "base", "--yes"],
    &["stamp", "head"],
    &["stamp", "--purge", "base"],
    &["current"],
    &["status"],
    &["log"],
    &["history", "-i"],
    &["heads"],
    &["show", "a"],
    &["check"],
    &["ensure-version"],
    &["protect", "production"],
    &["upgrade", "nowhere"],
];

const WAYS: [&[&str]; 4] = [&[], &["--json"], &["-v"], &["-q"]];

fn run_everything(project: &Project, ways: &[&[&str]], more: &[&str]) {
    for command in COMMANDS {
        for way in ways {
            assert_silent(&project.run(&[command, way, more].concat()));
        }
    }
}

fn with_configuration(text: &str) -> Project {
    let project = Project::new(Kind::Postgres);
    project.write("alembic.toml", text);
    project.tables(&[("a", ""), ("b", "a")]);
    project
}

#[test]
fn a_server_that_refuses_it_or_is_not_there() {
    let here = format!("127.0.0.1:{}", cluster().port());
    let project = with_configuration("");
    for (host, ways) in
        [(here.as_str(), &WAYS[..]), ("127.0.0.1:1", &WAYS[2..3]), ("no-such-host.invalid", &WAYS[1..2])]
    {
        let url = url(host, CANARY);
        run_everything(&project, ways, &["--url", &url]);
        assert_silent(&project.run(&["rebase", "b", "--onto", "base", "--url", &url]));
        project.write("alembic.toml", format!("url = {}\n", Value::String(url)));
        assert_silent(&project.run(&["status"]));
        assert_silent(&project.run(&["upgrade", "--json"]));
    }
}

#[test]
fn urls_that_are_none() {
    let good = url("127.0.0.1:1", CANARY);
    let raw = format!("postgresql://u:{CANARY}@h/d");
    let project = with_configuration("");
    let long = format!("{good}?{}", "x=y&".repeat(1000));
    for url in [
        raw.as_str(),
        &long,
        &good.replace("postgresql", "postgrseql"),
        &good.replace("postgresql://", "postgresql:/"),
        &good.replace(":1/", ":port/"),
        &good.replace(":1/", ":99999/"),
        &format!("{good}?sslmod=require"),
        &format!("{good}?sslmode=nonsense"),
        &format!("{good}?password={}", encoded(CANARY)),
        &format!("{good}%zz"),
        &format!("sqlite://{good}"),
        &format!("${{NOTHING}}{good}"),
        &format!("{good}${{"),
    ] {
        project.write("alembic.toml", format!("url = {}\n", Value::String(url.to_owned())));
        for arguments in [&["current", "--json"][..], &["upgrade"], &["status", "-v"]] {
            assert_silent(&project.run(arguments));
            assert_silent(&project.run(&[arguments, &["--url", url]].concat()));
        }
        project.write("alembic.toml", "");
        for variable in ["DATABASE_URL", "POSTGRES_DSN", "REVGRAPH_URL"] {
            let output = project.command(&["current"]).env(variable, url).output();
            assert_silent(&Ran::new(&output.expect("the binary can be run"), &project.path("")));
        }
    }
}

#[test]
fn a_url_in_a_wrong_place() {
    let project = with_configuration("");
    let url = url("h", CANARY).replace("%22", "\"");
    let with_equals = format!("--onto={url}");
    for arguments in [
        &[url.as_str()][..],
        &["upgrade", &url],
        &["downgrade", &url],
        &["stamp", "--sql", &url],
        &["current", &url],
        &["show", &url],
        &["rebase", "a", &with_equals],
        &["-n", &url, "current"],
        &["-c", &url, "current"],
        &["--urll", &url, "current"],
        &["check", "--base", &url],
        &["revision", "-m", "x", "--head", &url],
    ] {
        for way in [&[][..], &["--json"]] {
            let ran = project.run(&[arguments, way].concat());
            assert_ne!(ran.status, 0, "{ran:?}");
            assert_silent(&ran);
        }
    }
}

#[test]
fn configurations_that_are_none() {
    let password = Value::String(CANARY.to_owned());
    let project = with_configuration("");
    for text in [
        format!("[connection]\nhost = \"127.0.0.1\"\nport = 1\npassword = {password}\n"),
        format!("[connection]\npasword = {password}\n"),
        format!("[connection]\npassword = {password}\npassword_file = \"p\"\n"),
        format!("[connection]\nport = {password}\n"),
        format!("[connection]\npassword = [{password}]\n"),
        format!("url = {password}\n"),
        format!("ulr = {password}\n"),
        format!("url = \"postgres://u:{CANARY}@h/d\n"),
        format!("[env.prod]\nurl = {password} {password}\n"),
    ] {
        project.write("alembic.toml", text);
        for arguments in
            [&["current", "--json"][..], &["upgrade"], &["check", "-v"], &["-n", "prod", "status"]]
        {
            assert_silent(&project.run(arguments));
        }
    }
    project.write("alembic.toml", "");
    project.write(".env", format!("DATABASE_URL={}\nOTHER='{CANARY}", url("127.0.0.1:1", CANARY)));
    assert_silent(&project.run(&["current"]));
    project.write(".env", format!("DATABASE_URL={}\n", url("127.0.0.1:1", CANARY)));
    assert_silent(&project.run(&["current"]));
}

/// A role that may do everything, and has this password.
fn role(project: &Project, password: &str) -> (String, String) {
    let name = project.database.scalar("SELECT current_database()");
    let role = format!("secret_{name}");
    project.database.execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN"));
    set_password(project, &role, password);
    (role, name)
}

fn set_password(project: &Project, role: &str, password: &str) {
    let literal = password.replace('\\', "\\\\").replace('\'', "\\'");
    project.database.execute(&format!("ALTER ROLE {role} PASSWORD E'{literal}'"));
}

fn tcp_url(role: &str, password: &str, database: &str) -> String {
    cluster().tcp_url(database, role, &encoded(password))
}

#[test]
fn a_run_that_goes_well_or_wrong_leaves_no_trace() {
    let project = with_configuration("");
    let (role, name) = role(&project, CANARY);
    let url = tcp_url(&role, CANARY, &name);
    project.write("alembic.toml", format!("url = {}\n", Value::String(url)));
    run_everything(&project, &WAYS, &[]);
    let up = "DO $$ BEGIN RAISE NOTICE 'told'; END $$;\nCREATE TABLE t_c (id INTEGER);\nSELECT 1 / 0;";
    project.revision("c", "b", up, "");
    for arguments in [&["upgrade"][..], &["upgrade", "-v"], &["upgrade", "--json"]] {
        let ran = project.run(arguments);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert_silent(&ran);
    }
    project.revision("c", "b", "SELECT pg_terminate_backend(pg_backend_pid());", "");
    let ran = project.run(&["upgrade", "-v"]);
    assert_eq!(ran.status, 5, "{ran:?}");
    assert_silent(&ran);
    run_everything(&project, &WAYS[1..3], &[]);
    let mut dump = crate::support::postgres_programs::program("pg_dump");
    let output = dump.arg("--inserts").arg(project.database.url()).output().expect("pg_dump can be run");
    let dump = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && dump.contains("revgraph_ledger"), "{dump}");
    assert_no_trace(&"the database", &dump);
}

#[test]
fn what_the_library_shows() {
    let project = with_configuration("");
    let (role, name) = role(&project, CANARY);
    for (url, connects) in [(tcp_url(&role, CANARY, &name), true), (url("127.0.0.1:1", CANARY), false)] {
        let sources =
            Sources { current_directory: project.path(""), url: Some(url.clone()), ..Sources::default() };
        assert_no_trace(&"sources", &format!("{sources:?}"));
        let config = Config::load(&sources).expect("it is in order");
        let database = config.database_url().expect("there is one");
        assert_no_trace(&"configuration", &format!("{config:?} {config:#?} {database:?} {database}"));
        match backend::connect(&config, database, Access::Read, &Control::default()) {
            Ok(backend) => {
                assert!(connects);
                assert_no_trace(&"backend", &backend.describe());
            }
            Err(error) => {
                assert!(!connects, "{error}");
                assert_no_trace(&"error", &format!("{error} {error:?} {error:#?}"));
            }
        }
    }
}

/// Connects with a password in each way that it can be given.
fn works(project: &Project, role: &str, name: &str, password: &str) {
    set_password(project, role, password);
    let by_url = project.run(&["current", "--url", &tcp_url(role, password, name)]);
    assert_eq!(by_url.status, 0, "{password:?} in a URL: {by_url:?}");
    let other = project.run(&["current", "--url", &tcp_url(role, &format!("{password}x"), name)]);
    assert_eq!(other.status, 5, "a password that is not the one: {other:?}");
    let port = cluster().port();
    let connection = format!(
        "[connection]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"{role}\"\ndbname = \"{name}\"\n"
    );
    let literal = toml::Value::String(password.to_owned());
    project.write("alembic.toml", format!("{connection}password = {literal}\n"));
    let by_section = project.run(&["current"]);
    assert_eq!(by_section.status, 0, "{password:?} in [connection]: {by_section:?}");
    if !password.contains(['\n', '\r']) {
        project.write("password", format!("{password}\n"));
        project.write("alembic.toml", format!("{connection}password_file = \"password\"\n"));
        let by_file = project.run(&["current"]);
        assert_eq!(by_file.status, 0, "{password:?} in a file: {by_file:?}");
    }
}

#[test]
fn any_password_works() {
    let project = with_configuration("");
    let (role, name) = role(&project, "first");
    let printable: String = (' '..='~').collect();
    let control: String = ('\u{1}'..='\u{1f}').collect();
    for password in [
        CANARY,
        &printable,
        &control,
        " ",
        "'",
        "\\",
        "%",
        "%41",
        "${HOME}",
        "$(id)",
        " lead and trail ",
        "pässwörd ✓ 密码 🔑",
        "a@b:c/d?e#f&g=h",
        "sp\u{a0}ace",
        "e\u{301}",
    ] {
        works(&project, &role, &name, password);
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..5 {
        let password = "[^\0]{1,24}".new_tree(&mut runner).map(|tree| {
            use proptest::strategy::ValueTree;
            tree.current()
        });
        works(&project, &role, &name, &password.expect("a password"));
    }
}

/// A secret that needs no encoding, so that it can be put anywhere.
const PLAIN: &str = "Geheimnisvoll7";

#[track_caller]
fn assert_no_secret(ran: &Ran) {
    let told = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!told.contains(PLAIN) && !told.contains("revgraph has a bug"), "{ran:?}");
}

/// URLs that hold it where a password is, or where somebody has put it by mistake. None leads to a server.
fn spellings() -> Vec<String> {
    [
        "postgres://u:§@127.0.0.1:1/d",
        "POSTGRES://u:§@127.0.0.1:1/d",
        "postgresql+psycopg2://u:§@127.0.0.1:1/d",
        "postgres:u:§@h/d",
        "postgres:/u:§@h/d",
        "postgres:§@h",
        "postgres//u:§@h/d",
        "postgrse://u:§@h/d",
        "postgres://u@127.0.0.1:1/d?password=§",
        "postgres://u@127.0.0.1:1/d;password=§",
        "postgres://u;password=§@127.0.0.1:1/d",
        "postgres://u@127.0.0.1:1/d?x=1;password=§",
        "postgres://u@127.0.0.1:1/d&password=§",
        "postgres://u@127.0.0.1:1/d?pasword=§",
        "postgres://u@127.0.0.1:1/d?sslpassword=§",
        "postgres://u@127.0.0.1:1/d?options=-capp.key%3D§",
        "postgres://u@127.0.0.1:1/d?password=a&§=b",
        "postgres://u:x@§@127.0.0.1:1/d",
        "postgres://u:x/§@127.0.0.1:1/d",
        "postgres://u:x#§@127.0.0.1:1/d",
        "postgres://u:x?§@127.0.0.1:1/d",
        "postgres://u:§@h:port/d",
        "postgres://u:§@[::1/d",
        "postgres://u:%zz§@127.0.0.1:1/d",
        "postgres://:§@127.0.0.1:1/d",
        "u:§@127.0.0.1/d",
        "//u:§@127.0.0.1/d",
        "host=127.0.0.1 port=1 user=u password=§",
        "host=127.0.0.1 port=1 user=u password = '§'",
        "Server=h;User Id=u;Password=§;",
        "jdbc:postgresql://127.0.0.1:1/d?user=u&password=§",
        "mysql://u:§@h/d",
        "mssql+pyodbc://u:§@h/d",
        "cockroachdb://u:§@h/d",
        "prisma+postgres://h/?api_key=§",
        "sqlite://u:§@h/x",
        "sqlite:x.db?password=§",
        "file:x.db?key=§",
        " postgres://u:§@127.0.0.1:1/d",
        "\"postgres://u:§@127.0.0.1:1/d\"",
        "postgres://u:${NOTHING}§@127.0.0.1:1/d",
        "postgres://u:§${@127.0.0.1:1/d",
    ]
    .map(|spelling| spelling.replace('§', PLAIN))
    .to_vec()
}

#[test]
fn however_a_url_is_spelt_and_wherever_it_comes_from() {
    let project = with_configuration("");
    for url in spellings() {
        for (command, place) in [
            (&["current"][..], "--url"),
            (&["upgrade", "--json"], "DATABASE_URL"),
            (&["status", "-v", "--log-format=json"], "alembic.toml"),
            (&["diff", "database", "head"], "scratch_url"),
        ] {
            let toml = Value::String(url.clone());
            project.write(
                "alembic.toml",
                match place {
                    "alembic.toml" => format!("url = {toml}\n"),
                    "scratch_url" => {
                        format!("url = {}\nscratch_url = {toml}\n", Value::String(project.database.url()))
                    }
                    _ => String::new(),
                },
            );
            let mut run = project.command(command);
            match place {
                "--url" => drop(run.args(["--url", &url])),
                "DATABASE_URL" => drop(run.env("DATABASE_URL", &url)),
                _ => {}
            }
            assert_no_secret(&Ran::new(&run.output().expect("the binary can be run"), &project.path("")));
        }
    }
}

/// Where something else is wanted: no file or folder is made that has it in its name either.
#[test]
fn a_url_in_the_place_of_whatever_a_command_takes() {
    let project = with_configuration("schema = \"schema.sql\"\n");
    project.write("schema.sql", "CREATE TABLE t (id integer);\n");
    let url = format!("postgres://u:{PLAIN}@127.0.0.1:1/d");
    for command in [
        "schema URL",
        "diff URL head",
        "restore URL",
        "backup URL",
        "backup --check URL",
        "import alembic URL",
        "import URL",
        "export psql URL",
        "init URL",
        "pull URL",
        "protect URL",
        "resolve --accept URL",
        "upgrade --wait URL",
        "upgrade --accept-recorded URL",
        "upgrade --backup --confirm URL",
        "downs URL",
        "edit URL",
        "merge URL",
        "squash -m x URL",
        "history -r URL",
        "kept --drop URL",
        "seed --only URL",
        "completions URL",
        "stamp --from alembic URL",
        "stamp --from URL",
        "revision -m x --depends-on URL",
        "revision -m x --rename URL",
        "revision -m x --autogenerate --to URL",
        "database create --url URL",
        "database wait --timeout 1s --url URL",
        "dev -m x --url URL",
        "push --url URL",
        "verify --url URL",
        "reset --yes --url URL",
        "log --url URL",
    ] {
        let words: Vec<&str> =
            command.split(' ').map(|word| if word == "URL" { &url } else { word }).collect();
        for way in [&[][..], &["--json"]] {
            assert_no_secret(&project.run(&[&words, way].concat()));
        }
        let mut folders = vec![project.path("")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                assert!(!entry.path().display().to_string().contains(PLAIN), "{command} made {entry:?}");
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                folders.extend(is_folder.then(|| entry.path()));
            }
        }
    }
}

/// The value of a key that nobody knows, or that is of another kind, may be a password.
#[test]
fn keys_that_are_none() {
    let project = with_configuration("");
    for key in [
        "pasword",
        "passwd",
        "pwd",
        "secret",
        "token",
        "PASSWORD",
        "sslpassword",
        "options",
        "oauth_client_secret",
    ] {
        for value in ["\"S\"", "[\"S\"]", "{ a = \"S\" }", "S"] {
            let line = format!("{key} = {}\n", value.replace('S', PLAIN));
            for table in [
                "[connection]\nhost = \"127.0.0.1\"\nport = 1\n",
                "[env.prod.connection]\nhost = \"127.0.0.1\"\n",
                "",
            ] {
                project.write("alembic.toml", format!("{table}{line}"));
                assert_no_secret(&project.run(&["current", "-v"]));
                assert_no_secret(&project.run(&["-n", "prod", "current", "--json"]));
            }
        }
    }
}

/// What a server answers to settings of a URL quotes their values.
#[test]
fn what_a_server_quotes() {
    let project = with_configuration("");
    let here = project.database.url();
    for options in ["-cno.such%20S", "-cstatement_timeout%3DS", "-c%20S", "-cnothing%3DS"] {
        let url = format!("{here}&options={}", options.replace('S', PLAIN));
        for command in [&["current"][..], &["upgrade", "--json"], &["backup"], &["verify"]] {
            assert_no_secret(&project.run(&[command, &["--url", &url]].concat()));
        }
    }
}

/// A program of the user's gets the URL, and may say it.
#[test]
fn what_a_program_says_of_its_url() {
    let project = with_configuration("");
    let (role, name) = role(&project, PLAIN);
    let url = Value::String(tcp_url(&role, PLAIN, &name));
    for command in ["echo $DATABASE_URL; echo $DATABASE_URL >&2", "echo $DATABASE_URL >&2; exit 1"] {
        project.write(
            "alembic.toml",
            format!("url = {url}\nseed_command = [\"sh\", \"-c\", {}]\n", Value::String(command.to_owned())),
        );
        for arguments in [&["seed"][..], &["seed", "--json"], &["seed", "-v", "--log-format=json"]] {
            assert_no_secret(&project.run(arguments));
        }
    }
}

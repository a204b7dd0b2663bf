//! Every command of README.md and of `docs/` is run, and what it says is what the page shows. `REVGRAPH_BLESS=1 cargo test
//! consoles` writes what it says into the pages. What pages say about being run: see [`super::blocks`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use super::blocks::{self, Block, Part, Section, Shown};
use super::masks::masked;
use super::{REPOSITORY, pages};
use crate::support::{Database, Kind, postgres_programs};

/// Pages whose commands are for those who work on revgraph, or are compared elsewhere.
const ELSEWHERE: [&str; 2] = ["CONTRIBUTING.md", "CHANGELOG.md"];

/// Who runs the commands, as the pages have it.
const USER: &str = "ann";

/// Stands alone in a line before the output of each command.
const MARK: &str = "@@ output of command";

/// Begins the line behind a command that is to succeed, and does not.
const FAILED: &str = "exit status";

/// How many pages are run at once.
const TOGETHER: usize = 4;

#[test]
fn every_command_of_the_pages_is_run_or_says_why_not() {
    let is_here = |page: &PathBuf| !ELSEWHERE.iter().any(|other| page == Path::new(other));
    let pages: Vec<PathBuf> = pages().into_iter().filter(is_here).collect();
    let queue = Mutex::new(pages.iter());
    let problems = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..TOGETHER {
            scope.spawn(|| {
                loop {
                    let Some(page) = queue.lock().expect("nobody panics").next() else { break };
                    let found = problems_of(page);
                    problems.lock().expect("nobody panics").extend(found);
                }
            });
        }
    });
    let mut problems = problems.into_inner().expect("nobody panics");
    problems.sort();
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// Runs a page; what it shows and is not so, which `REVGRAPH_BLESS` mends.
fn problems_of(page: &Path) -> Vec<String> {
    let text = super::read(page);
    let (sections, unaccounted) = blocks::read(&text);
    let place = |fence: usize| format!("{}:{}", page.display(), fence + 1);
    let mut problems: Vec<String> =
        unaccounted.into_iter().map(|fence| format!("{}: in no folder", place(fence))).collect();
    let mut changed = text.lines().map(str::to_owned).collect::<Vec<_>>();
    // From the end, as lines change their numbers behind what is put in.
    for section in sections.iter().rev() {
        for (block, said) in run(section).into_iter().rev() {
            if block.lines != said {
                problems.push(format!("{}: says\n{}", place(block.fence), said.join("\n")));
                let body = block.fence + 1..block.fence + 1 + block.lines.len();
                changed.splice(body, said.iter().map(|line| format!("{}{line}", block.indent)));
            }
        }
    }
    if !problems.is_empty() && std::env::var_os("REVGRAPH_BLESS").is_some() {
        fs::write(Path::new(REPOSITORY).join(page), changed.join("\n") + "\n").expect("a page is written");
    }
    problems
}

/// Runs a section in a folder of its own; each of its blocks with the lines that it should have. Lines that differ in
/// what is masked alone stay as they are.
fn run(section: &Section) -> Vec<(&Block, Vec<String>)> {
    let place = Place::new(section);
    let mut script = String::from("exec 2>&1\n");
    for part in &section.parts {
        match part {
            Part::Hidden(lines) => script.push_str(&format!("set -e\n{}\nset +e\n", place.real(lines))),
            Part::Shown(block) => {
                for shown in block.commands() {
                    let command = place.real(&shown.command);
                    let failing =
                        if block.is_script { format!(" || echo \"{FAILED} $?\"") } else { String::new() };
                    script.push_str(&format!("printf '\\n{MARK}\\n'\n{command}{failing}\n"));
                }
            }
        }
    }
    let said = place.shell(&script);
    let mark = format!("\n{MARK}\n");
    // What stands before the first mark comes from hidden lines.
    let mut outputs = said.split(&mark).skip(1);
    let blocks = section.parts.iter().filter_map(|part| match part {
        Part::Shown(block) => Some(block),
        Part::Hidden(_) => None,
    });
    let mut said_by = |block: &Block| {
        let of = |shown: Shown| {
            let output =
                outputs.next().unwrap_or_else(|| panic!("{}: a hidden line failed:\n{said}", shown.command));
            let lines = output.trim_end_matches('\n').lines().map(|line| place.shown(line)).collect();
            as_shown(shown, lines, block.is_script, &script)
        };
        block.commands().into_iter().flat_map(of).collect()
    };
    blocks.map(|block| (block, said_by(block))).collect()
}

/// The lines of a command that has said `said`. Output that differs in what is masked alone stays as it is shown.
fn as_shown(shown: Shown, said: Vec<String>, is_script: bool, script: &str) -> Vec<String> {
    let mask = |lines: &[String]| lines.iter().map(|line| masked(line, script)).collect::<Vec<_>>();
    let (command, output) = if is_script {
        let failed = said.into_iter().filter(|line| line.starts_with(FAILED)).collect();
        (shown.command, failed)
    } else if mask(&said) == mask(&shown.output) {
        (format!("$ {}", shown.command), shown.output)
    } else {
        (format!("$ {}", shown.command), said)
    };
    std::iter::once(command).chain(output).collect()
}

/// The URL of a server's socket as revgraph tells it: its folder is the host.
fn told(url: &str) -> String {
    let (url, folder) = url.split_once("?host=").unwrap_or((url, ""));
    url.replace("postgresql://", "postgres://")
        .replace("@localhost", &format!("@{}", folder.replace('/', "%2F")))
}

/// Where a section is run, and how its page calls that.
struct Place<'s> {
    folder: tempfile::TempDir,
    section: &'s Section,
    database: Option<Database>,
}

impl<'s> Place<'s> {
    fn new(section: &'s Section) -> Self {
        let folder = tempfile::Builder::new().prefix("revgraph-page-").tempdir().expect("a folder");
        let database = section.database.as_ref().map(|_| Database::new(Kind::Postgres, folder.path()));
        Self { folder, section, database }
    }

    /// Names of the place as the page has them, and as they are.
    fn names(&self) -> Vec<(String, String)> {
        let folder = (self.section.folder.clone(), self.folder.path().display().to_string());
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let actor = (format!("{USER}@vm"), format!("{USER}@{}", host.trim()));
        let Some((database, shown)) = self.database.as_ref().zip(self.section.database.as_ref()) else {
            return vec![folder, actor];
        };
        let url = database.url();
        let name = shown.rsplit('/').next().unwrap_or_default();
        vec![
            (shown.clone(), told(&url)),
            (shown.clone(), url),
            (name.to_owned(), database.name().to_owned()),
            folder,
            actor,
        ]
    }

    /// What the page has, for the shell.
    fn real(&self, text: &str) -> String {
        let names = self.names();
        let is_name_alone = |shown: &str| self.database.is_some() && !shown.contains('/');
        // The first that is in the text is it: what a command is given is the whole URL.
        let named = names.iter().rev().filter(|(shown, _)| !is_name_alone(shown));
        named.fold(text.to_owned(), |text, (shown, real)| text.replace(shown.as_str(), real))
    }

    /// What a command said, for the page.
    fn shown(&self, line: &str) -> String {
        let line = self
            .names()
            .iter()
            .fold(line.to_owned(), |line, (shown, real)| line.replace(real.as_str(), shown));
        line.trim_end().to_owned()
    }

    /// What a shell writes that runs this script in the folder.
    fn shell(&self, script: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_revgraph"));
        let bin = self.folder.path().join(".bin");
        fs::create_dir(&bin).expect("a folder");
        let folders =
            [bin.as_path(), program.parent().expect("it has a folder"), postgres_programs::folder()];
        let path: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", script]).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        bash.env("PATH", format!("{}:{}", path.join(":"), std::env::var("PATH").unwrap_or_default()));
        bash.env("HOME", self.folder.path()).env("USER", USER).env("LANG", "C.UTF-8").env("COLUMNS", "100");
        bash.env("BIN", bin).env("REPOSITORY", REPOSITORY);
        for name in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
            bash.env(name, USER);
        }
        if let Some(database) = &self.database {
            bash.env("DATABASE_URL", database.url());
        }
        let output = bash.output().expect("bash can be run");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

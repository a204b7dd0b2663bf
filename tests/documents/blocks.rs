//! The commands of a page, and what the page says about running them, in HTML comments that readers do not see:
//!
//! - `<!-- folder: /tmp/shop` begins a folder of its own, which the page shows under this name; the lines below are run in it
//!   and shown to nobody. `<!-- folder: /tmp/shop, database: postgres://ann@localhost/shop` has an empty database of
//!   PostgreSQL, which the page shows under this URL, in `DATABASE_URL`; without it nothing names a database.
//! - `<!-- before:` has lines that are run before the next block.
//! - `<!-- not run: REASON -->` is for the next block.

/// What happens in one folder, in the order of the page.
pub struct Section {
    /// What the page calls the folder.
    pub folder: String,
    /// What the page calls the URL of the database, where one of PostgreSQL is wanted.
    pub database: Option<String>,
    pub parts: Vec<Part>,
}

pub enum Part {
    /// Lines of a shell that readers do not see.
    Hidden(String),
    Shown(Block),
}

/// A block of commands.
pub struct Block {
    /// The number of the line of its opening fence, from 0.
    pub fence: usize,
    /// The blanks before its fences: in a list it is set in.
    pub indent: String,
    /// The lines between its fences, without those blanks.
    pub lines: Vec<String>,
    /// Whether its lines are commands alone, which are to succeed, with no output shown.
    pub is_script: bool,
}

/// A command and the output that the page shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    pub command: String,
    pub output: Vec<String>,
}

impl Block {
    /// The commands of the block. Lines with a mark of a shell are commands, those below are what they say.
    pub fn commands(&self) -> Vec<Shown> {
        let mut found: Vec<Shown> = Vec::new();
        for line in &self.lines {
            let command = if self.is_script { Some(line.as_str()) } else { line.strip_prefix("$ ") };
            match (command, found.last_mut()) {
                (Some(command), _) => found.push(Shown { command: command.to_owned(), output: Vec::new() }),
                (None, Some(last)) => last.output.push(line.clone()),
                (None, None) => panic!("output before the first command: {line}"),
            }
        }
        found
    }
}

/// The sections of a page, and the numbers of the fences of blocks that are in none and have no reason not to be.
pub fn read(page: &str) -> (Vec<Section>, Vec<usize>) {
    let (mut sections, mut unaccounted): (Vec<Section>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut is_excused = false;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
        let set_in = |line: &str| line.strip_prefix(indent).unwrap_or(line).to_owned();
        let line = line.trim_start_matches(' ');
        if let Some(begun) = line.strip_prefix("<!-- ") {
            let rest = lines.by_ref().map(|(_, line)| line);
            is_excused |= comment(begun, rest, &mut sections);
        } else if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().map(|(_, line)| set_in(line));
            let block = Block {
                fence: number,
                indent: indent.to_owned(),
                lines: lines.take_while(|line| line != "```").collect(),
                is_script: language == "sh",
            };
            if matches!(language, "console" | "sh") && !is_excused {
                match sections.last_mut() {
                    Some(section) => section.parts.push(Part::Shown(block)),
                    None => unaccounted.push(number),
                }
            }
            is_excused = false;
        }
    }
    (sections, unaccounted)
}

/// Heeds a comment whose first line begins so; whether it is the reason why a block is not run.
fn comment<'p>(begun: &'p str, rest: impl Iterator<Item = &'p str>, sections: &mut Vec<Section>) -> bool {
    let (head, lines) = match begun.split_once(" -->") {
        Some((head, _)) => (head, Vec::new()),
        None => (begun, rest.take_while(|line| *line != "-->").collect()),
    };
    let hidden = Part::Hidden(lines.join("\n"));
    if let Some(names) = head.strip_prefix("folder: ") {
        let (folder, database) =
            names.split_once(", database: ").map_or((names, None), |(folder, url)| (folder, Some(url)));
        sections.push(Section {
            folder: folder.to_owned(),
            database: database.map(str::to_owned),
            parts: vec![hidden],
        });
    } else if head == "before:" {
        sections.last_mut().expect("a folder is begun before").parts.push(hidden);
    }
    head.strip_prefix("not run: ").is_some_and(|reason| reason.contains(' '))
}

#[test]
fn blocks_are_read_with_what_is_said_about_them() {
    let page = "```console\n$ lost\n```\n<!-- folder: /tmp/a, database: postgres://a/b\nhidden\n-->\n```console\n$ one\nsays\n\nmore\n$ two\n```\n\
                <!-- not run: needs a server of theirs -->\n\n```sh\nno\n```\n```text\n$ no\n```\n```sh\nyes\n```\n";
    let (sections, unaccounted) = read(page);
    assert_eq!(unaccounted, [0]);
    let (_, in_a_list) = read("1. a\n\n   ```console\n   $ one\n   ```\n");
    assert_eq!(in_a_list, [2]);
    let [section] = &sections[..] else { panic!("one section") };
    assert_eq!((section.folder.as_str(), section.database.as_deref()), ("/tmp/a", Some("postgres://a/b")));
    let [Part::Hidden(hidden), Part::Shown(console), Part::Shown(script)] = &section.parts[..] else {
        panic!("three parts")
    };
    assert_eq!((hidden.as_str(), console.fence, script.lines.len()), ("hidden", 6, 1));
    let output = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        console.commands(),
        [
            Shown { command: "one".to_owned(), output: output(&["says", "", "more"]) },
            Shown { command: "two".to_owned(), output: output(&[]) }
        ]
    );
}

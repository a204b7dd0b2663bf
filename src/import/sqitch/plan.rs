//! `sqitch.plan`. Pure. <https://sqitch.org/docs/manual/sqitchplan/>

use std::fmt;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};

use super::super::error::Fault;
use super::super::files::SourceFile;

/// Sqitch's `sqitch.plan`, its changes and tags in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub path: PathBuf,
    pub project: String,
    pub changes: Vec<Change>,
    pub tags: Vec<Tag>,
}

/// A change. One name comes several times where a change has been reworked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub name: String,
    pub line: usize,
    pub note: String,
    pub planned: DateTime<FixedOffset>,
    pub requires: Vec<Requirement>,
    pub conflicts: Vec<String>,
}

/// A name for the state after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub name: String,
    pub line: usize,
    /// How many changes stand before it.
    pub changes_before: usize,
}

/// What a change requires, by name or tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Requirement {
    /// A change of this plan: the last of its name, up to a tag where one is given; or what a tag stands on.
    Here { change: Option<String>, tag: Option<String> },
    /// Something of another plan.
    OtherProject(String),
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here { change, tag } => {
                f.write_str(change.as_deref().unwrap_or_default())?;
                tag.as_ref().map_or(Ok(()), |tag| write!(f, "@{tag}"))
            }
            Self::OtherProject(name) => f.write_str(name),
        }
    }
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// Everything that Sqitch would stop at.
    pub(super) fn parse(file: &SourceFile) -> Result<Self, Vec<Fault>> {
        let mut plan =
            Self { path: file.path.clone(), project: String::new(), changes: Vec::new(), tags: Vec::new() };
        let mut faults = Vec::new();
        for (index, line) in file.text.lines().enumerate() {
            let line = line.trim_end();
            if let Some(pragma) = line.trim_start().strip_prefix('%') {
                let (name, value) = pragma.split_once('=').unwrap_or((pragma, ""));
                if name.trim() == "project" {
                    value.trim().clone_into(&mut plan.project);
                }
                continue;
            }
            if let Err(message) = plan.line(line, index + 1) {
                faults.push(Fault::of_line(&file.path, index + 1, message));
            }
        }
        if plan.project.is_empty() {
            faults.push(Fault::of_file(&file.path, "there is no %project in it"));
        }
        if faults.is_empty() { Ok(plan) } else { Err(faults) }
    }

    fn line(&mut self, line: &str, number: usize) -> Result<(), String> {
        let (content, note) = line.split_once('#').unwrap_or((line, ""));
        let content = content.trim();
        if content.is_empty() {
            return Ok(());
        }
        if let Some(tag) = content.strip_prefix('@') {
            return self.tag(tag, number);
        }
        if content.starts_with('-') {
            return Err("plans with `-` lines are of a Sqitch before 1.0".to_owned());
        }
        let content = content.trim_start_matches('+').trim_start();
        let name_end = content.find(char::is_whitespace).unwrap_or(content.len());
        let (name, rest) = content.split_at(name_end);
        check_name(name)?;
        let (dependencies, rest) = bracketed(rest.trim_start())?;
        let planned = timestamp(rest).ok_or("a change has a time like 2025-01-31T09:30:00Z and a planner")?;
        let reworked = self.changes.iter().rposition(|change| change.name == name);
        let last_tag = self.tags.last().map_or(0, |tag| tag.changes_before);
        if let Some(first) =
            reworked.filter(|first| *first >= last_tag).and_then(|first| self.changes.get(first))
        {
            return Err(format!("{name} stands on line {} already, with no tag in between", first.line));
        }
        let mut change = Change {
            name: name.to_owned(),
            line: number,
            note: unescaped(note.trim()),
            planned,
            requires: Vec::new(),
            conflicts: Vec::new(),
        };
        for dependency in dependencies.split_whitespace() {
            match dependency.strip_prefix('!') {
                Some(conflict) => change.conflicts.push(conflict.to_owned()),
                None => change.requires.push(requirement(dependency, &self.project)),
            }
        }
        self.changes.push(change);
        Ok(())
    }

    fn tag(&mut self, content: &str, number: usize) -> Result<(), String> {
        let name = content.split_whitespace().next().unwrap_or_default();
        check_name(name)?;
        if self.changes.is_empty() {
            return Err(format!("the tag @{name} has no change before it"));
        }
        if let Some(first) = self.tags.iter().find(|tag| tag.name == name) {
            return Err(format!("the tag @{name} stands on line {} already", first.line));
        }
        self.tags.push(Tag { name: name.to_owned(), line: number, changes_before: self.changes.len() });
        Ok(())
    }

    /// What tells a change from others: its name; for one that was reworked later, with the tag that comes first after
    /// it, as its files are named.
    pub(super) fn key(&self, index: usize) -> String {
        let Some(change) = self.changes.get(index) else { return String::new() };
        let is_reworked = self.changes.iter().skip(index + 1).any(|later| later.name == change.name);
        let tag = self.tags.iter().find(|tag| tag.changes_before > index);
        match tag {
            Some(tag) if is_reworked => format!("{}@{}", change.name, tag.name),
            _ => change.name.clone(),
        }
    }

    /// The change that a requirement means, among those before `before`.
    pub(super) fn find(&self, change: Option<&str>, tag: Option<&str>, before: usize) -> Option<usize> {
        let end = match tag {
            Some("HEAD") | None => before,
            Some(name) => self.tags.iter().find(|tag| tag.name == name)?.changes_before.min(before),
        };
        match change {
            Some(name) => self.changes.iter().take(end).rposition(|change| change.name == name),
            None => end.checked_sub(1),
        }
    }
}

/// Dependencies in brackets, and what follows them.
fn bracketed(rest: &str) -> Result<(&str, &str), String> {
    match rest.strip_prefix('[') {
        Some(inside) => inside.split_once(']').ok_or_else(|| "a `[` without its `]`".to_owned()),
        None => Ok(("", rest)),
    }
}

fn timestamp(rest: &str) -> Option<DateTime<FixedOffset>> {
    let mut words = rest.split_whitespace();
    let planned = DateTime::parse_from_rfc3339(words.next()?).ok()?;
    words.next().is_some().then_some(planned)
}

fn requirement(text: &str, project: &str) -> Requirement {
    let local = match text.split_once(':') {
        Some((other, local)) if other == project => local,
        Some(_) => return Requirement::OtherProject(text.to_owned()),
        None => text,
    };
    let (change, tag) = match local.split_once('@') {
        Some((change, tag)) => (change, Some(tag.to_owned())),
        None => (local, None),
    };
    Requirement::Here { change: (!change.is_empty()).then(|| change.to_owned()), tag }
}

fn check_name(name: &str) -> Result<(), String> {
    let is_punctuation = |c: char| c.is_ascii_punctuation() && c != '_';
    let is_wrong = name.is_empty()
        || name.starts_with(is_punctuation)
        || name.ends_with(is_punctuation)
        || name.contains([':', '@', '#', '[', ']']);
    if is_wrong { Err(format!("`{name}` is not a name for a change or a tag")) } else { Ok(()) }
}

/// Line ends are written as `\n` in notes.
fn unescaped(note: &str) -> String {
    note.replace("\\n", "\n").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "%syntax-version=1.0.0\n%project=shop\n\n\
        users 2025-01-01T10:00:00Z A B <a@b.c> # Users\\nand more\n\
        orders [users] 2025-01-02T10:00:00Z A B <a@b.c>\n\
        @v1 2025-01-03T10:00:00Z A B <a@b.c>\n\
        users [users@v1 !legacy other:x] 2025-01-04T10:00:00Z A B <a@b.c>\n";

    fn parse(text: &str) -> Result<Plan, Vec<Fault>> {
        Plan::parse(&SourceFile { path: "sqitch.plan".into(), text: text.to_owned(), has_bom: false })
    }

    #[test]
    fn a_plan_is_read() {
        let plan = parse(PLAN).expect("a plan");
        let keys: Vec<String> = (0..plan.changes.len()).map(|index| plan.key(index)).collect();
        assert_eq!(keys, ["users@v1", "orders", "users"]);
        assert_eq!(plan.changes[0].note, "Users\nand more");
        assert_eq!(plan.find(Some("users"), None, 1), Some(0));
        assert_eq!(plan.find(Some("users"), Some("v1"), 2), Some(0));
        assert_eq!(plan.find(None, Some("v1"), 2), Some(1));
        assert_eq!(plan.find(Some("orders"), None, 1), None);
        assert_eq!(plan.changes[2].conflicts, ["legacy"]);
        assert_eq!(plan.changes[2].requires[1], Requirement::OtherProject("other:x".to_owned()));
    }

    #[test]
    fn what_sqitch_stops_at_is_a_fault() {
        let line = |line: &str| {
            let faults = parse(&format!("%project=p\n\na 2025-01-01T10:00:00Z A <a@b.c>\n{line}\n"));
            faults.map_err(|faults| {
                faults.iter().map(|fault| (fault.line, fault.message.clone())).collect::<Vec<_>>()
            })
        };
        for bad in [
            "b",
            "b 2025-01-01 A <a@b.c>",
            "a 2025-01-01T10:00:00Z A <a@b.c>",
            "b [a 2025-01-01T10:00:00Z A <a@b.c>",
            "-b 2025-01-01T10:00:00Z A <a@b.c>",
            ".b 2025-01-01T10:00:00Z A <a@b.c>",
        ] {
            let faults = line(bad).expect_err(bad);
            assert_eq!(faults.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [Some(4)], "{bad}");
        }
        assert!(parse("\na 2025-01-01T10:00:00Z A <a@b.c>\n").is_err());
        assert!(parse("%project=p\n@v1 2025-01-01T10:00:00Z A <a@b.c>\n").is_err());
    }
}

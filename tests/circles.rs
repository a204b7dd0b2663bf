//! No file of the sources uses one that uses it, in whatever many steps: so each can be read with what is below it. A
//! `mod.rs` that only declares and hands on what its children hold is no step: a path leads to the file of the item.

use std::collections::{BTreeMap, BTreeSet};

use crate::layering::sources;

/// The parts of a path, from the crate's root on.
type Path = Vec<String>;

/// What a file says of others.
#[derive(Debug, Default)]
struct Said {
    /// What it imports or names.
    uses: Vec<Path>,
    /// What it hands on, by the name under which it does.
    hands_on: BTreeMap<String, Path>,
}

/// The module of a file.
fn module_of(name: &str) -> Path {
    let mut path: Path = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        path.pop();
    }
    path
}

/// The paths of a use tree, and the name that each is known by: `a::{b, c as d}` is `a::b` by `b` and `a::c` by `d`.
fn paths_of(tree: &str) -> Vec<(Path, String)> {
    let parts = |text: &str| -> Path {
        text.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let Some((before, group)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
        let mut path = parts(path);
        let last = path.last().cloned().unwrap_or_default();
        if last == "self" && path.len() > 1 {
            path.pop();
        }
        let known_by =
            alias.map_or_else(|| path.last().cloned().unwrap_or(last), |alias| alias.trim().to_owned());
        return vec![(path, known_by)];
    };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let before = parts(before);
    let mut found = Vec::new();
    for member in members(group) {
        for (path, known_by) in paths_of(member.trim()) {
            let is_self = path == ["self"];
            let whole: Path = before.iter().cloned().chain(path.into_iter().filter(|_| !is_self)).collect();
            let known_by =
                if known_by == "self" { whole.last().cloned().unwrap_or_default() } else { known_by };
            found.push((whole, known_by));
        }
    }
    found
}

/// The members of a group, cut at the commas outside of inner groups.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&group[start..]);
    found.retain(|member| !member.trim().is_empty());
    found
}

/// Splits code into its `use` items, each with whether it hands on, and the rest.
fn uses_and_rest(code: &str) -> (Vec<(bool, String)>, String) {
    let (mut uses, mut rest) = (Vec::new(), String::new());
    let mut open: Option<(bool, String)> = None;
    for line in code.lines() {
        let trimmed = line.trim_start();
        if open.is_none() {
            let (visibility, item) = match trimmed.split_once("use ") {
                Some((visibility, item)) => (visibility.trim(), item),
                None => ("?", ""),
            };
            let is_visibility =
                visibility == "pub" || visibility.starts_with("pub(") && visibility.ends_with(')');
            if visibility.is_empty() || is_visibility {
                open = Some((is_visibility, item.to_owned()));
            } else {
                rest.push_str(line);
                rest.push('\n');
            }
        } else if let Some((_, item)) = &mut open {
            item.push(' ');
            item.push_str(trimmed);
        }
        if let Some((hands_on, item)) = open.take_if(|(_, item)| item.contains(';')) {
            let item = item.split(';').next().unwrap_or_default().to_owned();
            uses.push((hands_on, item));
        }
    }
    (uses, rest)
}

/// The paths of two parts or more that stand in code, but for those that say how far something can be seen.
fn named_in(code: &str) -> Vec<Path> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find(is_part).map(|at| from + at) {
        let length = code[start..].find(|c: char| !is_part(c) && c != ':').unwrap_or(code.len() - start);
        let text = code[start..start + length].trim_end_matches(':');
        let path: Path = text.split("::").map(str::to_owned).collect();
        let is_path = path.len() > 1 && path.iter().all(|part| !part.is_empty() && part.chars().all(is_part));
        if is_path && !code[..start].ends_with("(in ") {
            found.push(path);
        }
        from = start + length.max(1);
    }
    found
}

/// A path as written in a module, from the crate's root on; none where it leads out of the crate.
fn from_root(modules: &BTreeMap<Path, String>, module: &[String], path: &[String]) -> Option<Path> {
    let join = |base: &[String], rest: &[String]| base.iter().chain(rest).cloned().collect::<Path>();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some(join(module, &path[1..])),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            Some(join(module.get(..module.len().checked_sub(ups)?)?, &path[ups..]))
        }
        _ => Some(join(module, path)).filter(|_| modules.contains_key(&join(module, &path[..1]))),
    }
}

/// The file that holds what a path leads to, through whatever modules hand it on.
fn file_of<'m>(
    modules: &'m BTreeMap<Path, String>,
    said: &BTreeMap<Path, Said>,
    path: &[String],
    steps: usize,
) -> Option<&'m String> {
    let (module, rest) = (0..=path.len())
        .rev()
        .map(|length| path.split_at(length))
        .find(|(module, _)| modules.contains_key(*module))?;
    let handed_on = rest.first().and_then(|name| said.get(module)?.hands_on.get(name));
    match handed_on {
        Some(further) if steps > 0 => file_of(modules, said, further, steps - 1),
        _ => modules.get(module),
    }
}

/// Which files each file uses.
fn edges(sources: &[(String, String)]) -> BTreeMap<&str, BTreeSet<&str>> {
    let modules: BTreeMap<Path, String> = sources
        .iter()
        .filter(|(name, _)| name != "main.rs")
        .map(|(name, _)| (module_of(name), name.clone()))
        .collect();
    let mut said: BTreeMap<Path, Said> = BTreeMap::new();
    for (name, code) in sources {
        let module = module_of(name);
        let (uses, rest) = uses_and_rest(code);
        let own = said.entry(module.clone()).or_default();
        for (hands_on, item) in uses {
            for (path, known_by) in paths_of(&item) {
                let Some(path) = from_root(&modules, &module, &path) else { continue };
                if hands_on {
                    own.hands_on.insert(known_by, path);
                } else {
                    own.uses.push(path);
                }
            }
        }
        own.uses.extend(named_in(&rest).iter().filter_map(|path| from_root(&modules, &module, path)));
    }
    let mut edges = BTreeMap::new();
    for (name, _) in sources {
        let used = said.get(&module_of(name)).map_or(&[][..], |said| &said.uses);
        let files = used.iter().filter_map(|path| file_of(&modules, &said, path, 8));
        let files = files
            .filter(|file| *file != name)
            .filter_map(|file| Some(sources.iter().find(|(one, _)| one == file)?.0.as_str()));
        edges.insert(name.as_str(), files.collect());
    }
    edges
}

/// The files that use each other, by circles; each circle once, in the order of the names.
fn circles<'s>(edges: &BTreeMap<&'s str, BTreeSet<&'s str>>) -> Vec<Vec<&'s str>> {
    let reached_from = |start: &'s str| {
        let (mut reached, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(file) = next.pop() {
            for used in edges.get(file).into_iter().flatten() {
                if reached.insert(*used) {
                    next.push(used);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|file| (*file, reached_from(file))).collect();
    let circle = |file: &'s str| -> Vec<&'s str> {
        let back = |other: &&&str| reached.get(**other).is_some_and(|reached| reached.contains(file));
        reached.get(file).into_iter().flatten().filter(back).copied().collect()
    };
    let found: BTreeSet<Vec<&str>> =
        edges.keys().map(|file| circle(file)).filter(|circle| circle.len() > 1).collect();
    found.into_iter().collect()
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let sources = sources();
    let edges = edges(&sources);
    assert!(edges.values().map(BTreeSet::len).sum::<usize>() > 2000, "the paths are not found");
    assert_eq!(circles(&edges), Vec::<Vec<&str>>::new());
}

#[test]
fn trees_of_uses_are_taken_apart() {
    let paths = |tree: &str| -> Vec<String> {
        paths_of(tree).iter().map(|(path, known_by)| format!("{} {known_by}", path.join("::"))).collect()
    };
    assert_eq!(paths("super::a::B"), ["super::a::B B"]);
    assert_eq!(paths("a::{self, B, c::{D as E, F}}"), ["a a", "a::B B", "a::c::D E", "a::c::F F"]);
    assert_eq!(paths("a::B as C"), ["a::B C"]);
    let (uses, rest) = uses_and_rest("pub(super) use a::{\n    B,\n};\nuse c::D;\nlet used = use_it();\n");
    assert_eq!(uses, [(true, "a::{ B, }".to_owned()), (false, "c::D".to_owned())]);
    assert_eq!(rest, "let used = use_it();\n");
    let named = named_in("pub(in super::super) fn f() { a::b(c, ::d::E); x: y; super::g() }");
    assert_eq!(named, [vec!["a", "b"], vec!["d", "E"], vec!["super", "g"]]);
}

/// Two files that use each other's items through the module that declares both are a circle; the module is none.
#[test]
fn a_circle_is_found_through_what_hands_on() {
    let source = |name: &str, code: &str| (name.to_owned(), code.to_owned());
    let lib = source("lib.rs", "pub mod m;\n");
    let module = source("m/mod.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\npub use b::{B as Renamed};\n");
    let leaf = source("m/c.rs", "pub struct C;\n");
    let round = [
        lib.clone(),
        module.clone(),
        leaf.clone(),
        source("m/a.rs", "use super::Renamed;\nuse super::c::C;\n"),
        source("m/b.rs", "fn f() -> crate::m::A { todo }\n"),
    ];
    assert_eq!(circles(&edges(&round)), [["m/a.rs", "m/b.rs"]]);
    let straight = [
        lib,
        module,
        leaf,
        source("m/a.rs", "use super::Renamed;\npub(in crate::m) struct A;\n"),
        source("m/b.rs", "use super::c::C;\n"),
    ];
    assert_eq!(circles(&edges(&straight)), Vec::<Vec<&str>>::new());
}

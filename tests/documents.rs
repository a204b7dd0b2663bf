//! The documents: every relative link of a page leads to a file and a heading that exist, and the site has all pages.

#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod blocks;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod consoles;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod masks;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// The pages outside of `docs/` and `packaging/`.
const TOP: [&str; 3] = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// The page that lists the others for the site.
const SUMMARY: &str = "docs/SUMMARY.md";

#[test]
fn every_link_leads_somewhere() {
    let pages: BTreeMap<PathBuf, String> =
        pages().into_iter().map(|page| (page.clone(), read(&page))).collect();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        for link in links(text).into_iter().filter(|link| !is_elsewhere(link)) {
            let (path, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { page.clone() } else { beside(page, path) };
            let heading_is_there =
                |anchor: &str| pages.get(&target).is_some_and(|text| anchors(text).contains(anchor));
            if !Path::new(REPOSITORY).join(&target).exists()
                || anchor.is_some_and(|anchor| !heading_is_there(anchor))
            {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn the_site_has_every_page_once_and_none_leads_out_of_it() {
    let listed: Vec<PathBuf> =
        links(&read(SUMMARY)).iter().map(|link| beside(Path::new(SUMMARY), link)).collect();
    let unique: BTreeSet<PathBuf> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), unique.len(), "a page is listed twice in {SUMMARY}");
    let documents: BTreeSet<PathBuf> =
        markdown_below("docs").into_iter().filter(|page| page != Path::new(SUMMARY)).collect();
    assert_eq!(documents, unique, "the pages of docs/, and those listed in {SUMMARY}");
    for page in &documents {
        let leads_out = |link: &String| !is_elsewhere(link) && !beside(page, link).starts_with("docs");
        let out: Vec<String> = links(&read(page)).into_iter().filter(leads_out).collect();
        assert!(out.is_empty(), "{}: the site does not have {out:?}", page.display());
    }
}

#[test]
fn links_are_found_as_markdown_has_them() {
    let text = "# A `b` c!\n[x](a.md#b) `[no](code.md)` [y](<b c.md>)\n```text\n# no\n[no](fence.md)\n```\n# A b c\n![p](p.png)";
    assert_eq!(links(text), ["a.md#b", "b c.md", "p.png"]);
    assert_eq!(anchors(text), BTreeSet::from(["a-b-c".to_owned(), "a-b-c-1".to_owned()]));
    assert_eq!(beside(Path::new("docs/a.md"), "../b.md#c"), Path::new("b.md"));
}

/// All pages, relative to the repository.
fn pages() -> Vec<PathBuf> {
    let top = TOP.map(PathBuf::from);
    [top.to_vec(), markdown_below("docs"), markdown_below("packaging")].concat()
}

/// The pages below a folder, relative to the repository.
fn markdown_below(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(REPOSITORY).join(&folder)).expect("a folder of the repository") {
            let entry = entry.expect("an entry of a folder");
            let path = folder.join(entry.file_name());
            if entry.file_type().expect("what an entry is").is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(page: impl AsRef<Path>) -> String {
    fs::read_to_string(Path::new(REPOSITORY).join(page)).expect("a page of the repository")
}

/// Whether a link leads out of the repository, which is not looked at.
fn is_elsewhere(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:")
}

/// The path of a link on a page, relative to the repository, without its anchor.
fn beside(page: &Path, link: &str) -> PathBuf {
    let path = link.split('#').next().unwrap_or_default();
    let mut found = page.parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => _ = found.pop(),
            Component::Normal(name) => found.push(name),
            _ => {}
        }
    }
    if path.is_empty() { page.to_path_buf() } else { found }
}

/// The lines outside of fenced code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fence = None;
    text.lines().filter(move |line| {
        let marks = line.trim_start().chars().take_while(|mark| *mark == '`').count();
        match fence {
            Some(opened) if marks >= opened => fence = None,
            None if marks >= 3 => fence = Some(marks),
            Some(_) => {}
            None => return true,
        }
        false
    })
}

/// A line without what stands between backquotes.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

/// Where the links of a page lead.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in prose(text).map(without_code) {
        for (_, rest) in line.match_indices("](").map(|(at, mark)| line.split_at(at + mark.len())) {
            let link = match rest.strip_prefix('<') {
                Some(quoted) => quoted.split('>').next(),
                None => rest.split([')', ' ']).next(),
            };
            found.extend(link.map(str::to_owned));
        }
    }
    found
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let kept = |character: &char| character.is_alphanumeric() || " -_".contains(*character);
        let anchor: String =
            title.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-");
        let again = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(again).find(|anchor| !found.contains(anchor));
        found.extend(free);
    }
    found
}

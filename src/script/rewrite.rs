//! Changing scripts that are there: the parents in a header.

use super::header::{HeaderError, header_range, lines, parse};
use crate::graph::RevisionId;

/// The text of an up script with other parents in its header; every other byte is as it was.
///
/// # Errors
/// Where the header cannot be read.
pub fn with_parents(text: &str, parents: &[RevisionId]) -> Result<String, HeaderError> {
    with_list(text, "down_revision", &parents.iter().map(RevisionId::as_str).collect::<Vec<_>>())
}

/// The text of an up script with other dependencies in its header; every other byte is as it was.
///
/// # Errors
/// Where the header cannot be read.
pub fn with_dependencies(text: &str, dependencies: &[String]) -> Result<String, HeaderError> {
    with_list(text, "depends_on", &dependencies.iter().map(String::as_str).collect::<Vec<_>>())
}

fn with_list(text: &str, key: &str, names: &[&str]) -> Result<String, HeaderError> {
    parse(text)?;
    let list = names.join(", ");
    let value = if list.is_empty() { list } else { format!(" {list}") };
    let header = header_range(text);
    let mut after_revision = header.start;
    for (start, line) in lines(text.get(header.clone()).unwrap_or_default()) {
        let start = header.start + start;
        match key_of(line) {
            Some((found, colon)) if found == key => {
                return Ok(replaced(text, start + colon + 1, start + line.len(), &value));
            }
            Some(("revision", _)) => after_revision = start + line.len(),
            _ => {}
        }
    }
    let line_ending =
        if text.get(after_revision..).is_some_and(|rest| rest.starts_with("\r\n")) { "\r\n" } else { "\n" };
    Ok(replaced(text, after_revision, after_revision, &format!("{line_ending}-- {key}:{value}")))
}

/// The key of a header line and where its colon is.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let colon = line.find(':')?;
    Some((line.get(..colon)?.trim_start_matches('-').trim(), colon))
}

fn replaced(text: &str, start: usize, end: usize, with: &str) -> String {
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    format!("{before}{with}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<RevisionId> {
        names.iter().map(|name| RevisionId::recorded(name)).collect()
    }

    #[test]
    fn only_the_value_changes() {
        let text = "\u{feff}-- title\r\n--\r\n-- revision: c\r\n-- down_revision: a,b \r\n-- note: x\r\n\r\nSELECT 1;\r\n";
        let changed = with_parents(text, &ids(&["z"])).expect("a header");
        assert_eq!(changed, text.replace(" a,b ", " z"));
        let several = with_parents(text, &ids(&["y", "z"])).expect("a header");
        assert_eq!(several, text.replace(" a,b ", " y, z"));
        assert_eq!(with_parents(text, &[]).expect("a header"), text.replace(" a,b ", ""));
    }

    #[test]
    fn a_header_without_the_key_gains_it() {
        let text = "-- title\n-- revision: c\n-- created:\nSELECT 1;";
        let changed = with_parents(text, &ids(&["a"])).expect("a header");
        assert_eq!(changed, "-- title\n-- revision: c\n-- down_revision: a\n-- created:\nSELECT 1;");
        let crlf = with_parents("-- revision: c\r\nSELECT 1;", &ids(&["a"])).expect("a header");
        assert_eq!(crlf, "-- revision: c\r\n-- down_revision: a\r\nSELECT 1;");
        assert_eq!(
            with_parents("-- revision: c", &ids(&["a"])).expect("a header"),
            "-- revision: c\n-- down_revision: a"
        );
    }

    #[test]
    fn dependencies_are_changed_alike() {
        let text = "-- t\n-- revision: c\n-- down_revision: a\n-- depends_on: x, net\n\nSELECT 1;";
        let changed = with_dependencies(text, &["y".to_owned(), "net".to_owned()]).expect("a header");
        assert_eq!(changed, text.replace("x, net", "y, net"));
    }

    proptest::proptest! {
        #[test]
        fn the_header_says_the_new_parents_and_the_checksum_stays(
            parents in proptest::collection::btree_set("[a-z]{1,4}", 0..4),
            had in proptest::option::of("[a-z]{1,3}(, [A-Z]{1,3})?"),
            body in "(\r?\n)([ -~]|\r?\n|ä){0,40}",
            bom in proptest::bool::ANY,
        ) {
            let key = had.map(|value| format!("--down_revision :{value}\r\n")).unwrap_or_default();
            let text = format!("{}-- t\n{key}-- revision: id{body}", if bom { "\u{feff}" } else { "" });
            let parents: Vec<RevisionId> = parents.iter().map(|name| RevisionId::recorded(name)).collect();
            if let Ok(before) = parse(&text) {
                let changed = with_parents(&text, &parents).expect("it parsed");
                let after = parse(&changed).expect("it parses still");
                proptest::prop_assert_eq!(&after.down_revisions, &parents);
                proptest::prop_assert_eq!((after.revision, after.message), (before.revision, before.message));
                proptest::prop_assert!(super::super::Checksum::of_script(&changed) == super::super::Checksum::of_script(&text));
            }
        }
    }
}

//! The tables of `docs/errors.md` are what the program says of its kinds of error. `REVGRAPH_BLESS=1 cargo test error_kinds`
//! writes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use revgraph::diagnostic::{SECTIONS, Section};

const BEGIN: &str = "<!-- kinds: generated from src/diagnostic/kind.rs -->\n";
const END: &str = "<!-- /kinds -->\n";

fn table(section: &Section) -> String {
    let mut text = format!("\n### {}\n\n", section.title);
    if !section.introduction.is_empty() {
        text.push_str(&format!("{}\n\n", section.introduction));
    }
    text.push_str("| kind | status | what happened | what to do |\n|---|---|---|---|\n");
    for described in section.kinds {
        let statuses: Vec<String> =
            described.statuses.iter().map(|status| status.number().to_string()).collect();
        text.push_str(&format!(
            "| `{}` | {} | {} |{} |\n",
            described.kind.word(),
            statuses.join(" or "),
            described.happened,
            if described.remedy.is_empty() { String::new() } else { format!(" {}", described.remedy) },
        ));
    }
    text
}

#[test]
fn the_documentation_lists_every_kind() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let text = fs::read_to_string(&path).expect("docs/errors.md");
    let (before, rest) = text.split_once(BEGIN).expect("the mark where the kinds begin");
    let (found, after) = rest.split_once(END).expect("the mark where the kinds end");
    let tables: String = SECTIONS.iter().map(table).chain(["\n".to_owned()]).collect();
    if std::env::var_os("REVGRAPH_BLESS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{tables}{END}{after}")).expect("docs/errors.md is written");
        return;
    }
    assert!(
        found == tables,
        "docs/errors.md is stale: REVGRAPH_BLESS=1 cargo test error_kinds writes it anew"
    );
}

#[test]
fn no_two_kinds_have_one_word() {
    let mut words = BTreeSet::new();
    for described in SECTIONS.iter().flat_map(|section| section.kinds) {
        assert!(words.insert(described.kind.word()), "{} twice", described.kind.word());
        assert_eq!(described.kind.usual_status(), described.statuses[0]);
    }
}

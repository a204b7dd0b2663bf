use super::*;

const EXAMPLE: &str = "-- initialize models\n--\n-- more\n-- revision: e2412789c190\n-- down_revision: a, b\n\
    -- depends_on: net\n-- created: 2025-11-21T09:23:00Z\n\nCREATE TABLE t (x int);\n";

#[test]
fn a_long_list_is_looked_through_for_names_that_are_there_twice() {
    let names = |last: &str| {
        let names: Vec<String> = (0..20_000).map(|number| format!("p{number}")).collect();
        format!("-- m\n-- revision: m\n-- down_revision: {}, {last}\n", names.join(", "))
    };
    assert_eq!(parse(&names("last")).expect("all differ").down_revisions.len(), 20_001);
    for repeated in ["p3", "p19999"] {
        let error = parse(&names(repeated)).expect_err("it is there twice");
        assert_eq!(error.kind, HeaderErrorKind::RepeatedName(repeated.to_owned()));
    }
}

#[test]
fn a_header_is_read() {
    let header = parse(EXAMPLE).expect("a header");
    assert_eq!(header.revision.as_str(), "e2412789c190");
    assert_eq!(header.down_revisions, [RevisionId::recorded("a"), RevisionId::recorded("b")]);
    assert_eq!(header.depends_on, ["net"]);
    assert_eq!(header.message, "initialize models\n\nmore");
    assert_eq!(header.created.map(|date| date.to_rfc3339()).as_deref(), Some("2025-11-21T09:23:00+00:00"));
}

#[test]
fn bom_and_crlf_do_not_matter() {
    let crlf = format!("\u{feff}{}", EXAMPLE.replace('\n', "\r\n"));
    assert_eq!(parse(&crlf), parse(EXAMPLE));
    let body = crlf.get(header_range(&crlf).end..).expect("a body");
    assert_eq!(body, "\r\nCREATE TABLE t (x int);\r\n");
}

fn error(text: &str) -> (String, String) {
    let error = parse(text).expect_err("an error");
    (error.to_string(), text.get(error.span).expect("a span inside").to_owned())
}

#[test]
fn errors_point_at_what_is_wrong() {
    assert!(error("").0.contains("no header"));
    assert_eq!(error("CREATE TABLE t (x int);\n-- revision: a\n").1, "CREATE TABLE t (x int);");
    assert_eq!(error("-- t\n-- down_revision: a\n").0, "the header names no revision");
    assert_eq!(error("-- revision: a\n-- down_revison: b\n").1, "-- down_revison: b");
    assert_eq!(error("-- revision: a\n-- down_revision: b, c-d\n").1, "c-d");
    assert_eq!(error("-- revision: a\n-- revision: b\n").0, "`revision` is given twice");
    assert_eq!(error("-- revision: head\n").1, "head");
    assert_eq!(error("-- revision: a, b\n").0, "a script is one revision, and this names several");
    assert_eq!(error("-- revision: a\n-- created: yesterday\n").1, "-- created: yesterday");
    assert_eq!(error("-- revision: a\n-- revgraph: no-transactions\n").1, "-- revgraph: no-transactions");
    assert_eq!(error("-- revision: a\n-- down_revision: b,b\n").0, "`b` is listed twice");
}

#[test]
fn a_colon_in_a_message_is_a_message() {
    let header = parse("-- fix: the thing\n-- note: two: colons\n-- revision: a\n").expect("a header");
    assert_eq!(header.message, "fix: the thing\nnote: two: colons");
}

proptest::proptest! {
    #[test]
    fn a_message_is_its_lines_less_blank_ones_around_them(lines in proptest::collection::vec("[a ]{0,3}", 0..8)) {
        let script: String = lines.iter().map(|line| format!("--{line}\n")).collect();
        let body = "\nSELECT 1; -- a\n";
        let script = format!("{script}-- revision: a\n{body}");
        let (header, rest) = parse_script(&script).expect("a header");
        let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        assert_eq!(header.message, trimmed.join("\n").trim());
        assert_eq!(rest, body);
    }
}

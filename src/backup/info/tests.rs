use super::*;

fn at(name: &str, last_value: i64) -> (String, Option<SequencePosition>) {
    (name.to_owned(), Some(SequencePosition { last_value, is_called: last_value > 1 }))
}

fn inventory() -> Inventory {
    Inventory {
        version_rows: vec![RevisionId::recorded("a")],
        scripts: BTreeMap::from([("a".to_owned(), "1".to_owned())]),
        tables: BTreeMap::from([("public.t".to_owned(), 3)]),
        sequences: BTreeMap::from([at("public.s", 7), at("public.gone", 1)]),
        large_objects: BTreeMap::from([(4711, 3), (4712, 1)]),
        objects: ["table public.t", "index public.i", "privileges of table public.t"]
            .map(str::to_owned)
            .into(),
        roles: BTreeSet::new(),
    }
}

fn info() -> Info {
    let origin = Origin {
        taken_at: "2026-01-02T03:04:05Z".to_owned(),
        database: "postgres://host/a".to_owned(),
        name: "a".to_owned(),
        server_version: "PostgreSQL 15.1".to_owned(),
        server_version_num: 150_001,
    };
    let written = Written { format: Format::Custom, program_major: Some(15), size: 1, sha256: String::new() };
    Info::new(origin, written, inventory())
}

#[test]
fn each_difference_is_told_once() {
    let info = info();
    assert_eq!(info.differences(&inventory(), true), [""; 0]);
    let mut other = inventory();
    other.version_rows.clear();
    other.scripts.clear();
    other.tables = BTreeMap::from([("public.t".to_owned(), 2), ("public.u".to_owned(), 0)]);
    other.sequences = BTreeMap::from([at("public.s", 1), at("public.new", 1)]);
    other.large_objects = BTreeMap::from([(4711, 2), (4713, 0)]);
    other.objects = ["table public.t", "table public.u", "view public.v"].map(str::to_owned).into();
    assert_eq!(
        info.differences(&other, true),
        [
            "version rows: none instead of a",
            "the ledger has recorded other scripts",
            "table public.t: 2 rows instead of 3",
            "table public.u is new",
            "sequence public.gone is missing",
            "sequence public.s: at before 1 instead of 7",
            "sequence public.new is new",
            "large object 4711: 2 bytes instead of 3",
            "large object 4712 is missing",
            "large object 4713 is new",
            "index public.i is missing",
            "privileges of table public.t is missing",
            "view public.v is new",
        ]
    );
    // What moved meanwhile is only to be there; and the first backups say nothing of it.
    let sequences = Some(BTreeMap::from([("public.s".to_owned(), None), ("public.new".to_owned(), None)]));
    let moved = Info { sequences, large_objects: None, ..info.clone() };
    assert!(
        !moved
            .differences(&other, true)
            .iter()
            .any(|told| told.contains("public.s") || told.contains("large"))
    );
    assert!(!info.differences(&other, false).iter().any(|told| told.starts_with("privileges")));
}

/// Each part alone: where the others agree, it still counts.
#[test]
fn one_wrong_part_is_enough() {
    let info = Info {
        objects: ["table public.t", "table public.partitioned", "index public.i"].map(str::to_owned).into(),
        ..info()
    };
    let right = || Inventory { objects: info.objects.clone(), ..inventory() };
    assert_eq!(info.differences(&right(), true), [""; 0]);
    let told = |alter: &dyn Fn(&mut Inventory)| {
        let mut found = right();
        alter(&mut found);
        info.differences(&found, true)
    };
    let rows = |ids: &[&str]| ids.iter().map(|id| RevisionId::recorded(id)).collect();
    assert_eq!(told(&|found| found.version_rows = rows(&["b"])), ["version rows: b instead of a"]);
    let other = ["the ledger has recorded other scripts"];
    let recorded = |found: &mut Inventory, id: &str, checksum: &str| {
        found.scripts.insert(id.to_owned(), checksum.to_owned());
    };
    assert_eq!(told(&|found| recorded(found, "a", "2")), other);
    assert_eq!(told(&|found| recorded(found, "b", "1")), other);
    let counted = |rows| {
        move |found: &mut Inventory| {
            found.tables.insert("public.t".to_owned(), rows);
        }
    };
    assert_eq!(told(&counted(2)), ["table public.t: 2 rows instead of 3"]);
    assert_eq!(told(&counted(4)), ["table public.t: 4 rows instead of 3"]);
    assert_eq!(told(&|found| found.tables.clear()), ["table public.t is missing"]);
    for object in ["table public.partitioned", "index public.i"] {
        let without = |found: &mut Inventory| found.objects.retain(|one| one != object);
        assert_eq!(told(&without), [format!("{object} is missing")]);
    }
    let with_more = |found: &mut Inventory| found.objects.extend(["table public.x".to_owned()]);
    assert_eq!(told(&with_more), ["table public.x is new"]);
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let backup = folder.path().join("a.dump");
    fs::write(&backup, "x").expect("a file");
    assert!(matches!(Info::of(&backup), Err(BackupError::NotABackup { .. })));
    let text = serde_json::to_string(&info()).expect("it can be written");
    fs::write(Info::path(&backup), text).expect("a file");
    assert_eq!(Info::of(&backup).expect("it is one"), info());
    let later = Info { revgraph_backup: VERSION + 1, ..info() };
    fs::write(Info::path(&backup), serde_json::to_string(&later).expect("it can be written"))
        .expect("a file");
    assert!(matches!(Info::of(&backup), Err(BackupError::NotABackup { .. })));
}

//! Models made at random: what is pulled from a database that they built is the same, into a new file, and into their own.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::{Project, on_each_database};

on_each_database!(pulled_models_build_what_was_pulled,);

#[derive(Debug, Clone)]
struct GeneratedModel {
    fields: Vec<GeneratedField>,
    /// Whether the key is one column, two, or a unique field.
    key: usize,
    has_map: bool,
    /// To which model, with which action, and whether it is one to one.
    relation: Option<(usize, usize, bool)>,
    /// To which model there is a relation of many to many.
    many: Option<usize>,
    index: Option<(usize, bool)>,
}

#[derive(Debug, Clone)]
struct GeneratedField {
    kind: usize,
    arity: usize,
    has_default: bool,
    has_map: bool,
    is_unique: bool,
}

fn field() -> impl Strategy<Value = GeneratedField> {
    (0..10_usize, 0..4_usize, any::<bool>(), prop::bool::weighted(0.3), prop::bool::weighted(0.2)).prop_map(
        |(kind, arity, has_default, has_map, is_unique)| GeneratedField {
            kind,
            arity,
            has_default,
            has_map,
            is_unique,
        },
    )
}

fn model() -> impl Strategy<Value = GeneratedModel> {
    let relation = prop::option::of((0..6_usize, 0..5_usize, any::<bool>()));
    let many = prop::option::weighted(0.3, 0..6_usize);
    let index = prop::option::of((0..6_usize, any::<bool>()));
    let fields = prop::collection::vec(field(), 1..6);
    (fields, 0..3_usize, any::<bool>(), relation, many, index).prop_map(
        |(fields, key, has_map, relation, many, index)| GeneratedModel {
            fields,
            key,
            has_map,
            relation,
            many,
            index,
        },
    )
}

/// Types with a default each.
const TYPES: [(&str, &str); 10] = [
    ("Int", "7"),
    ("String", "\"it's\""),
    ("Boolean", "true"),
    ("DateTime", "now()"),
    ("Float", "1.5"),
    ("BigInt", "9007199254740993"),
    ("Decimal", "2.50"),
    ("Mood", "happy"),
    ("Bytes", "\"aGVsbG8=\""),
    ("Json", "\"{}\""),
];
const ACTIONS: [&str; 5] =
    ["", ", onDelete: Cascade", ", onDelete: Restrict", ", onUpdate: NoAction", ", onDelete: NoAction"];

fn text(models: &[GeneratedModel], is_sqlite: bool) -> String {
    let provider = if is_sqlite { "sqlite" } else { "postgresql" };
    let mut text = format!(
        "datasource db {{\n  provider = \"{provider}\"\n}}\n\nenum Mood {{\n  happy\n  sad @map(\"not happy\")\n}}\n"
    );
    for (number, model) in models.iter().enumerate() {
        let id = match (model.key, is_sqlite) {
            (0, _) => "  id Int @id @default(autoincrement())\n",
            (1, _) => "  id Int @unique\n  second String\n",
            (_, true) => "  id Int @unique\n",
            (_, false) => "  id Int @unique(map: \"Own\")\n".trim_start_matches('\n'),
        };
        let id = id.replace("Own", &format!("own_{number}"));
        write!(text, "\n/// Number {number}.\nmodel M{number} {{\n{id}").expect("a text");
        if model.key == 1 {
            text.push_str("  @@id([id, second])\n");
        }
        for (at, field) in model.fields.iter().enumerate() {
            text.push_str(&line(at, field, is_sqlite));
        }
        if let Some((at, is_unique)) = model.index {
            let at = at % model.fields.len();
            let can = TYPES[model.fields[at].kind].0 != "Json";
            let sort = if at % 2 == 0 { "(sort: Desc)" } else { "" };
            let word = if is_unique { "unique" } else { "index" };
            if can {
                writeln!(text, "  @@{word}([id, f{at}{sort}])").expect("a text");
            }
        }
        if let Some((target, action, is_one)) = model.relation {
            let (target, action) = (target % models.len(), ACTIONS[action]);
            let unique = if is_one { " @unique" } else { "" };
            writeln!(text, "  refId Int{unique}\n  ref M{target} @relation(\"r{number}\", fields: [refId], references: [id]{action})").expect("a text");
        }
        for (other, from) in models.iter().enumerate() {
            if let Some((target, _, is_one)) = from.relation
                && target % models.len() == number
            {
                let many = if is_one { "?" } else { "[]" };
                writeln!(text, "  from{other} M{other}{many} @relation(\"r{other}\")").expect("a text");
            }
            if let Some(target) = from.many.filter(|_| is_plain(models, other) && from.key == 0)
                && is_plain(models, target % models.len())
            {
                let target = target % models.len();
                if target == number {
                    writeln!(text, "  many{other} M{other}[] @relation(\"m{other}\")").expect("a text");
                }
                if other == number {
                    writeln!(text, "  toMany{other} M{target}[] @relation(\"m{other}\")").expect("a text");
                }
            }
        }
        if model.has_map {
            writeln!(text, "\n  @@map(\"table {number}\")").expect("a text");
        }
        text.push_str("}\n");
    }
    text
}

/// Whether an implicit relation can lead to a model: its key is one column.
fn is_plain(models: &[GeneratedModel], number: usize) -> bool {
    models[number].key == 0
}

fn line(at: usize, field: &GeneratedField, is_sqlite: bool) -> String {
    let (name, default) = TYPES[field.kind];
    let is_binary = matches!(name, "Json" | "Bytes");
    let arity = match field.arity {
        0 | 1 => "",
        3 if !is_sqlite && !is_binary => "[]",
        _ => "?",
    };
    let mut line = format!("  f{at} {name}{arity}");
    if field.has_default && !(is_sqlite && is_binary) {
        let value =
            if arity == "[]" && name != "DateTime" { format!("[{default}]") } else { default.to_owned() };
        if arity != "[]" || name != "DateTime" {
            write!(line, " @default({value})").expect("a text");
        }
    }
    if field.has_map {
        write!(line, " @map(\"column {at}\")").expect("a text");
    }
    if field.is_unique && !is_binary && arity != "[]" {
        line.push_str(" @unique");
    }
    line.push('\n');
    line
}

#[track_caller]
fn is_equal(project: &Project, left: &str, right: &str) {
    for (left, right) in [(left, right), (right, left)] {
        let ran = project.run(&["diff", left, right]);
        let texts =
            [left, right].map(|path| std::fs::read_to_string(project.path(path)).expect("the models"));
        assert_eq!(ran.status, 0, "{ran:?}\n{}\n// ---- {right}\n{}", texts[0], texts[1]);
    }
}

fn pulled_models_build_what_was_pulled(project: &Project) {
    let is_sqlite = project.database.is_sqlite();
    let config = Config { cases: 3, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let models = prop::collection::vec(model(), 1..6);
    for number in 0..3 {
        let mut tree = || models.new_tree(&mut runner).expect("models").current();
        let there = text(&tree(), is_sqlite);
        let project = Project::new(project.database.kind());
        project.write("there.prisma", &there);
        let ran = project.run(&["diff", "--sql", "empty", "there.prisma"]);
        assert_eq!(ran.status, 0, "{number}: {}\n{there}", ran.stderr);
        project.database.pipe(&ran.stdout);
        project.write("same.prisma", &there);
        for path in ["same.prisma", "new.prisma"] {
            let ran = project.run(&["pull", path]);
            assert_eq!(ran.status, 0, "{number}: {}\n{there}", ran.stderr);
            is_equal(&project, "there.prisma", path);
        }
        let same = std::fs::read_to_string(project.path("same.prisma")).expect("the models");
        assert_eq!(same, there);
    }
}

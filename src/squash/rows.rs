//! Rows as `INSERT` statements. Pure.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::columns::leading_name;
use crate::backend::TableRows;
use crate::catalog::sql::{identifier, qualified};
use crate::catalog::{Catalog, Column, ConstraintRule, Definition, ForeignKey, ObjectKind, ObjectName};

/// Rows of one statement at the most.
const ROWS_A_STATEMENT: usize = 500;

/// The tables in an order in which their rows can be inserted, each after those that it refers to; and the foreign keys
/// that no such order satisfies, because tables refer to each other or one to itself.
pub(super) fn insert_order<'c>(
    catalog: &'c Catalog,
    tables: &BTreeMap<&'c ObjectName, &TableRows>,
) -> (Vec<&'c ObjectName>, Vec<&'c ObjectName>) {
    let mut graph = DiGraph::<&ObjectName, &ObjectName>::new();
    let nodes: BTreeMap<_, _> = tables.keys().map(|table| (*table, graph.add_node(*table))).collect();
    for (constraint, from, to) in references(catalog, tables) {
        if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
            graph.add_edge(*from, *to, constraint);
        }
    }
    let mut order = Vec::new();
    let mut circular = Vec::new();
    // The components come in such an order that what is referred to is first.
    for component in tarjan_scc(&graph) {
        let mut members: Vec<&ObjectName> =
            component.iter().filter_map(|node| graph.node_weight(*node).copied()).collect();

        members.sort();
        order.extend(members);
        let inside = graph.edge_indices().filter(|edge| {
            graph
                .edge_endpoints(*edge)
                .is_some_and(|(from, to)| component.contains(&from) && component.contains(&to))
        });
        circular.extend(inside.filter_map(|edge| graph.edge_weight(edge).copied()));
    }
    circular.sort();
    (order, circular)
}

/// The foreign keys by which rows refer to others: the constraint, its table, and the other. The rows of a partitioned
/// table are those of its partitions.
fn references<'c>(
    catalog: &'c Catalog,
    tables: &BTreeMap<&'c ObjectName, &TableRows>,
) -> Vec<(&'c ObjectName, &'c ObjectName, &'c ObjectName)> {
    let partitions = partitions(catalog);
    let with_rows = |schema: Option<&str>, name: &str| {
        let mut members = vec![ObjectName::new(ObjectKind::Table, schema, name)];
        let mut next = 0;
        while let Some(member) = members.get(next) {
            let more = partitions.get(&qualified(catalog.dialect, member)).into_iter().flatten();
            members.extend(more.map(|name| (*name).clone()).collect::<Vec<_>>());
            next += 1;
        }
        let found = members.iter().filter_map(|member| tables.get_key_value(member));
        found.map(|(name, rows)| (*name, *rows)).collect::<Vec<_>>()
    };
    let mut references = Vec::new();
    for (name, object) in &catalog.objects {
        let Definition::Constraint(constraint) = &object.definition else { continue };
        let ConstraintRule::ForeignKey(key) = &constraint.rule else { continue };
        for (from, rows) in with_rows(name.schema.as_deref(), name.relation.as_deref().unwrap_or_default()) {
            for (to, _) in with_rows(key.schema.as_deref(), &key.table) {
                // One statement is checked at its end.
                let is_within_statement = from == to && rows.rows.len() <= ROWS_A_STATEMENT;
                if refers(rows, key) && !is_within_statement {
                    references.push((name, from, to));
                }
            }
        }
    }
    references
}

/// The partitions by their partitioned table.
fn partitions(catalog: &Catalog) -> BTreeMap<String, Vec<&ObjectName>> {
    let mut partitions: BTreeMap<String, Vec<&ObjectName>> = BTreeMap::new();
    for (name, object) in &catalog.objects {
        if let Definition::Table(table) = &object.definition
            && let Some(partition) = &table.partition_of
        {
            partitions.entry(partition.parent.clone()).or_default().push(name);
        }
    }
    partitions
}

/// Whether a row has values in all columns of the key.
fn refers(rows: &TableRows, key: &ForeignKey) -> bool {
    let names: Vec<String> = key.columns.iter().map(|column| leading_name(column)).collect();
    let places: Vec<usize> =
        names.iter().filter_map(|name| rows.columns.iter().position(|column| column == name)).collect();
    let has_values =
        |row: &Vec<String>| places.iter().all(|place| row.get(*place).is_some_and(|value| value != "NULL"));
    rows.rows.iter().any(has_values)
}

/// The statements that insert the rows of a table, but for these cells, which their columns' defaults fill.
pub(super) fn inserts(
    catalog: &Catalog,
    name: &ObjectName,
    rows: &TableRows,
    left_out: &BTreeSet<(usize, usize)>,
) -> String {
    let dialect = catalog.dialect;
    let mut text = String::new();
    let overriding = if has_always_identity(catalog, name) { " OVERRIDING SYSTEM VALUE" } else { "" };
    let into = format!("INSERT INTO {}", qualified(dialect, name));
    for (columns, group) in groups(rows, left_out) {
        if columns.is_empty() {
            text.push_str(&format!("{into} DEFAULT VALUES;\n").repeat(group.len()));
            continue;
        }
        let names = columns.iter().filter_map(|column| rows.columns.get(*column));
        let names: Vec<String> = names.map(|column| identifier(dialect, column)).collect();
        for chunk in group.chunks(ROWS_A_STATEMENT) {
            let values = chunk.iter().filter_map(|row| rows.rows.get(*row)).map(|row| {
                let values: Vec<&str> =
                    columns.iter().filter_map(|column| row.get(*column)).map(String::as_str).collect();
                format!("    ({})", values.join(", "))
            });
            let values: Vec<String> = values.collect();
            text.push_str(&format!(
                "{into} ({}){overriding} VALUES\n{};\n",
                names.join(", "),
                values.join(",\n")
            ));
        }
    }
    text
}

/// Whether a column takes only values of its own making unless it is told otherwise. From version 17 on, those of a
/// partition are those of its parent.
fn has_always_identity(catalog: &Catalog, name: &ObjectName) -> bool {
    let Some(Definition::Table(table)) = catalog.objects.get(name).map(|object| &object.definition) else {
        return false;
    };
    let is_always = |column: &Column| column.identity.as_ref().is_some_and(|identity| identity.is_always);
    let parent = table.partition_of.as_ref().and_then(|partition| {
        let is_parent = |name: &&ObjectName| qualified(catalog.dialect, name) == partition.parent;
        catalog.objects.keys().filter(|name| name.kind == ObjectKind::Table).find(is_parent)
    });
    table.columns.iter().any(is_always) || parent.is_some_and(|parent| has_always_identity(catalog, parent))
}

/// Rows that follow each other and have the same columns to be written: these, and the rows.
fn groups(rows: &TableRows, left_out: &BTreeSet<(usize, usize)>) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for row in 0..rows.rows.len() {
        let columns: Vec<usize> =
            (0..rows.columns.len()).filter(|column| !left_out.contains(&(row, *column))).collect();
        match groups.last_mut() {
            Some((same, group)) if *same == columns => group.push(row),
            _ => groups.push((columns, vec![row])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::sqlite::{SchemaRow, catalog};
    use crate::catalog::{Constraint, Deferrable, Identity, Object, Partition, Sequence, Table};
    use crate::sql::Dialect;

    fn rows(columns: &[&str], rows: &[&[&str]]) -> TableRows {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        TableRows { columns: owned(columns), rows: rows.iter().map(|row| owned(row)).collect() }
    }

    #[test]
    fn cells_that_are_left_out_part_the_statements() {
        let name = ObjectName::new(ObjectKind::Table, None, "order");
        let rows = rows(&["id", "at"], &[&["1", "'x'"], &["2", "'y'"], &["3", "'z'"]]);
        let text = inserts(&Catalog::empty(Dialect::Sqlite), &name, &rows, &BTreeSet::from([(2, 1)]));
        let expected = "INSERT INTO \"order\" (id, at) VALUES\n    (1, 'x'),\n    (2, 'y');\n\
                        INSERT INTO \"order\" (id) VALUES\n    (3);\n";
        assert_eq!(text, expected);
        let all = BTreeSet::from([(0, 0), (0, 1)]);
        let one = TableRows { rows: rows.rows[..1].to_vec(), ..rows };
        let text = inserts(&Catalog::empty(Dialect::Sqlite), &name, &one, &all);
        assert_eq!(text, "INSERT INTO \"order\" DEFAULT VALUES;\n");
    }

    /// The order of the tables with these rows, and the constraints that no order satisfies, as their tables.
    fn order(schema: &[(&str, &str)], tables: &[(&str, TableRows)]) -> (Vec<String>, Vec<String>) {
        let row = |(name, sql): &(&str, &str)| SchemaRow {
            kind: "table".to_owned(),
            name: (*name).to_owned(),
            table: (*name).to_owned(),
            sql: (*sql).to_owned(),
        };
        let catalog = catalog(&schema.iter().map(row).collect::<Vec<_>>());
        let named: Vec<(ObjectName, &TableRows)> = tables
            .iter()
            .map(|(name, rows)| (ObjectName::new(ObjectKind::Table, None, name), rows))
            .collect();
        let (order, circular) =
            insert_order(&catalog, &named.iter().map(|(name, rows)| (name, *rows)).collect());
        let order = order.into_iter().map(|name| name.name.clone()).collect();
        let tables = circular.into_iter().filter_map(|name| name.relation.clone()).collect();
        (order, tables)
    }

    const CIRCLE: [(&str, &str); 3] = [
        ("a", "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id))"),
        ("b", "CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id))"),
        ("c", "CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id))"),
    ];

    #[test]
    fn rows_follow_those_that_they_refer_to() {
        let schema = [
            ("a", "CREATE TABLE a (id INTEGER PRIMARY KEY, z INTEGER REFERENCES z (id))"),
            ("m", "CREATE TABLE m (a INTEGER REFERENCES a (id), z INTEGER REFERENCES z (id))"),
            ("z", "CREATE TABLE z (id INTEGER PRIMARY KEY)"),
        ];
        let tables = [
            ("a", rows(&["id", "z"], &[&["1", "1"]])),
            ("m", rows(&["a", "z"], &[&["1", "1"]])),
            ("z", rows(&["id"], &[&["1"]])),
        ];
        let names = |names: [&str; 3]| names.map(str::to_owned).to_vec();
        assert_eq!(order(&schema, &tables), (names(["z", "a", "m"]), Vec::new()));
    }

    #[test]
    fn what_refers_to_a_circle_is_not_in_it() {
        let tables = [
            ("a", rows(&["id", "b"], &[&["1", "1"]])),
            ("b", rows(&["id", "a"], &[&["1", "1"]])),
            ("c", rows(&["id", "a"], &[&["1", "1"]])),
        ];
        let (order, circular) = order(&CIRCLE, &tables);
        assert_eq!((order.join(" "), circular.join(" ")), ("a b c".to_owned(), "a b".to_owned()));
    }

    #[test]
    fn rows_that_refer_to_nothing_make_no_circle() {
        let tables =
            [("a", rows(&["id", "b"], &[&["1", "NULL"]])), ("b", rows(&["id", "a"], &[&["1", "1"]]))];
        let (order, circular) = order(&CIRCLE, &tables);
        assert_eq!((order.join(" "), circular.len()), ("a b".to_owned(), 0));
    }

    /// A statement is checked at its end: rows of one may refer to each other, those of several may not.
    #[test]
    fn a_table_that_refers_to_itself_needs_no_order_within_a_statement() {
        let schema = [("t", "CREATE TABLE t (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t (id))")];
        for (number, circles) in [(ROWS_A_STATEMENT, 0), (ROWS_A_STATEMENT + 1, 1)] {
            let all = vec![vec!["1".to_owned(), "1".to_owned()]; number];
            let table = TableRows { columns: vec!["id".to_owned(), "t".to_owned()], rows: all };
            assert_eq!(order(&schema, &[("t", table)]).1.len(), circles, "{number} rows");
        }
    }

    /// From PostgreSQL 17 on a partition's column has the identity of its parent's.
    #[test]
    fn values_of_an_identity_are_written_over_it() {
        let column = |is_always: Option<bool>| {
            let sequence = Sequence {
                data_type: "integer".to_owned(),
                start: 1,
                increment: 1,
                minimum: 1,
                maximum: i32::MAX.into(),
                cache: 1,
                cycles: false,
                is_unlogged: false,
                owned_by: None,
            };
            let identity = |is_always| Identity { is_always, sequence_name: "s.n".to_owned(), sequence };
            let identity = is_always.map(identity);
            Column { name: "id".to_owned(), identity, ..Column::default() }
        };
        let table = |is_always, parent: Option<&str>| {
            let bound = |parent: &str| Partition { parent: parent.to_owned(), bound: "DEFAULT".to_owned() };
            let columns = vec![column(is_always)];
            Table { columns, partition_of: parent.map(bound), ..Table::default() }
        };
        let mut catalog = Catalog::empty(Dialect::Postgres);
        let name = |name| ObjectName::new(ObjectKind::Table, Some("s"), name);
        for (table_name, table) in [
            ("always", table(Some(true), None)),
            ("default", table(Some(false), None)),
            ("plain", table(None, None)),
            ("of_always", table(None, Some("s.always"))),
            ("of_of_always", table(None, Some("s.of_always"))),
            ("of_plain", table(None, Some("s.plain"))),
        ] {
            catalog.objects.insert(name(table_name), Object::new(Definition::Table(Box::new(table))));
        }
        let rows = rows(&["id"], &[&["1"]]);
        for (table, overrides) in [
            ("always", true),
            ("default", false),
            ("plain", false),
            ("of_always", true),
            ("of_of_always", true),
            ("of_plain", false),
        ] {
            let text = inserts(&catalog, &name(table), &rows, &BTreeSet::new());
            assert_eq!(text.contains("OVERRIDING SYSTEM VALUE"), overrides, "{text}");
        }
    }

    /// The rows of a partitioned table are those of its partitions, at both ends of a reference.
    #[test]
    fn rows_of_partitions_follow_those_that_their_table_refers_to() {
        let name = |name| ObjectName::new(ObjectKind::Table, Some("s"), name);
        let partition = |parent: &str| {
            let bound = Partition { parent: format!("s.{parent}"), bound: "DEFAULT".to_owned() };
            Table { partition_of: Some(bound), ..Table::default() }
        };
        let key = ForeignKey {
            columns: vec!["z".to_owned()],
            schema: Some("s".to_owned()),
            table: "z".to_owned(),
            referenced_columns: vec!["id".to_owned()],
            ..ForeignKey::default()
        };
        let constraint = Constraint {
            is_named: true,
            rule: ConstraintRule::ForeignKey(key),
            deferrable: Deferrable::No,
            is_validated: true,
            is_inherited: false,
            definition: "FOREIGN KEY (z) REFERENCES s.z(id)".to_owned(),
        };
        let mut catalog = Catalog::empty(Dialect::Postgres);
        let tables = [
            ("a", Table::default()),
            ("a_1", partition("a")),
            ("z", Table::default()),
            ("z_1", partition("z")),
        ];
        for (table, definition) in tables {
            catalog.objects.insert(name(table), Object::new(Definition::Table(Box::new(definition))));
        }
        let reference = name("a").part(ObjectKind::Constraint, "a_z_fkey");
        catalog.objects.insert(reference, Object::new(Definition::Constraint(constraint)));
        let (from, to) = (rows(&["id", "z"], &[&["1", "1"]]), rows(&["id"], &[&["1"]]));
        let (first, second) = (name("a_1"), name("z_1"));
        let (order, circular) = insert_order(&catalog, &BTreeMap::from([(&first, &from), (&second, &to)]));
        assert_eq!((order, circular), (vec![&second, &first], Vec::new()));
    }
}

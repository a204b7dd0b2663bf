//! What sets two catalogs apart.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::attribute::{self, Attribute, Pair};
use super::{
    Catalog, Change, Column, DataLoss, Definition, Difference, Object, ObjectKind, ObjectName, Table,
    data_loss,
};
use crate::sql::Dialect;

/// What a comparison of two catalogs passes over, and what it looks at in addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompareOptions {
    /// Whether tables with the same columns in another order are equal.
    pub ignore_column_order: bool,
    /// Whether owners and grants are compared.
    pub with_privileges: bool,
    /// Whether what belongs to [the database as a whole](ObjectName::is_of_database) is compared, and what
    /// [extensions are made of](ObjectName::is_members_of_extension).
    pub of_database: bool,
    /// Whether it counts that [scripts have written settings of the database](ObjectName::is_writing_of_settings), be they the
    /// same as before. Only of two scratch databases that scripts have built.
    pub of_scripts: bool,
}

/// The differences, by object. The parts of a table or view that only one side has are not told one by one.
#[must_use]
pub fn compare(left: &Catalog, right: &Catalog, options: &CompareOptions) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (lefts, rights) = (Names::of(left), Names::of(right));
    for (name, object) in &left.objects {
        match rights.find(name) {
            Some(other) if object == other => {}
            Some(other) => {
                Comparison { dialect: left.dialect, options, differences: &mut differences }
                    .objects(name, object, other);
            }
            None if have_relation_of(name, &lefts, &rights) => {
                differences.push(Difference::removed(name.clone(), data_loss::of_removal(name.kind)));
            }
            None => {}
        }
    }
    for name in right.objects.keys() {
        if lefts.find(name).is_none() && have_relation_of(name, &lefts, &rights) {
            differences.push(Difference::added(name.clone(), data_loss::of_removal(name.kind)));
        }
    }
    differences.retain(|Difference { object, .. }| {
        (options.with_privileges || !object.is_privilege())
            && (options.of_scripts || !object.is_writing_of_settings())
            && (options.of_database || !object.is_of_database() && !object.is_members_of_extension())
    });
    differences.sort_by(|a, b| a.object.cmp(&b.object));
    differences
}

/// Finds objects by their names as the database does.
struct Names<'c> {
    catalog: &'c Catalog,
    /// The objects of SQLite by their names in lower case.
    folded: OnceCell<BTreeMap<ObjectName, &'c Object>>,
}

impl<'c> Names<'c> {
    fn of(catalog: &'c Catalog) -> Self {
        Self { catalog, folded: OnceCell::new() }
    }

    fn find(&self, name: &ObjectName) -> Option<&'c Object> {
        let exact = self.catalog.objects.get(name);
        if exact.is_some() || !self.catalog.dialect.ignores_case_of_names() {
            return exact;
        }
        let fold = || self.catalog.objects.iter().map(|(name, object)| (folded(name), object)).collect();
        self.folded.get_or_init(fold).get(&folded(name)).copied()
    }
}

/// A name in lower case: SQLite does not tell the case of ASCII letters.
fn folded(name: &ObjectName) -> ObjectName {
    ObjectName {
        relation: name.relation.as_deref().map(str::to_ascii_lowercase),
        name: name.name.to_ascii_lowercase(),
        ..name.clone()
    }
}

/// Whether both have the table or view of a part; true for what is no part.
fn have_relation_of(part: &ObjectName, lefts: &Names<'_>, rights: &Names<'_>) -> bool {
    let Some(relation) = &part.relation else { return true };
    ObjectKind::RELATIONS.into_iter().any(|kind| {
        let name = ObjectName::new(kind, part.schema.as_deref(), relation);
        lefts.find(&name).is_some() && rights.find(&name).is_some()
    })
}

impl Difference {
    fn added(object: ObjectName, loses: bool) -> Self {
        Self { object, change: Change::Added, loses_data: DataLoss { making: false, undoing: loses } }
    }

    fn removed(object: ObjectName, loses: bool) -> Self {
        Self { object, change: Change::Removed, loses_data: DataLoss { making: loses, undoing: false } }
    }

    fn altered(dialect: Dialect, object: ObjectName, attribute: Attribute) -> Self {
        let loses_data = data_loss::of_change(dialect, &attribute);
        let Pair { left, right } = attribute.texts(dialect);
        Self { object, change: Change::Altered { attribute, left, right }, loses_data }
    }
}

/// A comparison in progress.
struct Comparison<'c> {
    dialect: Dialect,
    options: &'c CompareOptions,
    differences: &'c mut Vec<Difference>,
}

impl Comparison<'_> {
    fn objects(&mut self, name: &ObjectName, left: &Object, right: &Object) {
        self.altered(name, attribute::of_objects(self.dialect, left, right));
        if self.options.with_privileges || name.is_of_database() {
            self.altered(name, attribute::of_privileges(self.dialect, left, right));
        }
        if let (Definition::Table(left), Definition::Table(right)) = (&left.definition, &right.definition) {
            self.tables(name, left, right);
        }
    }

    fn altered(&mut self, name: &ObjectName, attributes: impl IntoIterator<Item = Attribute>) {
        let dialect = self.dialect;
        let altered = attributes.into_iter().map(|one| Difference::altered(dialect, name.clone(), one));
        self.differences.extend(altered);
    }

    fn tables(&mut self, name: &ObjectName, left: &Table, right: &Table) {
        for column in &left.columns {
            let part = name.part(ObjectKind::Column, &column.name);
            match self.find(right, &column.name) {
                Some(other) if column == other => {}
                Some(other) => self.columns(&part, column, other),
                None => self.differences.push(Difference::removed(part, holds_values(column))),
            }
        }
        for column in &right.columns {
            if self.find(left, &column.name).is_none() {
                let part = name.part(ObjectKind::Column, &column.name);
                self.differences.push(Difference::added(part, holds_values(column)));
            }
        }
        if !self.options.ignore_column_order {
            let (left, right) = (self.order(left, right), self.order(right, left));
            self.altered(name, attribute::of_column_order(self.dialect, left, right));
        }
    }

    fn find<'t>(&self, table: &'t Table, column: &str) -> Option<&'t Column> {
        table.columns.iter().find(|one| self.dialect.is_same_name(&one.name, column))
    }

    /// The columns of a table that the other has too.
    fn order(&self, table: &Table, other: &Table) -> Vec<String> {
        let common = table.columns.iter().filter(|column| self.find(other, &column.name).is_some());
        let names = common.map(|column| match self.dialect {
            Dialect::Postgres => column.name.clone(),
            Dialect::Sqlite => column.name.to_ascii_lowercase(),
        });
        names.collect()
    }

    fn columns(&mut self, name: &ObjectName, left: &Column, right: &Column) {
        self.altered(name, attribute::of_columns(self.dialect, left, right));
        if self.options.with_privileges {
            self.altered(name, attribute::of_grants(self.dialect, &left.grants, &right.grants));
        }
    }
}

/// Whether the values of a column exist nowhere else.
fn holds_values(column: &Column) -> bool {
    column.generated.is_none()
}

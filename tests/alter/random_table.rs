//! PostgreSQL tables made at random, and changed at random.

use super::dice::Dice;

#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) name: String,
    columns: Vec<Column>,
    primary_key: Vec<String>,
    /// A name, what it demands, and what it is about: column, table or function.
    constraints: Vec<(String, String, String)>,
    references: Vec<(String, String, String)>,
    /// Their names, and what follows the table.
    indexes: Vec<(String, bool, String, String)>,
    /// Triggers and policies: what they are about, and the statement.
    programs: Vec<(String, String)>,
    settings: Vec<&'static str>,
    parent: Option<String>,
    partitions: Vec<Partition>,
}

#[derive(Debug, Clone, Default)]
struct Column {
    name: String,
    data_type: String,
    is_not_null: bool,
    default: Option<String>,
    identity: Option<&'static str>,
    /// The column that it is computed from.
    generated: Option<(String, &'static str)>,
    collation: Option<&'static str>,
    setting: Option<&'static str>,
}

/// A table that is a partition, or could be one.
#[derive(Debug, Clone)]
struct Partition {
    name: String,
    bound: Option<(usize, usize)>,
}

const COLUMNS: [&str; 8] = ["id", "a", "b", "c", "\"Mixed\"", "\"order\"", "\"a b\"", "\"q\"\"q\""];
const TYPES: [&str; 14] = [
    "integer",
    "bigint",
    "smallint",
    "text",
    "varchar(20)",
    "boolean",
    "numeric(10,2)",
    "date",
    "timestamptz",
    "uuid",
    "jsonb",
    "integer[]",
    "text[]",
    "int4range",
];
const SETTINGS: [&str; 9] = [
    "SET (fillfactor = 70)",
    "SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)",
    "ENABLE ROW LEVEL SECURITY",
    "FORCE ROW LEVEL SECURITY",
    "REPLICA IDENTITY FULL",
    "SET UNLOGGED",
    "REPLICA IDENTITY NOTHING",
    "DISABLE TRIGGER USER",
    "SET (fillfactor = 80)",
];
const COLUMN_SETTINGS: [&str; 3] = ["SET STATISTICS 300", "SET (n_distinct = 5)", "SET STORAGE EXTERNAL"];
const ACTIONS: [&str; 5] =
    ["", "ON DELETE CASCADE", "ON UPDATE SET NULL", "DEFERRABLE INITIALLY DEFERRED", "NOT VALID"];

impl Table {
    pub(super) fn random(dice: &mut Dice, name: String, parent: Option<String>, types: &[String]) -> Self {
        let mut table = Self { name, parent, ..Self::default() };
        for _ in 0..1 + dice.roll(5) {
            table.add_column(dice, types);
        }
        if table.parent.is_none() && dice.once_in(6) {
            table.columns.retain(|column| column.name != "id");
            let data_type = "integer".to_owned();
            table.columns.insert(0, Column { name: "id".to_owned(), data_type, ..Column::default() });
            for (name, bound) in [("p0", (0, 10)), ("p1", (10, 20)), ("p2", (20, 30))] {
                let bound = (!dice.once_in(4)).then_some(bound);
                table.partitions.push(Partition { name: name.to_owned(), bound });
            }
        }
        if !dice.once_in(3) {
            table.set_primary_key(dice);
        }
        table
    }

    fn is_partitioned(&self) -> bool {
        !self.partitions.is_empty()
    }

    /// What a foreign key can refer to: its name and key of one column.
    pub(super) fn referenced(&self) -> Option<String> {
        match self.primary_key.as_slice() {
            [only] => Some(format!("{} ({only})", self.name)),
            _ => None,
        }
    }

    /// Its name, where it may have children.
    pub(super) fn inherited(&self) -> Option<String> {
        (!self.is_partitioned() && self.parent.is_none()).then(|| self.name.clone())
    }

    pub(super) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Takes away what needs a column, table or type that is gone.
    pub(super) fn forget(&mut self, name: &str) {
        if self.parent.as_deref() == Some(name) {
            self.parent = None;
        }
        self.references.retain(|(_, column, to)| column != name && !to.starts_with(&format!("{name} (")));
        self.constraints.retain(|(_, about, _)| about != name);
        self.programs.retain(|(about, _)| about != name);
        self.indexes.retain(|(_, _, about, _)| about != name);
        self.primary_key.retain(|one| one != name);
        self.columns.retain(|column| column.generated.as_ref().is_none_or(|(from, _)| from != name));
    }

    fn add_column(&mut self, dice: &mut Dice, types: &[String]) {
        let names: Vec<&str> =
            COLUMNS.into_iter().filter(|name| !self.columns.iter().any(|one| one.name == *name)).collect();
        if names.is_empty() {
            return;
        }
        let mut column = Column { name: (*dice.pick(&names)).to_owned(), ..Column::default() };
        let integers: Vec<&Column> =
            self.columns.iter().filter(|one| one.data_type == "integer" && one.generated.is_none()).collect();
        if dice.once_in(7) && !integers.is_empty() {
            let from = dice.pick(&integers).name.clone();
            column.data_type = (*dice.pick(&["bigint", "text", "integer"])).to_owned();
            let operation = if column.data_type == "text" { "::text" } else { " + 1" };
            column.generated = Some((from, operation));
        } else {
            column.set_type(dice, types);
            column.set_default(dice);
        }
        column.is_not_null = dice.once_in(4);
        self.columns.push(column);
    }

    fn set_primary_key(&mut self, dice: &mut Dice) {
        let usable: Vec<String> = self
            .columns
            .iter()
            .filter(|column| column.generated.is_none() && column.data_type != "jsonb")
            .map(|column| column.name.clone())
            .collect();
        if usable.is_empty() {
            return;
        }
        let mut key = vec![dice.pick(&usable).clone()];
        if self.is_partitioned() && key[0] != "id" {
            key.insert(0, "id".to_owned());
        }
        self.primary_key = key;
    }

    /// Changes one thing.
    pub(super) fn edit(
        &mut self,
        dice: &mut Dice,
        types: &[String],
        others: &[String],
        functions: &[String],
    ) {
        if self.columns.is_empty() {
            return self.add_column(dice, types);
        }
        let place = dice.roll(self.columns.len());
        let column = self.columns[place].name.clone();
        match dice.roll(22) {
            0 | 1 => self.add_column(dice, types),
            2 | 3 if self.columns.len() > 1 && !(self.is_partitioned() && column == "id") => {
                self.columns.remove(place);
                self.forget(&column);
            }
            4..=6
                if self.columns[place].generated.is_none() && !(self.is_partitioned() && column == "id") =>
            {
                self.columns[place].set_type(dice, types);
                self.columns[place].set_default(dice);
            }
            7 => self.columns[place].is_not_null = !self.columns[place].is_not_null,
            8 => self.columns[place].set_default(dice),
            9 => self.set_primary_key(dice),
            10 => self.primary_key.clear(),
            11 | 12 => self.edit_constraints(dice, &column, functions),
            13 | 14 => self.edit_references(dice, &column, others),
            15 | 16 => self.edit_indexes(dice, &column, functions),
            17 | 18 => self.edit_programs(dice, &column, functions),
            19 => self.edit_settings(dice),
            20 => {
                let setting = dice.once_in(2).then(|| *dice.pick(&COLUMN_SETTINGS));
                self.columns[place].setting = setting;
            }
            _ => self.edit_partitions(dice),
        }
    }

    fn short(&self) -> String {
        self.name.replace(['"', '.', ' '], "_")
    }

    fn edit_constraints(&mut self, dice: &mut Dice, column: &str, functions: &[String]) {
        if !self.constraints.is_empty() && dice.once_in(3) {
            self.constraints.remove(dice.roll(self.constraints.len()));
            return;
        }
        let called = functions.iter().find(|name| name.contains("Is it")).filter(|_| dice.once_in(3));
        let (about, demand) = match (dice.roll(6), called) {
            (_, Some(function)) => (function.clone(), format!("CHECK ({function}(1))")),
            (0, _) => (column.to_owned(), format!("UNIQUE ({column})")),
            (1, _) => (column.to_owned(), format!("UNIQUE ({column}) DEFERRABLE")),
            (2, _) => (column.to_owned(), format!("EXCLUDE USING gist ({column} WITH &&)")),
            (3, _) => (column.to_owned(), format!("CHECK ({column} IS NOT NULL) NOT VALID")),
            (4, _) => (column.to_owned(), format!("CHECK ({column} IS DISTINCT FROM NULL)")),
            _ => (column.to_owned(), format!("CHECK (length({column}::text) < 99)")),
        };
        let name = format!("\"c {}\"", dice.roll(4));
        if !self.constraints.iter().any(|(one, _, _)| *one == name) {
            self.constraints.push((name, about, demand));
        }
    }

    fn edit_references(&mut self, dice: &mut Dice, column: &str, others: &[String]) {
        if !self.references.is_empty() && dice.once_in(3) {
            self.references.remove(dice.roll(self.references.len()));
        } else if !others.is_empty() {
            let target = format!("{} {}", dice.pick(others), dice.pick(&ACTIONS));
            let name = format!("fk_{}", dice.roll(3));
            if !self.references.iter().any(|(one, _, _)| *one == name) {
                self.references.push((name, column.to_owned(), target));
            }
        }
    }

    fn edit_indexes(&mut self, dice: &mut Dice, column: &str, functions: &[String]) {
        if !self.indexes.is_empty() && dice.once_in(3) {
            self.indexes.remove(dice.roll(self.indexes.len()));
            return;
        }
        let called = functions.iter().find(|name| *name == "number").filter(|_| dice.once_in(3));
        let (about, keys) = match (dice.roll(5), called) {
            (_, Some(function)) => (function.clone(), format!("({function}(1), {column})")),
            (0, _) => (column.to_owned(), format!("({column} DESC NULLS LAST)")),
            (1, _) => (column.to_owned(), format!("(({column}::text || 'x'))")),
            (2, _) => (column.to_owned(), format!("({column}) WHERE {column} IS NOT NULL")),
            (3, _) => (column.to_owned(), format!("({column}) INCLUDE ({column}) WITH (fillfactor = 60)")),
            _ => (column.to_owned(), format!("({column})")),
        };
        let name = format!("\"Ix{} {}\"", dice.roll(3), self.short());
        if !self.indexes.iter().any(|(one, _, _, _)| *one == name) {
            self.indexes.push((name, dice.once_in(4), about, keys));
        }
    }

    fn edit_programs(&mut self, dice: &mut Dice, column: &str, functions: &[String]) {
        if !self.programs.is_empty() && dice.once_in(3) {
            self.programs.remove(dice.roll(self.programs.len()));
            return;
        }
        let (name, is_there) = (&self.name, functions.iter().any(|name| name == "touch"));
        let (about, statement) = match dice.roll(6) {
            0 => (column, format!("CREATE POLICY p1 ON {name} USING ({column} IS NOT NULL)")),
            1 => (
                column,
                format!(
                    "CREATE POLICY p2 ON {name} AS RESTRICTIVE FOR UPDATE WITH CHECK ({column}::text <> 'x')"
                ),
            ),
            2 if is_there => (
                "touch",
                format!("CREATE TRIGGER t1 BEFORE INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION touch()"),
            ),
            3 if is_there => (
                column,
                format!(
                    "CREATE TRIGGER t2 AFTER UPDATE OF {column} ON {name} FOR EACH ROW WHEN (old.{column} IS NOT NULL) EXECUTE FUNCTION touch()"
                ),
            ),
            4 => (
                column,
                format!("CREATE RULE r1 AS ON UPDATE TO {name} WHERE old.{column} IS NULL DO ALSO NOTHING"),
            ),
            _ => return,
        };
        if !self.programs.iter().any(|(_, one)| one.split(' ').take(3).eq(statement.split(' ').take(3))) {
            self.programs.push((about.to_owned(), statement));
        }
    }

    fn edit_settings(&mut self, dice: &mut Dice) {
        let setting = *dice.pick(&SETTINGS);
        match self.settings.iter().position(|one| *one == setting) {
            Some(place) => drop(self.settings.remove(place)),
            None => self.settings.push(setting),
        }
    }

    fn edit_partitions(&mut self, dice: &mut Dice) {
        if self.partitions.is_empty() {
            return;
        }
        let place = dice.roll(self.partitions.len());
        let partition = &mut self.partitions[place];
        partition.bound = match partition.bound {
            Some(_) => None,
            None => Some((place * 10, place * 10 + 5 + dice.roll(6))),
        };
    }

    /// The statements that make it, without its references.
    pub(super) fn create(&self) -> Vec<String> {
        let name = &self.name;
        let mut lines: Vec<String> = self.columns.iter().map(Column::sql).collect();
        let only = if self.is_partitioned() || self.parent.is_some() { "" } else { "ONLY " };
        if !self.primary_key.is_empty() {
            lines.push(format!("PRIMARY KEY ({})", self.primary_key.join(", ")));
        }
        let tail = match &self.parent {
            Some(parent) => format!(" INHERITS ({parent})"),
            None if self.is_partitioned() => " PARTITION BY RANGE (id)".to_owned(),
            None => String::new(),
        };
        let mut all = vec![format!("CREATE TABLE {name} ({}){tail}", lines.join(", "))];
        for Partition { name: partition, bound } in &self.partitions {
            let partition = format!("\"{}_{partition}\"", self.short());
            all.push(match bound {
                Some((from, to)) => {
                    format!("CREATE TABLE {partition} PARTITION OF {name} FOR VALUES FROM ({from}) TO ({to})")
                }
                None => format!("CREATE TABLE {partition} (LIKE {name})"),
            });
        }
        for (constraint, _, demand) in &self.constraints {
            all.push(format!("ALTER TABLE {name} ADD CONSTRAINT {constraint} {demand}"));
        }
        for (index, is_unique, _, keys) in &self.indexes {
            let unique = if *is_unique { "UNIQUE " } else { "" };
            all.push(format!("CREATE {unique}INDEX {index} ON {name} {keys}"));
        }
        for column in &self.columns {
            let setting = column
                .setting
                .map(|setting| format!("ALTER TABLE {only}{name} ALTER {} {setting}", column.name));
            all.extend(setting);
        }
        all.extend(self.programs.iter().map(|(_, statement)| statement.clone()));
        all.extend(self.settings.iter().map(|setting| format!("ALTER TABLE {name} {setting}")));
        all
    }

    /// The statements that make its foreign keys.
    pub(super) fn references(&self) -> Vec<String> {
        let add = |(name, column, target): &(String, String, String)| {
            format!(
                "ALTER TABLE {} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {target}",
                self.name
            )
        };
        self.references.iter().map(add).collect()
    }
}

impl Column {
    fn set_type(&mut self, dice: &mut Dice, types: &[String]) {
        self.data_type = match dice.once_in(3) && !types.is_empty() {
            true => dice.pick(types).clone(),
            false => (*dice.pick(&TYPES)).to_owned(),
        };
        let is_text = matches!(self.data_type.as_str(), "text" | "varchar(20)");
        self.collation = (is_text && dice.once_in(4)).then_some("\"C\"");
        self.identity = None;
    }

    fn set_default(&mut self, dice: &mut Dice) {
        self.default = None;
        self.identity = None;
        let is_number = matches!(self.data_type.as_str(), "integer" | "bigint" | "smallint");
        let defaults: &[&str] = match self.data_type.as_str() {
            _ if self.generated.is_some() => return,
            "integer" | "bigint" | "smallint" | "numeric(10,2)" => &["1", "-2", "1 + 1"],
            "text" | "varchar(20)" => &["'x'", "'it''s'", "'a' || 'b'"],
            "boolean" => &["true", "1 > 2"],
            "date" | "timestamptz" => &["now()", "'2020-01-01'"],
            "uuid" => &["gen_random_uuid()"],
            "jsonb" => &["'{}'"],
            "integer[]" | "text[]" => &["'{}'"],
            _ => &[],
        };
        match dice.roll(4) {
            0 if is_number => self.identity = Some(*dice.pick(&["ALWAYS", "BY DEFAULT"])),
            1 if is_number => {
                let serial = match self.data_type.as_str() {
                    "integer" => "serial",
                    "bigint" => "bigserial",
                    _ => "smallserial",
                };
                serial.clone_into(&mut self.data_type);
            }
            2 if !defaults.is_empty() => self.default = Some((*dice.pick(defaults)).to_owned()),
            _ => {}
        }
    }

    fn sql(&self) -> String {
        let mut sql = format!("{} {}", self.name, self.data_type);
        if let Some(collation) = self.collation {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        if self.is_not_null {
            sql.push_str(" NOT NULL");
        }
        if let Some(default) = &self.default {
            sql.push_str(&format!(" DEFAULT {default}"));
        }
        if let Some(identity) = self.identity {
            sql.push_str(&format!(" GENERATED {identity} AS IDENTITY"));
        }
        if let Some((from, operation)) = &self.generated {
            sql.push_str(&format!(" GENERATED ALWAYS AS ({from}{operation}) STORED"));
        }
        sql
    }
}

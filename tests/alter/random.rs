//! SQLite schemas made at random, and changed at random.

use super::dice::Dice;

#[derive(Debug, Clone, Default)]
pub(super) struct Schema {
    tables: Vec<Table>,
    views: Vec<(String, String)>,
    /// Triggers of views and tables: name, where, and body.
    triggers: Vec<(String, String, String)>,
    virtuals: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The columns, and what follows.
    primary_key: Option<(Vec<String>, &'static str)>,
    is_key_with_column: bool,
    uniques: Vec<(Vec<String>, &'static str)>,
    /// With names or without.
    checks: Vec<(Option<String>, String)>,
    references: Vec<(Option<String>, String, String, &'static str)>,
    indexes: Vec<(String, String)>,
    is_strict: bool,
    is_without_rowid: bool,
}

#[derive(Debug, Clone, Default)]
struct Column {
    name: String,
    data_type: &'static str,
    not_null: Option<&'static str>,
    default: Option<&'static str>,
    collation: Option<&'static str>,
    generated: Option<(String, bool)>,
}

const COLUMNS: [&str; 9] = ["id", "a", "b", "c", "\"Mixed\"", "\"order\"", "\"a b\"", "\"q\"\"q\"", "rowid"];
const TABLES: [&str; 6] = ["t", "u", "\"Group\"", "\"two words\"", "parent", "data"];
const TYPES: [&str; 9] =
    ["INTEGER", "INT", "TEXT", "REAL", "BLOB", "", "NUMERIC", "VARCHAR(20)", "DOUBLE PRECISION"];
const STRICT_TYPES: [&str; 6] = ["INTEGER", "INT", "TEXT", "REAL", "BLOB", "ANY"];
const DEFAULTS: [&str; 8] =
    ["1", "'x'", "NULL", "-2.5", "CURRENT_TIMESTAMP", "(1 + 1)", "x'00ff'", "(lower('A'))"];
const CONFLICTS: [&str; 4] = ["", "", " ON CONFLICT IGNORE", " ON CONFLICT REPLACE"];
const ACTIONS: [&str; 5] =
    ["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE", " DEFERRABLE INITIALLY DEFERRED"];
const KEY_ENDS: [&str; 4] = ["", "", " DESC", " ON CONFLICT REPLACE"];

impl Schema {
    pub(super) fn random(dice: &mut Dice) -> Self {
        let mut schema = Self::default();
        for _ in 0..1 + dice.roll(3) {
            schema.add_table(dice);
        }
        for _ in 0..dice.roll(6) {
            schema.edit(dice);
        }
        schema
    }

    fn free<'n>(&self, dice: &mut Dice, names: &[&'n str]) -> Option<&'n str> {
        let taken = |name: &str| {
            self.tables.iter().any(|one| one.name.eq_ignore_ascii_case(name))
                || self.views.iter().any(|(one, _)| one.eq_ignore_ascii_case(name))
                || self.virtuals.iter().any(|(one, _)| one.eq_ignore_ascii_case(name))
        };
        let free: Vec<&str> = names.iter().copied().filter(|name| !taken(name)).collect();
        (!free.is_empty()).then(|| *dice.pick(&free))
    }

    fn add_table(&mut self, dice: &mut Dice) {
        let Some(name) = self.free(dice, &TABLES) else { return };
        let mut table = Table { name: name.to_owned(), is_strict: dice.once_in(5), ..Table::default() };
        for _ in 0..1 + dice.roll(4) {
            table.add_column(dice);
        }
        if !dice.once_in(3) {
            table.set_primary_key(dice);
        }
        self.tables.push(table);
    }

    /// Changes one thing.
    pub(super) fn edit(&mut self, dice: &mut Dice) {
        let names: Vec<String> = self.tables.iter().map(|table| table.name.clone()).collect();
        let place = dice.roll(self.tables.len());
        match dice.roll(20) {
            0 => self.add_table(dice),
            1 if self.tables.len() > 1 => drop(self.tables.remove(place)),
            2 => self.add_view(dice),
            3 if !self.views.is_empty() => drop(self.views.remove(dice.roll(self.views.len()))),
            4 => self.add_trigger(dice),
            5 if !self.triggers.is_empty() => drop(self.triggers.remove(dice.roll(self.triggers.len()))),
            6 => self.edit_virtual(dice),
            7 if self.tables.len() > 1 => {
                let table = self.tables.remove(place);
                self.views.push((table.name, "SELECT 1 AS a, 2 AS b".to_owned()));
            }
            _ => {
                if let Some(table) = self.tables.get_mut(place) {
                    table.edit(dice, &names);
                }
            }
        }
    }

    fn add_view(&mut self, dice: &mut Dice) {
        let Some(name) = self.free(dice, &["v", "\"View 2\"", "w", "u"]) else { return };
        let table = dice.pick(&self.tables);
        if table.columns.is_empty() {
            return;
        }
        let column = &dice.pick(&table.columns).name;
        let query = match dice.roll(5) {
            0 => format!("SELECT * FROM {}", table.name),
            1 => format!("SELECT {column} AS x /* {column} */ FROM {} -- end", table.name),
            2 => format!("WITH q AS (SELECT {column} FROM {}) SELECT count(*) AS n FROM q", table.name),
            3 => "SELECT nothing_here FROM not_there".to_owned(),
            _ => format!("SELECT x.{column} FROM v JOIN {} AS x ON 1", table.name),
        };
        self.views.push((name.to_owned(), query));
    }

    fn add_trigger(&mut self, dice: &mut Dice) {
        let name = (*dice.pick(&["tr", "\"Trigger 2\"", "tr3"])).to_owned();
        if self.triggers.iter().any(|(one, _, _)| *one == name) {
            return;
        }
        let table = dice.pick(&self.tables).name.clone();
        let other = dice.pick(&self.tables);
        if other.columns.is_empty() {
            return;
        }
        let column = &dice.pick(&other.columns).name;
        let on = match self.views.first() {
            Some((view, _)) if dice.once_in(2) => format!("INSTEAD OF INSERT ON {view}"),
            _ => format!("{} ON {table}", dice.pick(&["AFTER INSERT", "BEFORE DELETE", "AFTER UPDATE"])),
        };
        let body = match dice.roll(3) {
            0 => format!("SELECT {column} FROM {};", other.name),
            1 => format!("DELETE FROM {} WHERE {column} = 'x'; SELECT 1;", other.name),
            _ => "SELECT 1;".to_owned(),
        };
        self.triggers.push((name, on, body));
    }

    fn edit_virtual(&mut self, dice: &mut Dice) {
        const FORMS: [&str; 6] = [
            "fts5(title, body)",
            "fts5(title, body, tokenize = 'porter')",
            "fts5(body, content = '')",
            "rtree(id, x0, x1)",
            "rtree(id, x0, x1, y0, y1)",
            "fts4(title, body)",
        ];
        let form = (*dice.pick(&FORMS)).to_owned();
        match self.virtuals.first_mut() {
            Some((_, old)) if dice.once_in(2) => *old = form,
            Some(_) => drop(self.virtuals.remove(0)),
            None => {
                if let Some(name) = self.free(dice, &["new", "\"Search\"", "data"]) {
                    self.virtuals.push((name.to_owned(), form));
                }
            }
        }
    }

    /// The statements that make it, spelled one way or another.
    pub(super) fn sql(&self, dice: &mut Dice) -> String {
        let mut statements = Vec::new();
        for table in &self.tables {
            statements.push(table.sql(dice));
            for (name, rest) in &table.indexes {
                let (unique, rest) =
                    rest.strip_prefix("UNIQUE ").map_or(("", rest.as_str()), |rest| ("UNIQUE ", rest));
                statements.push(format!("CREATE {unique}INDEX {name} ON {} {rest}", table.name));
            }
        }
        for (name, form) in &self.virtuals {
            statements.push(format!("CREATE VIRTUAL TABLE {name} USING {form}"));
        }
        for (name, query) in &self.views {
            statements.push(format!("CREATE VIEW {name} AS {query}"));
        }
        for (name, on, body) in &self.triggers {
            statements.push(format!("CREATE TRIGGER {name} {on} BEGIN {body} END"));
        }
        statements.iter().map(|statement| format!("{statement}\n;\n")).collect()
    }
}

impl Table {
    fn add_column(&mut self, dice: &mut Dice) {
        let has = |name: &str| self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
        let free: Vec<&str> = COLUMNS.iter().copied().filter(|name| !has(name)).collect();
        if free.is_empty() {
            return;
        }
        let mut column = Column {
            name: (*dice.pick(&free)).to_owned(),
            data_type: self.data_type(dice),
            not_null: dice.once_in(4).then(|| *dice.pick(&CONFLICTS)),
            default: dice.once_in(3).then(|| *dice.pick(&DEFAULTS)),
            collation: dice.once_in(8).then_some("NOCASE"),
            generated: None,
        };
        if dice.once_in(7) && !self.columns.is_empty() {
            column.default = None;
            column.generated = Some((format!("{} || 'x'", dice.pick(&self.columns).name), dice.once_in(2)));
        }
        let place = dice.roll(self.columns.len() + 1);
        self.columns.insert(place, column);
    }

    fn data_type(&self, dice: &mut Dice) -> &'static str {
        let types: &[&str] = if self.is_strict { &STRICT_TYPES } else { &TYPES };
        types[dice.roll(types.len())]
    }

    fn set_primary_key(&mut self, dice: &mut Dice) {
        let plain: Vec<&Column> = self.columns.iter().filter(|column| column.generated.is_none()).collect();
        if plain.is_empty() {
            return;
        }
        let first = dice.pick(&plain).name.clone();
        let mut columns = vec![first];
        if dice.once_in(4) {
            columns.push(dice.pick(&plain).name.clone());
            columns.dedup();
        }
        self.primary_key = Some((columns, KEY_ENDS[dice.roll(4)]));
        self.is_key_with_column = dice.once_in(2);
    }

    fn forget(&mut self, name: &str) {
        let mentions = |sql: &str| sql.contains(name);
        self.columns.retain(|column| {
            column.name != name && column.generated.as_ref().is_none_or(|(sql, _)| !mentions(sql))
        });
        let left: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        let is_left = |columns: &Vec<String>| columns.iter().all(|column| left.contains(column));
        self.primary_key = self.primary_key.take().filter(|(columns, _)| is_left(columns));
        self.uniques.retain(|(columns, _)| is_left(columns));
        self.checks.retain(|(_, sql)| !mentions(sql));
        self.references.retain(|(_, column, _, _)| left.contains(column));
        self.indexes.retain(|(_, sql)| !mentions(sql));
    }

    fn edit(&mut self, dice: &mut Dice, tables: &[String]) {
        if self.columns.is_empty() {
            return self.add_column(dice);
        }
        let place = dice.roll(self.columns.len());
        let column = self.columns[place].name.clone();
        let name = |dice: &mut Dice| {
            let name = format!("{}{}", dice.pick(&["c_", "\"C "]), dice.roll(3));
            if name.starts_with('"') { format!("{name}\"") } else { name }
        };
        match dice.roll(18) {
            0 | 1 => self.add_column(dice),
            2 | 3 if self.columns.len() > 1 => self.forget(&column),
            4 => self.columns[place].data_type = self.data_type(dice),
            5 => self.columns[place].not_null = dice.once_in(2).then(|| *dice.pick(&CONFLICTS)),
            6 => self.columns[place].default = dice.once_in(2).then(|| *dice.pick(&DEFAULTS)),
            7 => self.columns[place].collation = dice.once_in(2).then_some("NOCASE"),
            8 => self.set_primary_key(dice),
            9 => {
                self.is_without_rowid = !self.is_without_rowid;
                self.primary_key = Some((vec![column], ""));
            }
            10 => {
                self.is_strict = !self.is_strict;
                for place in 0..self.columns.len() {
                    self.columns[place].data_type = self.data_type(dice);
                }
            }
            11 if self.uniques.is_empty() => self.uniques.push((vec![column], CONFLICTS[dice.roll(4)])),
            11 => drop(self.uniques.pop()),
            12 if self.checks.len() < 2 => {
                let check = dice.pick(&["IS NOT 'bad'", "<> 7", "IN (1, 2, 'x', NULL) IS NOT 0"]);
                let given = dice.once_in(2).then(|| name(dice));
                self.checks.push((given, format!("{column} {check}")));
            }
            12 | 13 if !self.checks.is_empty() => drop(self.checks.remove(0)),
            14 if self.references.is_empty() => {
                let given = dice.once_in(2).then(|| name(dice));
                let other = dice.pick(tables).clone();
                self.references.push((given, column, other, ACTIONS[dice.roll(5)]));
            }
            14 => drop(self.references.pop()),
            15 if self.indexes.is_empty() => {
                let keys = match dice.roll(4) {
                    0 => format!("({column} DESC)"),
                    1 => format!("(lower({column}), {column} COLLATE NOCASE)"),
                    2 => format!("({column}) WHERE {column} IS NOT NULL"),
                    _ => format!("UNIQUE ({column})"),
                };
                let index = format!("\"i_{}\"", self.name.replace('"', ""));
                self.indexes.push((index, keys));
            }
            15 => drop(self.indexes.pop()),
            16 => self.columns.rotate_left(1),
            _ => self.is_key_with_column = !self.is_key_with_column,
        }
    }

    fn sql(&self, dice: &mut Dice) -> String {
        let mut lines: Vec<String> = self.columns.iter().map(|column| column.sql(dice)).collect();
        let mut tail = Vec::new();
        if let Some((columns, end)) = &self.primary_key {
            let (order, conflict) = if *end == " DESC" { (" DESC", "") } else { ("", *end) };
            let with = self.columns.iter().position(|column| columns.len() == 1 && column.name == columns[0]);
            match with.filter(|_| self.is_key_with_column) {
                Some(place) => {
                    let is_counted = self.columns[place].data_type == "INTEGER"
                        && order.is_empty()
                        && !self.is_without_rowid;
                    let counted = if is_counted && columns[0].len() % 2 == 0 { " AUTOINCREMENT" } else { "" };
                    lines[place].push_str(&format!(" PRIMARY KEY{order}{conflict}{counted}"));
                }
                None => tail.push(format!("PRIMARY KEY ({}{order}){conflict}", columns.join(", "))),
            }
        }
        for (columns, conflict) in &self.uniques {
            tail.push(format!("UNIQUE ({}){conflict}", columns.join(", ")));
        }
        let mut own = Vec::new();
        for (name, sql) in &self.checks {
            own.push((sql.clone(), name.clone(), format!("CHECK ({sql})")));
        }
        for (name, sql, given) in own {
            let text = format!("{}{given}", sql.map(|sql| format!("CONSTRAINT {sql} ")).unwrap_or_default());
            let with = self.columns.iter().position(|column| name.starts_with(&format!("{} ", column.name)));
            match with.filter(|_| dice.once_in(2)) {
                Some(place) => lines[place].push_str(&format!(" {text}")),
                None => tail.push(text),
            }
        }
        for (name, column, table, action) in &self.references {
            let given = name.as_ref().map(|name| format!("CONSTRAINT {name} ")).unwrap_or_default();
            let with = self.columns.iter().position(|one| one.name == *column);
            match with.filter(|_| dice.once_in(2)) {
                Some(place) => lines[place].push_str(&format!(" {given}REFERENCES {table}{action}")),
                None => tail.push(format!("{given}FOREIGN KEY ({column}) REFERENCES {table}{action}")),
            }
        }
        lines.extend(tail);
        let mut options = Vec::new();
        options.extend(self.is_strict.then_some("STRICT"));
        options.extend(self.is_without_rowid.then_some("WITHOUT ROWID"));
        let comma = if dice.once_in(2) { ",\n  " } else { ", -- a comment, with (\n\t" };
        format!("CREATE TABLE {} ({}\n) {}", self.name, lines.join(comma), options.join(", "))
    }
}

impl Column {
    fn sql(&self, dice: &mut Dice) -> String {
        let data_type =
            if dice.once_in(2) { self.data_type.to_lowercase() } else { self.data_type.to_owned() };
        let mut clauses = Vec::new();
        clauses.extend(self.not_null.map(|conflict| format!("NOT NULL{conflict}")));
        clauses.extend(
            self.default.filter(|_| self.generated.is_none()).map(|default| format!("DEFAULT {default}")),
        );
        clauses.extend(self.collation.map(|collation| format!("COLLATE {collation}")));
        clauses.extend(
            self.generated.as_ref().map(|(sql, is_stored)| {
                format!("AS ({sql}) {}", if *is_stored { "STORED" } else { "VIRTUAL" })
            }),
        );
        if dice.once_in(2) {
            clauses.reverse();
        }
        format!("{} {data_type} {}", self.name, clauses.join(" ")).trim_end().to_owned()
    }
}

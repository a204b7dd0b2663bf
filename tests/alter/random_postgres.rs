//! PostgreSQL schemas made at random, and changed at random.

use std::fmt::Write as _;

use super::dice::Dice;
use super::random_table::Table;

/// A schema: what there is, each by what it is made of.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    enums: Vec<(String, Vec<&'static str>)>,
    domains: Vec<Domain>,
    /// Composite types: their names and attributes.
    composites: Vec<(String, Vec<(&'static str, &'static str)>)>,
    functions: Vec<(String, usize)>,
    sequences: Vec<(String, &'static str)>,
    tables: Vec<Table>,
    views: Vec<View>,
    /// What is made at the end: its subject, such as a table's name, and the statement.
    further: Vec<(String, String)>,
}

#[derive(Debug, Clone)]
struct Domain {
    name: String,
    beneath: &'static str,
    clauses: Vec<&'static str>,
}

#[derive(Debug, Clone)]
struct View {
    name: String,
    /// The table or view that it reads.
    source: String,
    columns: Vec<String>,
    condition: Option<String>,
    is_materialized: bool,
    with: &'static str,
}

const LABELS: [&str; 6] = ["a", "b", "new", "it''s", "B c", "z"];
const TABLES: [&str; 6] = ["t", "u", "parent", "\"Group\"", "s.t", "s.\"two words\""];
const VIEWS: [&str; 5] = ["v", "w", "s.v", "\"View 2\"", "m"];
const DOMAIN_CLAUSES: [&str; 5] = [
    "NOT NULL",
    "DEFAULT 3",
    "CHECK (VALUE > -5)",
    "CONSTRAINT \"Small\" CHECK (VALUE < 1000)",
    "CONSTRAINT other CHECK (VALUE <> 7)",
];
const FUNCTIONS: [[&str; 4]; 3] = [
    [
        "(a integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT a'",
        "(a integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT a + 1'",
        "(b integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT b'",
        "(a integer, b text DEFAULT 'x') RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT a'",
    ],
    [
        "(a integer) RETURNS boolean STABLE LANGUAGE sql AS 'SELECT a > 0'",
        "(a integer) RETURNS boolean IMMUTABLE STRICT LANGUAGE sql AS 'SELECT a > 0'",
        "(a integer) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN a > 1; END'",
        "(a bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT a > 0'",
    ],
    [
        "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
        "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = s AS 'BEGIN RETURN new; END'",
        "() RETURNS trigger LANGUAGE plpgsql COST 5 AS 'BEGIN RETURN old; END'",
    ],
];
const FUNCTION_NAMES: [&str; 3] = ["number", "s.\"Is it\"", "touch"];
const SEQUENCES: [&str; 4] =
    ["", "INCREMENT 5", "AS smallint MAXVALUE 100 CYCLE", "START 10 MINVALUE 3 CACHE 4"];
const VIEW_OPTIONS: [&str; 4] = ["", "", "security_barrier", "security_barrier, check_option=local"];

impl World {
    pub(super) fn random(dice: &mut Dice) -> Self {
        let mut world = Self::default();
        for _ in 0..dice.roll(3) {
            world.edit_types(dice);
        }
        for _ in 0..1 + dice.roll(3) {
            world.add_table(dice);
        }
        for _ in 0..3 + dice.roll(12) {
            world.edit(dice);
        }
        world
    }

    /// Changes one thing.
    pub(super) fn edit(&mut self, dice: &mut Dice) {
        let place = dice.roll(self.tables.len());
        match dice.roll(24) {
            0 => self.add_table(dice),
            1 if self.tables.len() > 1 => {
                let table = self.tables.remove(place);
                self.forget(&table.name);
            }
            2..=4 => self.edit_types(dice),
            5 | 6 => self.add_view(dice),
            7 => self.edit_view(dice),
            8 | 9 => self.edit_function(dice),
            10 => self.edit_sequence(dice),
            11 | 12 => self.edit_further(dice),
            _ => self.edit_table(dice, place),
        }
    }

    fn edit_table(&mut self, dice: &mut Dice, place: usize) {
        let types = self.types();
        let others: Vec<String> = self.tables.iter().filter_map(Table::referenced).collect();
        let functions: Vec<String> = self.functions.iter().map(|(name, _)| name.clone()).collect();
        if let Some(table) = self.tables.get_mut(place) {
            table.edit(dice, &types, &others, &functions);
        }
    }

    fn types(&self) -> Vec<String> {
        let enums = self.enums.iter().map(|(name, _)| name);
        let domains = self.domains.iter().map(|domain| &domain.name);
        let own: Vec<&String> =
            enums.chain(domains).chain(self.composites.iter().map(|(name, _)| name)).collect();
        let arrays = own.iter().map(|name| format!("{name}[]"));
        own.iter().map(|name| (*name).clone()).chain(arrays).collect()
    }

    fn is_free(&self, name: &str) -> bool {
        !self.tables.iter().any(|one| one.name == name)
            && !self.views.iter().any(|one| one.name == name)
            && !self.types().iter().any(|one| one == name)
    }

    fn free(&self, dice: &mut Dice, names: &[&str]) -> Option<String> {
        let free: Vec<&str> = names.iter().copied().filter(|name| self.is_free(name)).collect();
        (!free.is_empty()).then(|| (*dice.pick(&free)).to_owned())
    }

    fn add_table(&mut self, dice: &mut Dice) {
        let Some(name) = self.free(dice, &TABLES) else { return };
        let parents: Vec<String> = self.tables.iter().filter_map(Table::inherited).collect();
        let types = self.types();
        let parent = (dice.once_in(6) && !parents.is_empty()).then(|| dice.pick(&parents).clone());
        self.tables.push(Table::random(dice, name, parent, &types));
    }

    fn edit_types(&mut self, dice: &mut Dice) {
        match dice.roll(8) {
            0 => {
                if let Some(name) = self.free(dice, &["mood", "s.\"Kind\""]) {
                    let labels = LABELS[..1 + dice.roll(4)].to_vec();
                    self.enums.push((name, labels));
                }
            }
            1 => {
                if let Some(name) = self.free(dice, &["amount", "s.d"]) {
                    let beneath = *dice.pick(&["integer", "bigint", "numeric(8,2)"]);
                    self.domains.push(Domain { name, beneath, clauses: Vec::new() });
                }
            }
            2 => {
                if let Some(name) = self.free(dice, &["pair", "s.\"Row\""]) {
                    self.composites.push((name, vec![("x", "integer"), ("y", "text")]));
                }
            }
            3 | 4 if !self.enums.is_empty() => {
                let place = dice.roll(self.enums.len());
                let labels = &mut self.enums[place].1;
                let label = *dice.pick(&LABELS);
                match dice.roll(3) {
                    0 if labels.len() > 1 => labels.rotate_left(1),
                    1 if labels.len() > 1 => labels.retain(|one| *one != label || *one == "a"),
                    _ if !labels.contains(&label) => labels.insert(dice.roll(labels.len() + 1), label),
                    _ => {}
                }
            }
            5 | 6 if !self.domains.is_empty() => {
                let place = dice.roll(self.domains.len());
                let domain = &mut self.domains[place];
                let clause = *dice.pick(&DOMAIN_CLAUSES);
                match domain.clauses.iter().position(|one| *one == clause) {
                    Some(place) => drop(domain.clauses.remove(place)),
                    None if dice.once_in(5) => domain.beneath = *dice.pick(&["integer", "bigint"]),
                    None => domain.clauses.push(clause),
                }
            }
            7 if !self.composites.is_empty() => {
                let place = dice.roll(self.composites.len());
                let attributes = &mut self.composites[place].1;
                match dice.roll(3) {
                    0 if attributes.len() < 3 => attributes.push(("z", "date")),
                    1 if attributes.len() > 1 => drop(attributes.pop()),
                    _ => attributes[0].1 = *dice.pick(&["integer", "bigint", "text"]),
                }
            }
            _ => {}
        }
    }

    fn add_view(&mut self, dice: &mut Dice) {
        let Some(name) = self.free(dice, &VIEWS) else { return };
        let mut sources: Vec<(String, Vec<String>)> =
            self.tables.iter().map(|table| (table.name.clone(), table.column_names())).collect();
        sources.extend(self.views.iter().map(|view| (view.name.clone(), view.columns.clone())));
        if sources.is_empty() {
            return;
        }
        let (source, all) = dice.pick(&sources).clone();
        let columns: Vec<String> = all.iter().filter(|_| !dice.once_in(3)).cloned().collect();
        let Some(first) = columns.first().cloned() else { return };
        let is_materialized = dice.once_in(4);
        self.views.push(View {
            name,
            source,
            columns,
            condition: dice.once_in(2).then(|| format!("{first} IS NOT NULL")),
            is_materialized,
            with: if is_materialized { "" } else { VIEW_OPTIONS[dice.roll(VIEW_OPTIONS.len())] },
        });
    }

    fn edit_view(&mut self, dice: &mut Dice) {
        if self.views.is_empty() {
            return;
        }
        let place = dice.roll(self.views.len());
        let view = &mut self.views[place];
        match dice.roll(5) {
            0 => {
                let view = self.views.remove(place);
                self.forget(&view.name);
            }
            1 if view.columns.len() > 1 => drop(view.columns.pop()),
            2 => view.columns.rotate_left(1),
            3 if !view.is_materialized => view.with = VIEW_OPTIONS[dice.roll(VIEW_OPTIONS.len())],
            _ => view.condition = view.columns.first().map(|column| format!("{column} IS NULL")),
        }
    }

    fn edit_function(&mut self, dice: &mut Dice) {
        let which = dice.roll(FUNCTION_NAMES.len());
        let name = FUNCTION_NAMES[which];
        let form = dice.roll(4);
        match self.functions.iter().position(|(one, _)| one == name) {
            Some(place) if dice.once_in(4) => drop(self.functions.remove(place)),
            Some(place) => self.functions[place].1 = form,
            None => self.functions.push((name.to_owned(), form)),
        }
    }

    fn edit_sequence(&mut self, dice: &mut Dice) {
        let options = SEQUENCES[dice.roll(SEQUENCES.len())];
        match self.sequences.first_mut() {
            Some(_) if dice.once_in(3) => self.sequences.clear(),
            Some((_, old)) => *old = options,
            None => self.sequences.push(("s.\"Counter\"".to_owned(), options)),
        }
    }

    /// Comments, grants, publications and statistics.
    fn edit_further(&mut self, dice: &mut Dice) {
        if !self.further.is_empty() && dice.once_in(3) {
            self.further.remove(dice.roll(self.further.len()));
            return;
        }
        let Some(table) = (!self.tables.is_empty()).then(|| dice.pick(&self.tables)) else { return };
        let (name, columns) = (&table.name, table.column_names());
        let Some(column) = (!columns.is_empty()).then(|| dice.pick(&columns)) else { return };
        let text = dice.pick(&["'x'", "'it''s'", "E'two\\nlines'"]);
        let (subject, statement) = match dice.roll(9) {
            0 => (name.clone(), format!("COMMENT ON TABLE {name} IS {text}")),
            1 => (name.clone(), format!("COMMENT ON COLUMN {name}.{column} IS {text}")),
            2 => (name.clone(), format!("GRANT SELECT, INSERT ON {name} TO PUBLIC")),
            3 => (name.clone(), format!("GRANT UPDATE ({column}) ON {name} TO PUBLIC")),
            4 => (name.clone(), format!("CREATE STATISTICS s.stats ON {} FROM {name}", columns.join(", "))),
            5 => (name.clone(), format!("CREATE PUBLICATION pub FOR TABLE {name}")),
            6 => ("schema".to_owned(), "GRANT USAGE ON SCHEMA s TO PUBLIC".to_owned()),
            7 => (
                "schema".to_owned(),
                "ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON SEQUENCES TO PUBLIC".to_owned(),
            ),
            _ => match self.views.iter().find(|view| !view.is_materialized) {
                Some(view) => (view.name.clone(), format!("COMMENT ON VIEW {} IS {text}", view.name)),
                None => return,
            },
        };
        if !self.further.iter().any(|(_, one)| one.split(' ').take(3).eq(statement.split(' ').take(3))) {
            self.further.push((subject, statement));
        }
    }

    /// Takes away what needs something that is gone.
    fn forget(&mut self, name: &str) {
        self.further.retain(|(subject, _)| subject != name);
        for table in &mut self.tables {
            table.forget(name);
        }
        let gone: Vec<String> =
            self.views.iter().filter(|view| view.source == name).map(|view| view.name.clone()).collect();
        self.views.retain(|view| view.source != name);
        for view in gone {
            self.forget(&view);
        }
    }

    /// The statements that make it.
    pub(super) fn sql(&self) -> String {
        let mut sql = "CREATE SCHEMA s;\n".to_owned();
        let mut add = |statement: String| writeln!(sql, "{statement};").expect("a string takes it");
        for (name, labels) in &self.enums {
            let labels: Vec<String> = labels.iter().map(|label| format!("'{label}'")).collect();
            add(format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", ")));
        }
        for Domain { name, beneath, clauses } in &self.domains {
            add(format!("CREATE DOMAIN {name} AS {beneath} {}", clauses.join(" ")));
        }
        for (name, attributes) in &self.composites {
            let attributes: Vec<String> =
                attributes.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
            add(format!("CREATE TYPE {name} AS ({})", attributes.join(", ")));
        }
        for (name, form) in &self.functions {
            let which = FUNCTION_NAMES.iter().position(|one| one == name).expect("it is one of them");
            add(format!("CREATE FUNCTION {name}{}", FUNCTIONS[which][*form]));
        }
        for (name, options) in &self.sequences {
            add(format!("CREATE SEQUENCE {name} {options}"));
        }
        for table in &self.tables {
            table.create().into_iter().for_each(&mut add);
        }
        for table in &self.tables {
            table.references().into_iter().for_each(&mut add);
        }
        for view in &self.views {
            add(view.sql());
        }
        for (_, statement) in &self.further {
            add(statement.clone());
        }
        sql
    }
}

impl View {
    fn sql(&self) -> String {
        let kind = if self.is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let with = if self.with.is_empty() { String::new() } else { format!(" WITH ({})", self.with) };
        let condition = self.condition.as_ref().map(|condition| format!(" WHERE {condition}"));
        let query = format!(
            "CREATE {kind} {}{with} AS SELECT {} FROM {}{}",
            self.name,
            self.columns.join(", "),
            self.source,
            condition.unwrap_or_default()
        );
        match self.columns.first().filter(|_| self.is_materialized) {
            Some(column) => format!("{query};\nCREATE INDEX \"Of view\" ON {} ({column})", self.name),
            None => query,
        }
    }
}

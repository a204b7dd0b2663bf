//! The arguments of an attribute, by their names.

use super::source::{Fault, Place};
use super::syntax::{Argument, Attribute, Expression, Value};

/// The arguments of one attribute. Every one of them is known.
pub(super) struct Arguments<'s> {
    attribute: &'s Attribute,
    found: Vec<(&'static str, &'s Expression)>,
}

impl<'s> Arguments<'s> {
    /// Reads the arguments of an attribute that takes those `known`; the one without a name is `unnamed`.
    ///
    /// # Errors
    /// A fault at an argument that is unknown or given twice.
    pub fn of(
        attribute: &'s Attribute,
        unnamed: Option<&'static str>,
        known: &[&'static str],
    ) -> Result<Self, Fault> {
        let mut arguments = Self { attribute, found: Vec::new() };
        for argument in &attribute.arguments {
            let name = name_of(argument, attribute, unnamed, known)?;
            if arguments.get(name).is_some() {
                return Err(match argument.name {
                    Some(_) => Fault::new(&argument.value.place, format!("`{name}` is given twice")),
                    None => Fault::new(&argument.value.place, "there is one argument without a name")
                        .help("a list is written in brackets: [a, b]"),
                });
            }
            arguments.found.push((name, &argument.value));
        }
        Ok(arguments)
    }

    /// The value of the argument of this name; none where it is not given.
    pub fn get(&self, name: &str) -> Option<&'s Expression> {
        self.found.iter().find(|(found, _)| *found == name).map(|(_, value)| *value)
    }

    /// The value of an argument that cannot be left out.
    pub fn required(&self, name: &str) -> Result<&'s Expression, Fault> {
        self.get(name).ok_or_else(|| {
            Fault::new(
                &self.attribute.place,
                format!("the argument `{name}` of {} is missing", shown(self.attribute)),
            )
        })
    }

    /// The text of the argument of this name; none where it is not given, a fault where it is no text in quotes.
    pub fn text(&self, name: &str) -> Result<Option<&'s str>, Fault> {
        self.get(name).map(text).transpose()
    }

    /// Refuses an argument that these databases have no use for: a fault with the `reason`, where it is given.
    pub fn refuse(&self, name: &str, reason: &str) -> Result<(), Fault> {
        match self.get(name) {
            Some(value) => Err(Fault::new(&value.place, format!("`{name}` is not supported: {reason}"))),
            None => Ok(()),
        }
    }

    /// Where the value of the argument of this name stands; the attribute, where it is not given.
    pub fn place(&self, name: &str) -> &'s Place {
        self.get(name).map_or(&self.attribute.place, |value| &value.place)
    }
}

fn name_of(
    argument: &Argument,
    attribute: &Attribute,
    unnamed: Option<&'static str>,
    known: &[&'static str],
) -> Result<&'static str, Fault> {
    let Some(name) = &argument.name else {
        return unnamed.ok_or_else(|| {
            Fault::new(
                &argument.value.place,
                format!("{} takes no argument without a name", shown(attribute)),
            )
        });
    };
    known.iter().find(|known| **known == name.text).copied().ok_or_else(|| {
        let message = format!("{} has no argument `{}`", shown(attribute), name.text);
        Fault::new(&name.place, message).suggest(&name.text, known.iter().copied())
    })
}

/// The string that an expression is; a fault where it is something else.
pub(super) fn text(expression: &Expression) -> Result<&str, Fault> {
    match &expression.value {
        Value::Text(text) => Ok(text),
        _ => Err(Fault::new(&expression.place, "a text in quotes is expected here")),
    }
}

/// The word that an expression is, such as `Cascade`; a fault where it is something else.
pub(super) fn word(expression: &Expression) -> Result<&str, Fault> {
    match &expression.value {
        Value::Word(word) => Ok(word),
        _ => Err(Fault::new(&expression.place, "a name is expected here")),
    }
}

/// The elements of a list; anything else is a list of one.
pub(super) fn list(expression: &Expression) -> &[Expression] {
    match &expression.value {
        Value::List(values) => values,
        _ => std::slice::from_ref(expression),
    }
}

/// An attribute as it begins in the file, as `@@index`.
fn shown(attribute: &Attribute) -> String {
    let is_block = attribute.name.place.span.start == attribute.place.span.start + 2;
    format!("`{}{}`", if is_block { "@@" } else { "@" }, attribute.name.text)
}

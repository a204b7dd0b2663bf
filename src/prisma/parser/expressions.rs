//! Attributes, and the values in them.

use super::super::lexer::TokenKind;
use super::super::source::Fault;
use super::super::syntax::{Argument, Attribute, Expression, Name, Value};
use super::{Parsed, Parser};

/// Values inside values; a schema has two or three.
const DEEPEST: usize = 32;

impl Parser<'_> {
    /// At `@` or `@@`.
    pub(super) fn attribute(&mut self) -> Parsed<Attribute> {
        let start = self.place();
        self.advance();
        let name = self.path("the name of the attribute is missing")?;
        let arguments = if self.is_mark("(") { self.arguments(0)? } else { Vec::new() };
        Ok(Attribute { name, arguments, place: start.to(&self.previous()) })
    }

    /// At `(`.
    fn arguments(&mut self, depth: usize) -> Parsed<Vec<Argument>> {
        self.advance();
        let mut arguments = Vec::new();
        while !self.take_mark(")") {
            if !arguments.is_empty() {
                self.expect(",", "`,` or `)` is missing here")?;
                if self.take_mark(")") {
                    break;
                }
            }
            arguments.push(self.argument(depth)?);
        }
        Ok(arguments)
    }

    fn argument(&mut self, depth: usize) -> Parsed<Argument> {
        let is_named = *self.kind() == TokenKind::Word
            && self.tokens.get(self.at + 1).is_some_and(|next| next.kind == TokenKind::Mark(":"));
        let name = if is_named {
            let name = self.name("the name of the argument is missing")?;
            self.advance();
            Some(name)
        } else {
            None
        };
        Ok(Argument { name, value: self.value(depth)? })
    }

    pub(super) fn value(&mut self, depth: usize) -> Parsed<Expression> {
        let place = self.place();
        if depth > DEEPEST {
            return Err(Fault::new(&place, "values are nested too deep"));
        }
        let value = match self.kind().clone() {
            TokenKind::Text(text) => {
                self.advance();
                Value::Text(text)
            }
            TokenKind::Number => {
                let number = self.slice();
                self.advance();
                Value::Number(number)
            }
            TokenKind::Word => {
                let name = self.path("a value is missing here")?;
                if self.is_mark("(") {
                    Value::Call(name.text, self.arguments(depth + 1)?)
                } else {
                    Value::Word(name.text)
                }
            }
            TokenKind::Mark("[") => Value::List(self.list(depth)?),
            TokenKind::Mark("{") => Value::Object(self.object(depth)?),
            _ => return Err(self.unexpected("a value is missing here")),
        };
        Ok(Expression { value, place: place.to(&self.previous()) })
    }

    /// At `[`.
    fn list(&mut self, depth: usize) -> Parsed<Vec<Expression>> {
        self.advance();
        let mut values = Vec::new();
        while !self.take_mark("]") {
            if !values.is_empty() {
                self.expect(",", "`,` or `]` is missing here")?;
                if self.take_mark("]") {
                    break;
                }
            }
            values.push(self.value(depth + 1)?);
        }
        Ok(values)
    }

    /// At `{`.
    fn object(&mut self, depth: usize) -> Parsed<Vec<(Name, Expression)>> {
        self.advance();
        let mut values = Vec::new();
        while !self.take_mark("}") {
            if !values.is_empty() {
                self.expect(",", "`,` or `}` is missing here")?;
                if self.take_mark("}") {
                    break;
                }
            }
            let name = self.name("a field is missing here")?;
            self.expect(":", "`:` is missing here")?;
            values.push((name, self.value(depth + 1)?));
        }
        Ok(values)
    }
}

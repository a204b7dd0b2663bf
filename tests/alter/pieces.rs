//! Schemas put together at random from pieces that are written down, each in several forms.
//!
//! A file of pieces has them in the order in which they are made, apart by blank lines; the forms of one stand between
//! lines `-- or`. What a database does not take, since a piece that it needs is missing or has another form, is left out.

use super::dice::Dice;

/// Which form of each piece there is; none where the piece is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pieces {
    pieces: Vec<Vec<&'static str>>,
    chosen: Vec<Option<usize>>,
}

/// A piece is missing once in so many times.
const MISSING: usize = 4;

impl Pieces {
    pub(super) fn random(file: &'static str, dice: &mut Dice) -> Self {
        let pieces: Vec<Vec<&str>> =
            file.split("\n\n").map(|piece| piece.split("\n-- or\n").collect()).collect();
        let chosen = pieces.iter().map(|forms| choose(dice, forms)).collect();
        Self { pieces, chosen }
    }

    /// Gives one piece another form, or takes it away.
    pub(super) fn edit(&mut self, dice: &mut Dice) {
        let place = dice.roll(self.pieces.len());
        self.chosen[place] = choose(dice, &self.pieces[place]);
    }

    /// The statements, each with its semicolon.
    pub(super) fn sql(&self) -> String {
        let forms =
            self.pieces.iter().zip(&self.chosen).filter_map(|(forms, chosen)| Some(forms[(*chosen)?]));
        forms.map(|form| format!("{form}\n")).collect()
    }
}

fn choose(dice: &mut Dice, forms: &[&str]) -> Option<usize> {
    (!dice.once_in(MISSING)).then(|| dice.roll(forms.len()))
}

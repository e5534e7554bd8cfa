//! A small font of our own, drawn at any size.
//!
//! Letters are kept as coarse bitmaps. To draw one, its dots are read as samples of a smooth field and the
//! outline is where that field crosses a threshold: corners come out round, slopes straight, at every size.

mod glyphs;

use std::collections::HashMap;

use glyphs::{COLUMNS, GLYPHS, ROWS, UNKNOWN};

/// Sizes of letters that one cache keeps; a card uses a handful.
const MAX_CACHED: usize = 1024;
/// Where the outline lies in the smooth field. Below one half, strokes grow a little bolder than their dots.
const OUTLINE: f32 = 0.42;
/// Dots between letters.
const GAP: f32 = 1.0;
/// Width of a blank, in dots.
const BLANK: f32 = 3.0;

/// Height of a line of text in dots: the letters and the space to the next line.
pub(crate) const LINE_DOTS: f32 = 11.0;

/// How much ink each pixel of one letter gets.
#[derive(Debug)]
pub(crate) struct Glyph {
    /// Width of `coverage` in pixels.
    pub(crate) width: usize,
    /// Ink per pixel, row by row, 0 to 255.
    pub(crate) coverage: Vec<u8>,
    /// Pixels from this letter's left edge to the next one's.
    pub(crate) advance: f32,
    /// Pixels that the ink reaches out to the left of the pen.
    pub(crate) bearing: f32,
}

/// Letters drawn so far, by size.
#[derive(Debug, Default)]
pub(crate) struct Font {
    drawn: HashMap<(char, u32), Glyph>,
}

impl Font {
    /// The letter `c` with dots of `dot` pixels.
    pub(crate) fn glyph(&mut self, c: char, dot: f32) -> &Glyph {
        let key = (c, dot.to_bits());
        if self.drawn.len() >= MAX_CACHED && !self.drawn.contains_key(&key) {
            self.drawn.clear();
        }
        self.drawn.entry(key).or_insert_with(|| draw(c, dot))
    }
}

/// Width of `text` in pixels with dots of `dot` pixels.
pub(crate) fn text_width(text: &str, dot: f32) -> f32 {
    let dots: f32 = text.chars().map(advance).sum();
    (dots - GAP).max(0.0) * dot
}

/// `text`, or as much of its start as fits into `width` pixels with an ellipsis behind it.
pub(crate) fn shortened(text: &str, dot: f32, width: f32) -> String {
    if text_width(text, dot) <= width {
        return text.to_owned();
    }
    let mut room = width / dot - advance('…');
    let fits = |c: &char| {
        room -= advance(*c);
        room >= 0.0
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

fn advance(c: char) -> f32 {
    if c == ' ' {
        return BLANK;
    }
    let (first, last) = ink(c);
    (last - first) as f32 + GAP
}

/// First and one-past-last column with ink. Digits are all equally wide, so that counters stand still.
fn ink(c: char) -> (usize, usize) {
    if c.is_ascii_digit() {
        return (0, COLUMNS);
    }
    let all = bitmap(c).iter().fold(0, |all, row| all | row);
    let first = all.leading_zeros() as usize - (u8::BITS as usize - COLUMNS);
    (first.min(COLUMNS - 1), COLUMNS - (all.trailing_zeros() as usize).min(COLUMNS - 1))
}

fn bitmap(c: char) -> &'static [u8; ROWS] {
    GLYPHS.binary_search_by_key(&c, |(known, _)| *known).map_or(&UNKNOWN, |index| &GLYPHS[index].1)
}

fn draw(c: char, dot: f32) -> Glyph {
    let advance = advance(c) * dot;
    if c == ' ' {
        return Glyph { width: 0, coverage: Vec::new(), advance, bearing: 0.0 };
    }
    let (rows, (first, last)) = (bitmap(c), ink(c));
    // half a dot of margin all around takes the soft edge
    let width = ((last - first + 1) as f32 * dot).ceil() as usize;
    let height = (ROWS as f32 * dot + dot).ceil() as usize;
    let at = |column: i32, row: i32| {
        let inside = (0..COLUMNS as i32).contains(&column) && (0..ROWS as i32).contains(&row);
        let set = inside && rows[row as usize] >> (COLUMNS as i32 - 1 - column) & 1 == 1;
        f32::from(u8::from(set))
    };
    let field = |x: f32, y: f32| {
        let (column, row) = (x.floor(), y.floor());
        let (right, down) = (x - column, y - row);
        let (column, row) = (column as i32, row as i32);
        let upper = at(column, row) * (1.0 - right) + at(column + 1, row) * right;
        let lower = at(column, row + 1) * (1.0 - right) + at(column + 1, row + 1) * right;
        upper * (1.0 - down) + lower * down
    };
    let mut coverage = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = ((x as f32 + 0.5) / dot - 1.0 + first as f32, (y as f32 + 0.5) / dot - 1.0);
            let ink = (field(u, v) - OUTLINE) * dot + 0.5;
            coverage.push((ink.clamp(0.0, 1.0) * 255.0) as u8);
        }
    }
    Glyph { width, coverage, advance, bearing: dot / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_forms_are_sorted_so_that_every_one_is_found() {
        assert!(GLYPHS.is_sorted_by(|a, b| a.0 < b.0));
        for (c, rows) in GLYPHS {
            assert_eq!(bitmap(*c), rows);
            assert!(rows.iter().any(|row| *row != 0), "{c} has no ink");
        }
    }

    #[test]
    fn every_printable_ascii_character_has_a_form_of_its_own() {
        for c in '!'..='~' {
            assert_ne!(bitmap(c), &UNKNOWN, "{c}");
        }
    }

    #[test]
    fn digits_are_equally_wide_so_counters_stand_still() {
        for c in '0'..='9' {
            assert_eq!(text_width(&c.to_string(), 4.0), 20.0);
        }
    }

    #[test]
    fn names_too_long_for_their_place_end_in_an_ellipsis() {
        assert_eq!(shortened("Living Room", 2.0, 1000.0), "Living Room");
        let short = shortened(&"Living Room ".repeat(100), 2.0, 200.0);
        assert!(short.starts_with("Living Room") && short.ends_with('…'), "{short}");
        assert!(text_width(&short, 2.0) <= 200.0);
    }

    #[test]
    fn the_cache_is_bounded_whatever_is_drawn() {
        let mut font = Font::default();
        for size in 1..=(2 * MAX_CACHED as u32) {
            font.glyph('.', 0.5 + size as f32 / 4096.0);
            assert!(font.drawn.len() <= MAX_CACHED);
        }
    }
}

//! What the card looks like.

use super::TestCardSpec;
use super::stamp::{self, Stamp};
use crate::canvas::{Area, Canvas, Colour};
use crate::font::{shortened, text_width};
use crate::picture::Picture;

const INK: Colour = Colour::rgb(0xF5_F7_FA);
const QUIET: Colour = Colour::rgb(0x8A_97_AB);
const ACCENT: Colour = Colour::rgb(0xFF_5F_8A);
const BACKDROP: [Colour; 2] = [Colour::rgb(0x16_1C_2B), Colour::rgb(0x0B_0E_17)];
const PANEL: Colour = Colour::rgb(0x07_09_10);
const GRID: Colour = Colour::rgb(0x25_2E_42);

/// The classic order: falling luma.
const BARS: [u32; 8] =
    [0xFF_FF_FF, 0xFF_FF_00, 0x00_FF_FF, 0x00_FF_00, 0xFF_00_FF, 0xFF_00_00, 0x00_00_FF, 0x00_00_00];

/// A card, drawn once, of which each frame redraws only what moves.
#[derive(Debug)]
pub struct TestCard {
    canvas: Canvas,
    /// Side of a font dot in the smallest text, in pixels; everything else is a multiple.
    unit: f32,
    counter: Saved,
    dial: Saved,
    lane: Saved,
}

/// An area as it looks without the moving part.
#[derive(Debug)]
struct Saved {
    area: Area,
    pixels: Vec<[u8; 4]>,
}

impl Saved {
    fn new(canvas: &mut Canvas, area: Area) -> Self {
        Self { area, pixels: canvas.save(area) }
    }
}

impl TestCard {
    /// Draws everything that stands still.
    pub fn new(spec: &TestCardSpec) -> Self {
        let mut canvas = Canvas::new(spec.width, spec.height);
        let unit = (spec.height as f32 / 360.0).min(spec.width as f32 / 640.0).max(0.25);
        backdrop(&mut canvas, unit);
        header(&mut canvas, unit, spec);
        bars(&mut canvas);
        ramps(&mut canvas);
        combs(&mut canvas, unit);
        let counter = counter_panel(&mut canvas, unit);
        let dial = dial_face(&mut canvas, unit);
        let lane = lane(&mut canvas);
        Self {
            counter: Saved::new(&mut canvas, counter),
            dial: Saved::new(&mut canvas, dial),
            lane: Saved::new(&mut canvas, lane),
            canvas,
            unit,
        }
    }

    /// Draws one frame.
    pub fn draw(&mut self, stamp: Stamp) -> Picture<'_> {
        for saved in [&self.counter, &self.dial, &self.lane] {
            self.canvas.restore(saved.area, &saved.pixels);
        }
        self.draw_counter(stamp);
        self.draw_hand(stamp);
        self.draw_runner(stamp);
        stamp::draw(&mut self.canvas, stamp);
        self.canvas.picture(stamp.clock_ns)
    }

    fn draw_counter(&mut self, stamp: Stamp) {
        let Area { left, top, right, .. } = self.counter.area;
        let unit = self.unit;
        let (left, right, top) = (left as f32 + unit * 8.0, right as f32 - unit * 8.0, top as f32);
        self.canvas.text(left, top + unit * 17.0, unit * 5.0, INK, &format!("{:07}", stamp.frame));
        let clock = clock(stamp.clock_ns);
        self.canvas.text_right(right, top + unit * 27.5, unit * 3.5, ACCENT, &clock);
    }

    /// One turn a second, so that a glance tells how far two screens are apart.
    fn draw_hand(&mut self, stamp: Stamp) {
        let (centre, radius) = circle(self.dial.area);
        let turn = (stamp.clock_ns % 1_000_000_000) as f32 / 1e9 * std::f32::consts::TAU;
        let tip = (centre.0 + radius * 0.78 * turn.sin(), centre.1 - radius * 0.78 * turn.cos());
        self.canvas.line(centre, tip, radius * 0.07, ACCENT);
        self.canvas.disc(centre, radius * 0.09, INK);
        self.canvas.disc(tip, radius * 0.06, INK);
    }

    /// There and back in four seconds.
    fn draw_runner(&mut self, stamp: Stamp) {
        let area = self.lane.area;
        let phase = (stamp.clock_ns % 4_000_000_000) as f32 / 2e9;
        let part = if phase < 1.0 { phase } else { 2.0 - phase };
        let radius = area.height() as f32 * 0.4;
        let travel = area.width() as f32 - 2.5 * radius;
        let x = area.left as f32 + radius * 1.25 + travel * part;
        let y = (area.top + area.bottom) as f32 / 2.0;
        self.canvas.disc((x, y), radius, INK);
        self.canvas.disc((x, y), radius * 0.55, ACCENT);
    }
}

fn backdrop(canvas: &mut Canvas, unit: f32) {
    let all = canvas.everything();
    let height = all.height().max(1);
    canvas.shade(all, |_, y| BACKDROP[0].mixed(BACKDROP[1], (y * 255 / height) as u8));
    let line = (unit / 2.0).round().max(1.0) as usize;
    for step in 1..16 {
        let x = all.width() * step / 16;
        canvas.fill(Area { left: x, right: x + line, ..all }, GRID);
    }
    for step in 1..9 {
        let y = all.height() * step / 9;
        canvas.fill(Area { top: y, bottom: y + line, ..all }, GRID);
    }
    canvas.frame(all, (unit * 2.0).round().max(1.0) as usize, INK);
    let strip = stamp::strip(canvas);
    let margin = (unit * 2.0).round() as usize;
    let around = Area {
        left: strip.left.saturating_sub(margin),
        top: strip.top.saturating_sub(margin),
        right: strip.right + margin,
        bottom: strip.bottom + margin,
    };
    canvas.fill(around, Colour::rgb(0));
}

fn header(canvas: &mut Canvas, unit: f32, spec: &TestCardSpec) {
    let area = canvas.area(0.04, 0.06, 0.96, 0.16);
    let (left, right, top) = (area.left as f32, area.right as f32, area.top as f32);
    canvas.text(left, top, unit * 3.0, INK, "punktfunk");
    let name_end = left + text_width("punktfunk", unit * 3.0);
    canvas.disc((name_end + unit * 4.5, top + unit * 18.5), unit * 2.4, ACCENT);
    let mode = format!("{} × {} · {} Hz", spec.width, spec.height, spec.refresh_hz);
    canvas.text_right(right, top, unit * 1.5, INK, &mode);
    let label = spec.label.as_deref().unwrap_or("test card");
    let label = shortened(label, unit * 1.5, (right - name_end) * 0.9);
    canvas.text_right(right, top + unit * 16.0, unit * 1.5, QUIET, &label);
}

fn bars(canvas: &mut Canvas) {
    let (left, right) = (0.04, 0.64);
    let step = (right - left) / BARS.len() as f32;
    for (index, colour) in BARS.into_iter().enumerate() {
        let x = left + index as f32 * step;
        canvas.fill(canvas.area(x, 0.19, x + step, 0.46), Colour::rgb(colour));
    }
}

fn ramps(canvas: &mut Canvas) {
    for (index, end) in [0xFF_FF_FF, 0xFF_00_00, 0x00_FF_00, 0x00_00_FF].into_iter().enumerate() {
        let top = 0.47 + 0.025 * index as f32;
        let area = canvas.area(0.04, top, 0.64, top + 0.025);
        let span = area.width().max(2) - 1;
        canvas.shade(area, |x, _| Colour::rgb(0).mixed(Colour::rgb(end), (x * 255 / span) as u8));
    }
}

/// Line patterns of one, two, three and four pixels: the finest one visible tells how sharp the picture is.
fn combs(canvas: &mut Canvas, unit: f32) {
    let (left, right) = (0.67, 0.96);
    let step = (right - left) / 4.0;
    for pitch in 1..=4 {
        let x = left + (pitch - 1) as f32 * step;
        let area = canvas.area(x, 0.5, x + step, 0.57);
        canvas.shade(area, |x, _| if x / pitch % 2 == 0 { INK } else { PANEL });
    }
    let area = canvas.area(left, 0.5, right, 0.57);
    canvas.frame(area, (unit / 2.0).round().max(1.0) as usize, GRID);
}

/// Draws the panel and returns where the numbers go.
fn counter_panel(canvas: &mut Canvas, unit: f32) -> Area {
    let area = canvas.area(0.04, 0.6, 0.96, 0.775);
    canvas.fill(area, PANEL);
    canvas.frame(area, (unit / 2.0).round().max(1.0) as usize, GRID);
    let (left, right, top) = (area.left as f32 + unit * 8.0, area.right as f32 - unit * 8.0, area.top as f32);
    canvas.text(left, top + unit * 6.0, unit, QUIET, "FRAME");
    canvas.text_right(right, top + unit * 6.0, unit, QUIET, "TIME OF DAY, UTC");
    area
}

fn lane(canvas: &mut Canvas) -> Area {
    let area = canvas.area(0.04, 0.795, 0.96, 0.855);
    canvas.fill(area, PANEL);
    area
}

fn dial_face(canvas: &mut Canvas, unit: f32) -> Area {
    let area = canvas.area(0.67, 0.19, 0.96, 0.48);
    let (centre, radius) = circle(area);
    canvas.disc(centre, radius, GRID);
    canvas.disc(centre, radius - unit * 1.5, PANEL);
    for mark in 0..60 {
        let turn = mark as f32 / 60.0 * std::f32::consts::TAU;
        let (inner, thickness, colour) =
            if mark % 5 == 0 { (0.82, unit * 1.6, INK) } else { (0.89, unit * 0.8, QUIET) };
        let at = |part: f32| (centre.0 + radius * part * turn.sin(), centre.1 - radius * part * turn.cos());
        canvas.line(at(inner), at(0.94), thickness, colour);
    }
    area
}

/// Centre and radius of the largest circle inside an area.
fn circle(area: Area) -> ((f32, f32), f32) {
    let centre = ((area.left + area.right) as f32 / 2.0, (area.top + area.bottom) as f32 / 2.0);
    (centre, area.width().min(area.height()) as f32 / 2.0)
}

/// Hours, minutes, seconds and milliseconds of the day in UTC.
fn clock(unix_ns: u64) -> String {
    let ms = unix_ns / 1_000_000;
    let (seconds, ms) = (ms / 1000 % 86_400, ms % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

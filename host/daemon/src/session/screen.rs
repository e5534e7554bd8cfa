//! The picture that a session shows: its source's, or a card that says why there is none.

use std::time::{Duration, Instant};

use punktfunk_media::{FilmClock, Picture, Source, SourceError, SourceSpec, StatusCard, open_source_with};

use crate::app::Fault;

/// How often a source is tried again that could not be opened or had no picture.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// How often the card is shown while it lasts; it does not move.
const CARD_EVERY: Duration = Duration::from_millis(250);

/// A source that is never fatal.
pub(super) struct Screen {
    spec: SourceSpec,
    size: (u32, u32),
    film: FilmClock,
    source: Option<Box<dyn Source>>,
    trouble: Option<Trouble>,
}

struct Trouble {
    fault: Fault,
    card: StatusCard,
    next_try: Instant,
    shown: bool,
}

impl Screen {
    /// Opens the source, which moves the clock `film` if it is one; a card of `size` (width, height) stands in while it has no
    /// picture.
    pub(super) fn open(spec: SourceSpec, size: (u32, u32), film: FilmClock) -> Self {
        let mut screen = Self { spec, size, film, source: None, trouble: None };
        screen.open_source();
        screen
    }

    /// What is being shown, for people.
    pub(super) fn name(&self) -> String {
        self.source.as_ref().map_or_else(|| "no source".to_owned(), |source| source.describe().name)
    }

    /// Why a card is shown, if one is.
    pub(super) fn fault(&self) -> Option<&Fault> {
        self.trouble.as_ref().map(|trouble| &trouble.fault)
    }

    /// Shows the next picture to `look`, waiting about `wait` for it. `None` when nothing new came.
    pub(super) fn next<R>(&mut self, wait: Duration, look: impl FnOnce(&Picture<'_>) -> R) -> Option<R> {
        let now = Instant::now();
        if self.trouble.as_ref().is_none_or(|trouble| trouble.next_try <= now) {
            if self.source.is_none() {
                self.open_source();
            }
            match self.source.as_mut().map(|source| source.next(wait)) {
                Some(Ok(Some(picture))) => {
                    self.trouble = None;
                    return Some(look(&picture));
                }
                Some(Ok(None)) if self.trouble.is_none() => return None,
                Some(Ok(None)) | None => {}
                Some(Err(error)) => self.set_trouble(&error),
            }
        }
        let trouble = self.trouble.as_mut()?;
        if std::mem::replace(&mut trouble.shown, true) {
            std::thread::sleep(CARD_EVERY);
        }
        Some(look(&trouble.card.picture(crate::app::unix_ns())))
    }

    fn open_source(&mut self) {
        match open_source_with(&self.spec, self.film.clone()) {
            Ok(source) => self.source = Some(source),
            Err(error) => self.set_trouble(&error),
        }
    }

    fn set_trouble(&mut self, error: &SourceError) {
        let sentence = error.to_string();
        let fault = Fault::new(error.code(), error.params(), &sentence);
        let next_try = Instant::now() + RETRY_EVERY;
        match &mut self.trouble {
            Some(trouble) if trouble.fault == fault => trouble.next_try = next_try,
            _ => {
                tracing::warn!(error = %sentence, "the source has no picture; its viewers see why");
                let card = StatusCard::new(self.size.0, self.size.1, "No picture", &[&sentence]);
                self.trouble = Some(Trouble { fault, card, next_try, shown: false });
            }
        }
    }
}

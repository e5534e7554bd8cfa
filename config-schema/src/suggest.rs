//! "Did you mean": the known word that is nearest to an unknown one.

/// Longer words are nobody's slip of the pen, and comparing them costs.
const MAX_CHARS: usize = 40;

/// Other names of the same things.
const SYNONYMS: [(&str, &str); 6] = [
    ("h265", "hevc"),
    ("h.265", "hevc"),
    ("x265", "hevc"),
    ("h.264", "h264"),
    ("avc", "h264"),
    ("x264", "h264"),
];

/// The nearest of `known`, if one is near enough to be meant.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = plainly(word);
    if word.is_empty() || word.chars().count() > MAX_CHARS {
        return None;
    }
    let synonym = SYNONYMS.into_iter().find(|(other, _)| *other == word).map(|(_, known)| known);
    let word = synonym.map_or(word, str::to_owned);
    let near = |known: &'k str| {
        let target = plainly(known);
        let distance = strsim::damerau_levenshtein(&word, &target);
        let extends = word.len() >= 3 && (target.starts_with(&word) || word.starts_with(&target));
        (extends || distance <= 1.max(target.chars().count() / 3)).then_some((distance, known))
    };
    known.into_iter().filter_map(near).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// Capitals, hyphens and underscores are told apart by machines only.
fn plainly(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_find_their_word() {
        let known = ["require", "name_length", "pending", "pin"];
        assert_eq!(nearest("requires", known), Some("require"));
        assert_eq!(nearest("pendign", known), Some("pending"));
        assert_eq!(nearest("nameLength", known), Some("name_length"));
        assert_eq!(nearest("name-length", known), Some("name_length"));
    }

    #[test]
    fn what_is_far_from_all_gets_no_suggestion() {
        assert_eq!(nearest("colour", ["require", "pin"]), None);
        assert_eq!(nearest(&"p".repeat(10_000), ["pin"]), None);
        assert_eq!(nearest("", ["pin"]), None);
    }
}

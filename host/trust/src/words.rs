//! Fingerprints as words that a person can compare across a room.

use crate::DeviceId;

/// How many words stand for a fingerprint: 64 bits of it, which nobody can hit with a key made for the purpose.
pub const WORDS: usize = 8;

impl DeviceId {
    /// The first 64 bits of the fingerprint as [`WORDS`] English words, one for each byte.
    ///
    /// For people to compare on two screens; machines compare the whole fingerprint.
    #[must_use]
    pub fn words(&self) -> [&'static str; WORDS] {
        let mut words = [""; WORDS];
        for (word, byte) in words.iter_mut().zip(self.as_bytes()) {
            *word = self::word(*byte);
        }
        words
    }
}

/// The word that stands for a byte.
pub(crate) fn word(byte: u8) -> &'static str {
    LIST[usize::from(byte)]
}

/// Short nouns, no two of them a single letter apart, none the beginning of another. Never to be reordered: people have
/// written them down.
#[rustfmt::skip]
const LIST: [&str; 256] = [
    "acorn", "actor", "alarm", "album", "almond", "amber", "anchor", "angel", "ankle", "apple", "apron",
    "arch", "arrow", "atlas", "attic", "autumn", "badge", "baker", "bamboo", "banana", "banjo", "barrel",
    "basket", "beach", "beaver", "bell", "berry", "bison", "blanket", "bottle", "branch", "bread", "brick",
    "bridge", "broom", "bucket", "buffalo", "burger", "butter", "cabin", "cactus", "camel", "canal", "candle",
    "canoe", "carbon", "carpet", "carrot", "castle", "cello", "chalk", "cheese", "cherry", "chimney", "cinema",
    "circle", "citrus", "clay", "cliff", "clock", "cloud", "clover", "cobra", "coffee", "comet", "compass",
    "copper", "coral", "cotton", "cradle", "crane", "crayon", "cricket", "crown", "cuckoo", "curtain", "daisy",
    "dancer", "desert", "diamond", "dinner", "dolphin", "donkey", "dragon", "drum", "eagle", "easel", "echo",
    "eclipse", "elbow", "elephant", "elm", "engine", "falcon", "feather", "fender", "fennel", "fiddle",
    "flame", "flute", "fossil", "fountain", "fox", "galaxy", "garden", "garlic", "geyser", "ginger", "giraffe",
    "glacier", "glove", "goblet", "gorilla", "grape", "guitar", "hammer", "hamster", "harbor", "hazel",
    "helmet", "heron", "hippo", "honey", "hornet", "igloo", "indigo", "island", "ivory", "jacket", "jaguar",
    "jasmine", "jelly", "jewel", "jigsaw", "jungle", "juniper", "kayak", "kettle", "kitten", "koala", "ladder",
    "lagoon", "lantern", "lemon", "leopard", "lilac", "lion", "liquid", "lizard", "lobster", "lotus", "magnet",
    "mango", "maple", "marble", "meadow", "melon", "meteor", "mirror", "mocha", "mosaic", "muffin", "mustard",
    "napkin", "nectar", "needle", "nickel", "noodle", "nugget", "nutmeg", "oasis", "ocean", "octopus", "olive",
    "onion", "opera", "orange", "orchid", "otter", "oyster", "palace", "panda", "papaya", "paprika", "pebble",
    "pelican", "pencil", "pepper", "piano", "picnic", "pigeon", "pirate", "planet", "plum", "pocket", "poppy",
    "potato", "pretzel", "pudding", "pumpkin", "puzzle", "quartz", "quiver", "rabbit", "radish", "raven",
    "rhubarb", "ribbon", "river", "robin", "saddle", "salmon", "sandal", "saturn", "scarf", "shadow",
    "sherbet", "silver", "skate", "sparrow", "spider", "squirrel", "stable", "statue", "sunset", "swan",
    "tablet", "teapot", "temple", "theater", "thunder", "tiger", "tinsel", "tomato", "torch", "trumpet",
    "tulip", "tunnel", "turtle", "umbrella", "unicorn", "valley", "vanilla", "velvet", "violin", "volcano",
    "waffle", "walnut", "walrus", "whistle", "willow", "window", "winter", "wombat", "yogurt", "zebra",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_first_64_bits_changes_a_word() {
        let id = DeviceId::from_bytes([0x5a; 32]);
        for bit in 0..64 {
            let mut bytes = *id.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let differing =
                DeviceId::from_bytes(bytes).words().iter().zip(id.words()).filter(|(a, b)| **a != *b).count();
            assert_eq!(differing, 1, "bit {bit}");
        }
    }

    #[test]
    fn the_words_of_a_fingerprint_stay_what_they_are() {
        let id = DeviceId::from_certificate(b"abc");
        assert_eq!(id.words().join(" "), "pencil heron basket pirate lemon actor ribbon torch");
        assert_eq!((LIST[0], LIST[255]), ("acorn", "zebra"));
    }

    #[test]
    fn no_word_is_mistaken_for_another() {
        for (at, word) in LIST.iter().enumerate() {
            assert!(
                (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()),
                "{word}"
            );
            for other in &LIST[at + 1..] {
                assert!(!other.starts_with(word) && word < other, "{word} {other}");
                let differing = word.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
                assert!(word.len() != other.len() || differing > 1, "{word} {other}");
            }
        }
    }
}

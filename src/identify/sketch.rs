//! What a text speaks of, in sixteen bytes.

use super::words::{hash_of_run, mix, words};
use serde::{Deserialize, Serialize};

/// Texts with fewer runs of words have no sketch: they are too short to say what they are unlike.
const SHORTEST: usize = 40;
/// Words in a run.
const RUN: usize = 2;

/// The lowest bytes of sixteen minima over the hashes of a text's runs of two words: MinHash with one permutation (Li, Owen,
/// Zhang 2012) and b-bit values (Li, König 2010). Two texts agree in as many of them as they share runs; two that have nothing in
/// common agree in one of 256, by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sketch(pub [u8; 16]);

impl Sketch {
    /// The sketch of a text; all zeros for one that is too short.
    pub fn of(text: &str) -> Sketch {
        Sketch::of_words(&words(text))
    }

    /// The sketch of a text by the hashes of its words.
    pub(super) fn of_words(words: &[u64]) -> Sketch {
        if words.len() < SHORTEST {
            return Sketch::default();
        }
        let mut minima = [u64::MAX; 16];
        for run in words.windows(RUN) {
            let mixed = hash_of_run(run);
            let (bin, rest) = ((mixed >> 60) as usize, mixed << 4);
            minima[bin] = minima[bin].min(rest);
        }
        Sketch(minima.map(|minimum| (mix(minimum) as u8).max(1)))
    }

    /// Whether two texts, both long enough to tell, have nothing in common: at most two of sixteen places agree. Two
    /// German texts on different subjects share few runs (`in der`, `hat die`) and agree in one place at most nearly always.
    pub fn is_unlike(&self, other: &Sketch) -> bool {
        let known = *self != Sketch::default() && *other != Sketch::default();
        known && self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count() <= 2
    }
}

#[cfg(test)]
mod tests {
    use super::Sketch;

    fn story(subject: &str) -> String {
        (0..60).map(|n| format!("{subject} Nummer {n} steht in der {n}. Zeile, und {subject} bleibt. ")).collect()
    }

    #[test]
    fn an_edited_text_is_like_itself_and_another_is_not() {
        let (boat, council) = (story("Das Boot"), story("Der Rat"));
        let edited = boat.replacen("Nummer 7 ", "Nummer sieben ", 1);
        assert!(!Sketch::of(&boat).is_unlike(&Sketch::of(&edited)));
        let other: String = (0..200).map(|n| format!("Wort{n} ")).collect();
        assert!(Sketch::of(&boat).is_unlike(&Sketch::of(&other)));
        assert!(!Sketch::of(&council).is_unlike(&Sketch::of("Der Rat tagt.")), "too short to tell");
    }
}

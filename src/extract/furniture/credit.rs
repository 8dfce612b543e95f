//! Credits and captions of pictures.

/// Whether a line is the credit or the caption of a picture: `Foto: Name`, `© Name`.
pub fn is_credit(line: &str) -> bool {
    const MARKS: &[&str] = &[
        "foto:",
        "fotos:",
        "bild:",
        "bilder:",
        "photo:",
        "picture alliance",
        "imago",
        "shutterstock",
        "getty images",
        "adobe stock",
        "istock",
        "pixabay",
        "unsplash",
        "fotolia",
        "bildquelle:",
        "grafik:",
        "symbolbild",
        "copyright:",
        "(c)",
        "pexels",
        "screenshot:",
        "illustration:",
        "symbolfoto",
        "archivfoto",
        "archivbild",
        "bild via",
        "foto via",
    ];
    if line.len() > 400 {
        return false;
    }
    let lower = line.to_lowercase();
    let start = lower.trim_start_matches(['(', '[', ' ']);
    if start.starts_with('©') || start.starts_with("quelle:") && line.len() < 100 {
        return true;
    }
    let words = line.split_whitespace().count();
    // Within a sentence it is told of a picture; a credit begins the line or stands behind what parts it from the caption.
    let sentence = lower.ends_with('.') && words >= 6 && !start.starts_with("foto") && !start.starts_with("bild");
    let parted = |at: usize| {
        let before = lower[..at].trim_end();
        before.is_empty() || before.ends_with(|c: char| !c.is_alphanumeric() && c != ',') || before.ends_with("foto")
    };
    let marked = |mark: &str| lower.match_indices(mark).any(|(at, _)| !sentence || parted(at));
    words <= 45 && (MARKS.iter().any(|mark| marked(mark)) || marked("©"))
}

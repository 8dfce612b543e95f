//! Laws of the reading of dates.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeZone};
use depesche::date::{Context, Precision, find, read, rfc2822, rfc3339};
use proptest::prelude::*;

const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const SHORT: [&str; 12] = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"];
const DAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];

fn context() -> Context {
    Context { now: "2024-08-28T12:30:00Z".parse().expect("an instant"), zone: chrono_tz::Europe::Berlin }
}

/// Any instant that RFC 3339 can write.
fn instant() -> impl Strategy<Value = DateTime<FixedOffset>> {
    let offset = -1439..=1439_i32;
    (-62_167_132_800_i64..=253_402_214_400, 0..1_000_000_000_u32, offset).prop_filter_map("a year", |(s, n, o)| {
        let at = DateTime::from_timestamp(s, n)?.with_timezone(&FixedOffset::east_opt(o * 60)?);
        (0..=9999).contains(&at.year()).then_some(at)
    })
}

fn day(from: i32, to: i32) -> impl Strategy<Value = NaiveDate> {
    (from..=to, 1..=366_u32).prop_filter_map("a day", |(year, day)| NaiveDate::from_yo_opt(year, day))
}

/// The day in every German form.
fn forms(d: NaiveDate) -> Vec<String> {
    let (y, m, day) = (d.year(), d.month(), d.day());
    let (name, short) = (MONTHS[m as usize - 1], SHORT[m as usize - 1]);
    let weekday = DAYS[d.weekday().num_days_from_monday() as usize];
    let two = &weekday[..2];
    vec![
        format!("{day:02}.{m:02}.{y}"),
        format!("{day}.{m}.{y}"),
        format!("{day}. {m}. {y}"),
        format!("{day:02}. {m:02}. {y}"),
        format!("{day}. {name} {y}"),
        format!("{day:02}. {name} {y}"),
        format!("{day}.{name} {y}"),
        format!("{day} {name} {y}"),
        format!("{day}. {short}. {y}"),
        format!("{day}. {short} {y}"),
        format!("{day}-{short}-{y}"),
        format!("{weekday}, {day}. {name} {y}"),
        format!("{weekday}, den {day}. {name} {y}"),
        format!("{two}, {day:02}.{m:02}.{y}"),
        format!("{two}., {day}. {short}. {y}"),
        format!("{} {y}", format_args!("{day}. {}", name.to_uppercase())),
        format!("{y}-{m:02}-{day:02}"),
    ]
}

proptest! {
    #[test]
    fn what_is_written_in_rfc_3339_reads_back_as_itself(at in instant()) {
        let read = read(&rfc3339(&at), &context()).expect("a date");
        prop_assert_eq!(read.at, at);
        prop_assert_eq!(read.at.offset(), at.offset());
        prop_assert_eq!(read.precision, Precision::Second);
    }

    #[test]
    fn what_is_written_in_rfc_2822_reads_back_to_the_second(at in instant(), year in 1000..3000) {
        // Seldom the same day exists in another year.
        let Some(at) = at.with_year(year) else { return Ok(()) };
        let read = read(&rfc2822(&at), &context()).expect("a date");
        prop_assert_eq!(read.at.timestamp(), at.timestamp());
        prop_assert_eq!(read.at.offset(), at.offset());
        prop_assert!(!read.doubtful);
    }

    #[test]
    fn a_day_in_any_german_form_reads_back(d in day(1000, 2999)) {
        for form in forms(d) {
            let read = read(&form, &context());
            prop_assert_eq!(read.as_ref().map(|r| (r.at.date_naive(), r.precision)), Some((d, Precision::Day)), "{}", form);
            prop_assert_eq!(read.map(|r| (r.span, r.doubtful)), Some((0..form.len(), false)), "{}", form);
        }
    }

    #[test]
    fn a_year_of_two_digits_lies_between_1969_and_2068(d in day(1969, 2068)) {
        let short = d.year() % 100;
        for form in [
            format!("{:02}.{:02}.{short:02}", d.day(), d.month()),
            format!("{:02}/{:02}/{}", d.day(), d.month(), d.year()),
            format!("{}.{}.{short:02}", d.day(), d.month()),
            format!("{}. {} ’{short:02}", d.day(), MONTHS[d.month0() as usize]),
        ] {
            prop_assert_eq!(read(&form, &context()).map(|r| r.at.date_naive()), Some(d), "{}", form);
        }
    }

    #[test]
    fn a_time_in_any_german_form_reads_back(d in day(1980, 2030), minutes in 0..1440_u32) {
        let (hour, minute) = (minutes / 60, minutes % 60);
        let wall = d.and_hms_opt(hour, minute, 0).expect("a time");
        let Some(at) = chrono_tz::Europe::Berlin.from_local_datetime(&wall).earliest() else { return Ok(()) };
        for day in forms(d) {
            for form in [
                format!("{day}, {hour:02}:{minute:02} Uhr"),
                format!("{day}, {hour}.{minute:02} Uhr"),
                format!("{day} um {hour}:{minute:02}"),
                format!("{day} | {hour:02}:{minute:02}"),
                format!("{day} – {hour:02}:{minute:02} Uhr"),
                format!("{day} {hour:02}:{minute:02}"),
                format!("{day}, {hour} Uhr {minute:02}"),
                format!("{hour:02}.{minute:02} Uhr, {day}"),
            ] {
                let read = read(&form, &context());
                prop_assert_eq!(read.as_ref().map(|r| r.at.to_utc()), Some(at.to_utc()), "{}", form);
                prop_assert_eq!(read.map(|r| r.span), Some(0..form.len()), "{}", form);
            }
        }
    }

    #[test]
    fn text_around_a_date_does_not_change_it(
        d in day(1900, 2100),
        before in prop::sample::select(vec![
            "", "Wien, am ", "Von Eva Beispiel | ", "Stand: ", "Das Treffen (3:2, 12 Euro) war am ", "* ", "„",
            "Seite 3\n", "Lesezeit: 5 Min. · ", "Das kostet 3,50 Euro. Am ", "Veröffentlicht\u{A0}am\u{202F}", "\u{200E}",
        ]),
        after in prop::sample::select(vec![
            "", ".", ", sagte sie.", " | 288 Aufrufe", "\n\n3. Platz", " von Eva Beispiel", ")", " – Berlin", "“", " 12 Euro",
            "\n18 Grad", " in Graz", "; 5 Personen", "\u{200F}",
        ]),
    ) {
        for form in forms(d) {
            let text = format!("{before}{form}{after}");
            let context = context();
            let found: Vec<_> = find(&text, &context).map(|r| (r.at.date_naive(), r.span)).collect();
            prop_assert_eq!(found, [(d, before.len()..before.len() + form.len())], "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_without_panic_and_its_spans_lie_in_order(text in any_text()) {
        let context = context();
        let mut end = 0;
        for reading in find(&text, &context) {
            prop_assert!(reading.span.start >= end && reading.span.end > reading.span.start);
            prop_assert!(text.get(reading.span.clone()).is_some());
            end = reading.span.end;
            prop_assert_eq!(DateTime::parse_from_rfc3339(&rfc3339(&reading.at)).ok(), Some(reading.at));
        }
        let _ = depesche::date::read_start(&text, &context);
    }
}

/// Pieces of dates, and of everything else, in any order.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[0-9]{1,9}",
        4 => prop::sample::select(vec![
            ".", ". ", ":", ",", "-", "–", "/", " ", "\n", "\n\n", "|", "T", "Z", "+", "(", ")", "’", " Uhr", " um ", " bis ",
            " und ", "Mai", "März ", "August", "Mo", "Mittwoch, ", "vor ", " Tagen", "gestern ", "letzten ", "W", "MESZ", "h",
            "am ", "den ", "A", "24", "00", "9999", "0", "Februar", "29", "½", "eine halbe ", "Stunde", "ago", "il y a ",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "\u{A0}", "\u{2003}", "\u{3000}", "\u{200B}", "\u{202E}", "\u{AD}", "\u{308}", "\u{661}", "\u{FF12}", "\u{85}",
            "\u{2028}", "\u{0}", "ß", "Ä", "日", "🗓", "\u{7D0}",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

#[test]
fn megabytes_of_one_thing_are_read_to_their_end() {
    let context = context();
    for piece in [
        "1",
        "1.",
        "28. ",
        "28.-",
        "1 ",
        "Mo. ",
        "vor 3 ",
        "Mai ",
        "12:",
        "\u{661}",
        "\u{200B}",
        "\u{2003}",
        "a\u{308}",
        "\u{AD}",
        "(",
        "28.08.2024-",
        "28./",
        "11., ",
        "vor ",
        "ein ",
        "letzten ",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        assert!(find(&text, &context).count() <= text.len() / 10, "{piece}");
    }
}

//! What cannot be seen through the binary: reasons, spans, roles in running text, other zones.

use super::{Basis, Context, LocalTime, Precision, Reading, Refusal, Role, ZoneOrigin};
use super::{explain, find, read, read_start, rfc2822, rfc3339};
use chrono_tz::Tz;

/// A Wednesday, 14:30 in Berlin.
fn context(zone: Tz) -> Context {
    Context { now: "2024-08-28T12:30:00Z".parse().expect("an instant"), zone }
}

fn berlin(text: &str) -> Result<Reading, Refusal> {
    explain(text, &context(chrono_tz::Europe::Berlin))
}

#[track_caller]
fn reads(text: &str, expected: &str) {
    let found = berlin(text).map(|reading| rfc3339(&reading.at));
    assert_eq!(found.as_deref(), Ok(expected), "{text}");
}

#[test]
fn days_are_read_in_all_forms() {
    for text in [
        "3.5.2023",
        "03.05.2023",
        "3. 5. 2023",
        "03.05.23",
        "3.5.'23",
        "3. Mai 2023",
        "3.Mai 2023",
        "3 Mai 2023",
        "3. MAI 2023",
        "3. Mai ’23",
        "Mi, 3. Mai 2023",
        "Mi., 03.05.2023",
        "Mittwoch, den 3. Mai 2023",
        "am Mittwoch, dem 3. Mai 2023,",
        "Graz, am 3. Mai 2023",
        "3-Mai-2023",
        "03/05/2023",
        "2023-05-03",
        "2023/5/3",
        "2023-W18-3",
        "20230503",
        "May 3rd, 2023",
        "3rd of May 2023",
        "le 3 mai 2023",
        "Ausgabe vom 3. Mai 2023 | 12 Kommentare",
        "(3.\u{A0}Mai\u{202F}2023)",
        "\u{200E}3.\u{200B}5.2023",
        "3. Ma\u{AD}i 2023",
    ] {
        reads(text, "2023-05-03T00:00:00+02:00");
        assert_eq!(berlin(text).map(|r| r.precision), Ok(Precision::Day), "{text}");
    }
}

#[test]
fn months_have_many_names() {
    for (text, month) in [
        ("5. Jänner 2022", "01"),
        ("5. Jän. 2022", "01"),
        ("5. Feber 2022", "02"),
        ("5. Febr. 2022", "02"),
        ("5. Maerz 2022", "03"),
        ("5. Mrz. 2022", "03"),
        ("5. Ma\u{308}rz 2022", "03"),
        ("5 déc. 2022", "12"),
        ("5 août 2022", "08"),
        ("5. Sept. 2022", "09"),
        ("5. Okt 2022", "10"),
    ] {
        let found = berlin(text).map(|r| rfc3339(&r.at)[..10].to_owned());
        assert_eq!(found, Ok(format!("2022-{month}-05")), "{text}");
    }
    assert_eq!(berlin("5. Hornung 2022"), Err(Refusal::NoDate));
}

#[test]
fn times_are_read_in_all_forms() {
    for text in [
        "3.5.2023, 18:05",
        "3.5.2023, 18.05 Uhr",
        "3.5.2023 um 18.05",
        "3.5.2023 | 18:05 Uhr",
        "3.5.2023 – 18:05",
        "3.5.2023 18h05",
        "3.5.2023, 18 Uhr 05",
        "3.5.2023, 6:05 Uhr abends",
        "May 3, 2023 at 6:05 PM",
        "3. Mai 2023 (18:05 Uhr)",
        "18.05 Uhr, 3. Mai 2023",
        "Um 18:05 Uhr am Mittwoch, 3. Mai 2023",
        "2023-05-03T18:05",
        "20230503T1805",
    ] {
        reads(text, "2023-05-03T18:05:00+02:00");
        assert_eq!(berlin(text).map(|r| r.precision), Ok(Precision::Minute), "{text}");
    }
    reads("3.5.2023, 24 Uhr", "2023-05-04T00:00:00+02:00");
    reads("3.5.2023 um Mitternacht", "2023-05-04T00:00:00+02:00");
    reads("3.5.2023, 0 Uhr", "2023-05-03T00:00:00+02:00");
    reads("3.5.2023, 12 Uhr mittags", "2023-05-03T12:00:00+02:00");
}

#[test]
fn zones_are_stated_in_many_ways() {
    for text in [
        "3.5.2023, 18:05 Uhr MESZ",
        "3.5.2023, 18:05 (CEST)",
        "3.5.2023, 18:05 UTC+2",
        "3.5.2023 17:05 MEZ",
        "3.5.2023 16:05 GMT",
        "2023-05-03T12:05-04:00",
        "Wed, 3 May 2023 18:05 +0200",
        "Wed, 03 May 23 12:05 EDT",
    ] {
        let reading = berlin(text).expect(text);
        assert_eq!(reading.at.to_utc().to_rfc3339(), "2023-05-03T16:05:00+00:00", "{text}");
        assert_eq!(reading.zone, ZoneOrigin::Stated, "{text}");
    }
}

#[test]
fn forms_of_feeds_are_read_with_their_ruins() {
    for text in [
        "Wed, 03 May 2023 18:05:09 +0200",
        "Wed, 3 May 2023 18:05:09 CEST",
        "Wed May 3 18:05:09 2023",
        "Wed May  3 18:05:09 CEST 2023",
        "Wed, 03 May 2023 16:05:09 Z",
        "Wednesday, 03-May-23 16:05:09 GMT",
        "Mi, 03 Mai 2023 18:05:09 +0200",
        "2023-05-03T18:05:09+02:00",
        "2023-05-03 18:05:09",
        "2023-05-03t16:05:09z",
        "2023-05-03T18:05:09+0200",
        "20230503T160509Z",
        "03/May/2023:18:05:09 +0200",
        "Wed May 03 2023 18:05:09 GMT+0200 (Mitteleuropäische Sommerzeit)",
    ] {
        let reading = berlin(text).expect(text);
        assert_eq!(reading.at.to_utc().to_rfc3339(), "2023-05-03T16:05:09+00:00", "{text}");
        assert_eq!(reading.precision, Precision::Second, "{text}");
    }
}

#[test]
fn relative_words_count_from_now() {
    reads("vor 3 Stunden", "2024-08-28T11:30:00+02:00");
    reads("vor anderthalb Stunden", "2024-08-28T13:00:00+02:00");
    reads("vor 1 Std. 20 Min.", "2024-08-28T13:10:00+02:00");
    reads("vor einer Viertelstunde", "2024-08-28T14:15:00+02:00");
    reads("gestern Abend um 8 Uhr", "2024-08-27T20:00:00+02:00");
    reads("heute, 9 Uhr", "2024-08-28T09:00:00+02:00");
    reads("9 Uhr heute", "2024-08-28T09:00:00+02:00");
    reads("letzten Mittwoch", "2024-08-21T00:00:00+02:00");
    reads("am Mittwoch", "2024-08-28T00:00:00+02:00");
    reads("Mittwoch, 18 Uhr", "2024-08-21T18:00:00+02:00");
    reads("kommenden Mittwoch", "2024-09-04T00:00:00+02:00");
    reads("vor zwei Wochen", "2024-08-14T00:00:00+02:00");
    reads("vor 3 Monaten", "2024-05-01T00:00:00+02:00");
    reads("3 hours ago", "2024-08-28T11:30:00+02:00");
    reads("il y a 3 heures", "2024-08-28T11:30:00+02:00");
    reads("29. August", "2023-08-29T00:00:00+02:00");
    reads("Freitag, 30. August", "2024-08-30T00:00:00+02:00");
    reads("Montag, 28. August", "2023-08-28T00:00:00+02:00");
    assert_eq!(berlin("29. August").map(|r| r.basis), Ok(Basis::Yearless));
    assert_eq!(berlin("gestern").map(|r| r.basis), Ok(Basis::Relative));
}

#[test]
fn a_score_behind_a_date_is_no_time() {
    reads("3.5.2023, 33:27", "2023-05-03T00:00:00+02:00");
    reads("3.5.2023, 2:1 (1:0)", "2023-05-03T00:00:00+02:00");
}

#[test]
fn refusals_say_why() {
    use Refusal::{Impossible, NoDate, Range, Vague};
    for (text, why) in [
        ("29. Februar 2023", Impossible),
        ("00.05.2024", Impossible),
        ("31.04.2024", Impossible),
        ("3.5.2023, 25:10 Uhr", Impossible),
        ("3.5.2023, 24:30 Uhr", Impossible),
        ("9999-12-31T24:00:00Z", Impossible),
        ("3.–5. Mai 2023", Range),
        ("3. und 5. Mai 2023", Range),
        ("3. Mai bis 5. Juni 2023", Range),
        ("3.5.2023 - 5.5.2023", Range),
        ("Mai/Juni 2023", Range),
        ("Mo–Fr 9–18 Uhr", Range),
        ("vor einigen Tagen", Vague),
        ("vor 300 Jahren", Vague),
        ("2023-W18", Vague),
        ("2023", NoDate),
        ("KW 18/2023", NoDate),
        ("Version 3.5.23", NoDate),
        ("3.5.23.1", NoDate),
        ("§ 3.5.23", NoDate),
        ("Tel. 030/3.05.23", NoDate),
        ("3.05 Euro", NoDate),
        ("3:2", NoDate),
        ("18:05 Uhr", NoDate),
        ("1. Mai-Feier", NoDate),
        ("heute-journal", NoDate),
        ("Am Morgen danach", NoDate),
        ("", NoDate),
    ] {
        assert_eq!(berlin(text), Err(why), "{text}");
    }
}

#[test]
fn a_range_is_read_as_its_start_when_asked() {
    let context = context(chrono_tz::Europe::Berlin);
    for (text, start) in [
        ("28.–30. Mai 2023", "2023-05-28"),
        ("28. Mai – 3. Juni 2023", "2023-05-28"),
        ("28. Dezember bis 3. Januar 2023", "2022-12-28"),
        ("28.5.2023 bis 3.6.2023", "2023-05-28"),
        ("Mai bis Juli 2023", "2023-05-01"),
    ] {
        let found = read_start(text, &context).map(|r| rfc3339(&r.at)[..10].to_owned());
        assert_eq!(found.as_deref(), Ok(start), "{text}");
    }
}

#[test]
fn a_weekday_that_contradicts_its_date_is_doubtful() {
    assert_eq!(berlin("Donnerstag, 3. Mai 2023").map(|r| r.doubtful), Ok(true));
    assert_eq!(berlin("Mittwoch, 3. Mai 2023").map(|r| r.doubtful), Ok(false));
    assert_eq!(berlin("3.5.2023 (Do)").map(|r| r.doubtful), Ok(true));
}

#[test]
fn local_times_follow_the_rule_in_every_zone() {
    use chrono_tz::{America::St_Johns, Australia::Lord_Howe, Europe::Berlin, Pacific::Apia};
    for (zone, text, expected, local) in [
        (Berlin, "31.03.2024, 02:30", "2024-03-31T03:30:00+02:00", LocalTime::Skipped),
        (Berlin, "27.10.2024, 02:30", "2024-10-27T02:30:00+02:00", LocalTime::Ambiguous),
        (Berlin, "27.10.2024, 2B.30 Uhr", "2024-10-27T02:30:00+01:00", LocalTime::Plain),
        (Berlin, "27.10.2024, 02:30 Uhr MEZ", "2024-10-27T02:30:00+01:00", LocalTime::Plain),
        // Half an hour only.
        (Lord_Howe, "06.10.2024, 02:15", "2024-10-06T02:45:00+11:00", LocalTime::Skipped),
        // Until 2011 at a minute past midnight.
        (St_Johns, "13.03.2011, 00:30", "2011-03-13T01:30:00-02:30", LocalTime::Skipped),
        // Samoa had no 30 December 2011.
        (Apia, "30.12.2011, 12:00", "2011-12-31T12:00:00+14:00", LocalTime::Skipped),
    ] {
        let reading = explain(text, &context(zone)).expect(text);
        assert_eq!((rfc3339(&reading.at).as_str(), reading.local), (expected, local), "{text} in {zone}");
    }
}

#[test]
fn running_text_yields_every_date_with_its_place_and_role() {
    let text = "Von Eva Beispiel | 3. Mai 2023, 18:05 Uhr\nAktualisiert: 4.5.2023\n\n\
        Der Rat tagte am 2. Mai 2023 in Graz. Version 2.10.24 gilt bis 31.12.2023. Vom 5. bis 7. Mai ist zu.";
    let context = context(chrono_tz::Europe::Berlin);
    let found: Vec<_> = find(text, &context).map(|r| (text[r.span].to_owned(), r.role)).collect();
    let expected = [
        ("3. Mai 2023, 18:05 Uhr", Role::Published),
        ("4.5.2023", Role::Updated),
        ("2. Mai 2023", Role::Event),
        ("31.12.2023", Role::Event),
    ];
    assert_eq!(found, expected.map(|(words, role)| (words.to_owned(), role)));
}

#[test]
fn of_two_dates_that_of_publication_is_read() {
    reads("Aktualisiert am 4.5.2023, veröffentlicht am 3.5.2023", "2023-05-03T00:00:00+02:00");
    reads("Konzert am 4.5.2023 | Erstellt: 3.5.2023", "2023-05-03T00:00:00+02:00");
}

#[test]
fn dates_that_scraping_wrote_onto_each_other_are_two() {
    let context = context(chrono_tz::Europe::Berlin);
    let text = "3. Mai 20234. Mai 2023";
    let found: Vec<_> = find(text, &context).map(|r| &text[r.span]).collect();
    assert_eq!(found, ["3. Mai 2023", "4. Mai 2023"]);
}

#[test]
fn both_forms_are_written_strictly() {
    let reading = read("3. Mai 2023, 8:05:09 Uhr", &context(chrono_tz::Europe::Berlin)).expect("a date");
    assert_eq!(rfc3339(&reading.at), "2023-05-03T08:05:09+02:00");
    assert_eq!(rfc2822(&reading.at), "Wed, 03 May 2023 08:05:09 +0200");
}

/// Local mean time had an offset of 53 minutes and 28 seconds in Berlin; RFC 3339 cannot write
/// the seconds.
#[test]
fn an_offset_from_before_the_zones_has_whole_minutes() {
    reads("3.5.1823", "1823-05-03T00:00:00+00:53");
}

/// Found by fuzzing: the digits of a fraction were taken for ASCII.
#[test]
fn a_fraction_ends_where_its_ascii_digits_end() {
    let context = context(chrono_tz::Europe::Berlin);
    for text in
        ["28.04j-08-28T+2:30:00.\u{BD}123a8.\u{2013}", "2024-08-28T02:30:00.\u{BD}1", "2024-08-28T02:30:00.\u{661}"]
    {
        assert!(find(text, &context).all(|reading| reading.at.timestamp_subsec_nanos() == 0), "{text}");
    }
}

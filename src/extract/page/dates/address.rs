//! Days in addresses. In comes a path, out goes the day that it names.

/// A day in the path of an address: `/2024/08/28/`, `/2024-08-28-`, `-20240828`.
pub(super) fn of_address(path: &str) -> Option<String> {
    let digits: Vec<&str> = path.split(|c: char| !c.is_ascii_digit()).filter(|d| !d.is_empty()).collect();
    let valid = |y: &str, m: &str, d: &str| {
        let number = |s: &str| s.parse::<u32>().unwrap_or(0);
        let shape = y.len() == 4 && (1..=2).contains(&m.len()) && (1..=2).contains(&d.len());
        (shape && (1990..2100).contains(&number(y)) && (1..=12).contains(&number(m)) && (1..=31).contains(&number(d)))
            .then(|| format!("{y}-{:02}-{:02}", number(m), number(d)))
    };
    let near = |a: &str, b: &str| b.as_ptr() as usize == a.as_ptr() as usize + a.len() + 1;
    digits
        .windows(3)
        .filter(|w| near(w[0], w[1]) && near(w[1], w[2]))
        .find_map(|w| valid(w[0], w[1], w[2]).or_else(|| valid(w[2], w[1], w[0])))
        .or_else(|| digits.iter().filter(|d| d.len() == 8).find_map(|d| valid(d.get(..4)?, d.get(4..6)?, d.get(6..)?)))
}

#[cfg(test)]
mod tests {
    use super::of_address;

    #[test]
    fn a_day_in_an_address_is_found_and_a_number_is_none() {
        assert_eq!(of_address("/2024/08/28/titel/").as_deref(), Some("2024-08-28"));
        assert_eq!(of_address("/artikel/titel-20240828.html").as_deref(), Some("2024-08-28"));
        assert_eq!(of_address("/artikel/20241399").as_deref(), None);
        assert_eq!(of_address("/2024/08/titel-12").as_deref(), None);
    }
}

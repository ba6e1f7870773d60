//! Natural sort order: `frame2` before `frame10`.

use std::cmp::Ordering;

/// Compares names in natural order, with digits as numbers.
pub(in crate::project) fn natural_order(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one, other);
    while !left.is_empty() && !right.is_empty() {
        let (left_part, left_rest) = part(left);
        let (right_part, right_rest) = part(right);
        let is_number = |part: &str| part.as_bytes()[0].is_ascii_digit();
        let order = if is_number(left_part) && is_number(right_part) {
            let (left_digits, right_digits) = (left_part.trim_start_matches('0'), right_part.trim_start_matches('0'));
            left_digits.len().cmp(&right_digits.len()).then_with(|| left_digits.cmp(right_digits))
        } else {
            left_part.cmp(right_part)
        };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    // Names that differ only in leading zeros are ordered by length.
    left.len().cmp(&right.len()).then_with(|| one.cmp(other))
}

/// Splits a name after its first run of digits or non-digits.
fn part(name: &str) -> (&str, &str) {
    let is_number = name.starts_with(|first: char| first.is_ascii_digit());
    let end = name.find(|next: char| next.is_ascii_digit() != is_number).unwrap_or(name.len());
    name.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::natural_order;

    #[test]
    fn sorts_digits_as_numbers() {
        let mut names = vec!["frame10.jpg", "frame2.jpg", "frame1.jpg", "frame02.jpg", "a", "frame", "10", "9", "ü1"];
        names.sort_by(|one, other| natural_order(one, other));
        let expected = ["9", "10", "a", "frame", "frame1.jpg", "frame02.jpg", "frame2.jpg", "frame10.jpg", "ü1"];
        assert_eq!(names, expected);
    }
}

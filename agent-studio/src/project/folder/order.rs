//! The order in which people expect names: `frame2` before `frame10`.

use std::cmp::Ordering;

/// Compares names with the numbers in them as numbers.
pub(in crate::project) fn natural(one: &str, other: &str) -> Ordering {
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
    // Names that differ only in leading zeros still have an order.
    left.len().cmp(&right.len()).then_with(|| one.cmp(other))
}

/// What begins a name, a number or not, and the rest.
fn part(name: &str) -> (&str, &str) {
    let is_number = name.starts_with(|first: char| first.is_ascii_digit());
    let end = name.find(|next: char| next.is_ascii_digit() != is_number).unwrap_or(name.len());
    name.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn numbers_sort_as_numbers() {
        let mut names = vec!["frame10.jpg", "frame2.jpg", "frame1.jpg", "frame02.jpg", "a", "frame", "10", "9", "ü1"];
        names.sort_by(|one, other| natural(one, other));
        let expected = ["9", "10", "a", "frame", "frame1.jpg", "frame02.jpg", "frame2.jpg", "frame10.jpg", "ü1"];
        assert_eq!(names, expected);
    }
}

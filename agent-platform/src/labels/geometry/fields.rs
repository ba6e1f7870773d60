//! Reading and writing objects of numbers.

use crate::json::{float, members, number_text};

/// The numbers of these members; `None` where one is missing or no number.
pub(super) fn numbers<const N: usize>(text: &str, keys: [&str; N]) -> [Option<f64>; N] {
    let mut found = [None; N];
    for (key, value) in members(text) {
        if let Some(index) = keys.iter().position(|name| *name == key) {
            found[index] = float(value);
        }
    }
    found
}

/// `{"key":number,...}`
pub(super) fn object(fields: &[(&str, f64)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(key, number)| format!("\"{key}\":{}", number_text(*number))).collect();
    format!("{{{}}}", fields.join(","))
}

/// `[number,...]`
pub(super) fn array(numbers: impl IntoIterator<Item = f64>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(number_text).collect();
    format!("[{}]", numbers.join(","))
}

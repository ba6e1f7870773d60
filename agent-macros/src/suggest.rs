//! "Did you mean ...?"

/// The end of a message about an unknown key: the known one it is likely meant to be, or all of them.
pub(crate) fn did_you_mean(unknown: &str, known: &[&'static str]) -> String {
    match closest(unknown, known) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("the keys are {}", known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// The known word that an unknown one is likely meant to be.
pub(crate) fn closest(unknown: &str, known: &[&'static str]) -> Option<&'static str> {
    let closest = known.iter().map(|word| (distance(&unknown.to_lowercase(), word), *word)).min();
    closest.filter(|(steps, word)| *steps <= 2 && *steps < word.len()).map(|(_, word)| word)
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour to turn one word into the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_anything_else_gets_the_list() {
        let known = ["path", "timeout"];
        assert_eq!(did_you_mean("pth", &known), "did you mean `path`?");
        assert_eq!(did_you_mean("Path", &known), "did you mean `path`?");
        assert_eq!(did_you_mean("tiemout", &known), "did you mean `timeout`?");
        assert_eq!(did_you_mean("route", &known), "the keys are `path`, `timeout`");
    }
}

//! Quality of the compiler's errors over a corpus of mistakes: one error, on the right token, in words of this product, with advice.
//!
//! The format of the cases and the criteria are in `corpus/README.md`.

mod case;
mod compile;
mod criteria;

use std::fmt::Write as _;

use self::case::Case;
use self::compile::Compiler;
use self::criteria::{Criterion, Verdict};

/// Minimum share of each criterion, in percent.
const MINIMUM: [(Criterion, f64); 4] =
    [(Criterion::OneError, 98.0), (Criterion::Token, 98.0), (Criterion::Words, 95.0), (Criterion::Advice, 95.0)];

/// Prints the four shares and every violation. `CORPUS=parameters/pool` limits it to the cases whose name contains the text.
#[test]
#[ignore = "compiles 470 programs, which takes a minute"]
fn errors_meet_the_four_criteria() {
    let filter = std::env::var("CORPUS").unwrap_or_default();
    let cases: Vec<Case> = Case::read_all().into_iter().filter(|case| case.name.contains(&filter)).collect();
    assert!(
        filter.is_empty() && cases.len() >= 300 || !cases.is_empty() && !filter.is_empty(),
        "{} cases",
        cases.len()
    );
    let verdicts = Compiler::prepare().check_all(&cases);
    let mut report = String::new();
    for (case, verdict) in cases.iter().zip(&verdicts) {
        if !verdict.violations.is_empty() {
            writeln!(report, "{}: {:?}\n{}", case.name, verdict.violations, verdict.rendered).unwrap();
        }
    }
    let shares = MINIMUM.map(|(criterion, minimum)| (criterion, minimum, share(&verdicts, criterion)));
    for (criterion, minimum, (met, counted)) in shares {
        let percent = percent(met, counted);
        writeln!(report, "{criterion:?}: {met} of {counted}, {percent:.1} % (minimum {minimum} %)").unwrap();
    }
    println!("{report}");
    let is_met = shares.iter().all(|(_, minimum, (met, counted))| percent(*met, *counted) >= *minimum);
    assert!(is_met || !filter.is_empty(), "a share is below its minimum");
}

/// Returns how many cases meet a criterion, and how many it applies to.
fn share(verdicts: &[Verdict], criterion: Criterion) -> (usize, usize) {
    let counted = verdicts.iter().filter(|verdict| verdict.counts(criterion));
    let met = counted.clone().filter(|verdict| !verdict.violations.contains(&criterion)).count();
    (met, counted.count())
}

fn percent(met: usize, counted: usize) -> f64 {
    let float = |count: usize| f64::from(u32::try_from(count).unwrap());
    if counted == 0 { 100.0 } else { 100.0 * float(met) / float(counted) }
}

#[test]
fn names_of_cases_are_unique() {
    let mut names: Vec<String> = Case::read_all().into_iter().map(|case| case.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

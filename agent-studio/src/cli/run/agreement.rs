//! The table of a comparison.

use std::collections::BTreeMap;
use std::path::Path;

use agent_batch::report::for_each_result;
use agent_batch::{Agreement, ClassAgreement};

use crate::cli::failure::Failure;
use crate::cli::table::Table;

/// Number of data units that are listed by name.
const MAX_LISTED: usize = 10;

/// Number of confused pairs that are listed.
const MAX_CONFUSED: usize = 20;

/// Returns the agreement of all data units of a run.
pub(super) fn table(journal: &Path) -> Result<Table, Failure> {
    let mut total = Agreement::default();
    let (mut compared, mut differing) = (0_u64, 0_u64);
    let mut worst: Vec<(u64, String)> = Vec::new();
    for_each_result(journal, |done| {
        let Some(agreement) = done.agreement else { return Ok(()) };
        total.add(&agreement);
        compared += 1;
        let disagreements = agreement.disagreements();
        if disagreements > 0 {
            differing += 1;
            worst.push((disagreements, done.title.unwrap_or(done.data)));
            worst.sort_by(|one, other| other.cmp(one));
            worst.truncate(MAX_LISTED);
        }
        Ok(())
    })?
    .map_err(|error| Failure::read(journal, &error))?;
    let mut table = Table::default();
    table.section("Agreement");
    table.row("data units", format!("{compared} compared, {differing} differ"));
    for (class, agreement) in &total.classes {
        table.row(class, class_text(agreement));
    }
    table.row("mean of classes", means(&total));
    confusion(&mut table, "Confused classes", &total.class_confusion);
    for (attribute, answers) in &total.attributes {
        confusion(&mut table, attribute, answers);
    }
    if !worst.is_empty() {
        table.section("Most differences");
        for (disagreements, title) in worst {
            table.row(title, disagreements.to_string());
        }
    }
    Ok(table)
}

fn class_text(class: &ClassAgreement) -> String {
    format!(
        "{}  ({} in both, {} in the first only, {} in the second only)",
        measures(class.precision(), class.recall(), class.mean_iou()),
        class.matched,
        class.only_first,
        class.only_second
    )
}

fn means(agreement: &Agreement) -> String {
    measures(
        agreement.mean(ClassAgreement::precision),
        agreement.mean(ClassAgreement::recall),
        agreement.mean(ClassAgreement::mean_iou),
    )
}

fn measures(precision: Option<f64>, recall: Option<f64>, iou: Option<f64>) -> String {
    let text = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    format!("precision {}  recall {}  IoU {}", text(precision), text(recall), text(iou))
}

/// Adds the pairs that differ, the most frequent first.
fn confusion(table: &mut Table, heading: &str, pairs: &BTreeMap<String, BTreeMap<String, u64>>) {
    let (mut equal, mut confused) = (0, Vec::new());
    for (first, seconds) in pairs {
        for (second, count) in seconds {
            if first == second {
                equal += count;
            } else {
                confused.push((*count, format!("{first} → {second}")));
            }
        }
    }
    if confused.is_empty() {
        return;
    }
    table.section(heading);
    table.row("same", equal.to_string());
    confused.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    for (count, pair) in confused.into_iter().take(MAX_CONFUSED) {
        table.row(pair, count.to_string());
    }
}

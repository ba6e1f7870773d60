//! Totals of a comparison.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Agreement of two labellings, added up over data units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// Objects by class title.
    #[serde(default)]
    pub classes: BTreeMap<String, ClassAgreement>,
    /// Classes of objects at the same place: the first labelling's class, then the second's.
    #[serde(default)]
    pub class_confusion: BTreeMap<String, BTreeMap<String, u64>>,
    /// Answers by attribute: the first labelling's answer, then the second's, equal ones included.
    #[serde(default)]
    pub attributes: BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>,
}

/// Agreement about the objects of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassAgreement {
    /// Number of pairs.
    pub matched: u64,
    /// Number of objects without a partner in the second labelling.
    pub only_first: u64,
    /// Number of objects without a partner in the first labelling.
    pub only_second: u64,
    /// Sum of the intersections over union of all pairs.
    pub iou_sum: f64,
}

impl ClassAgreement {
    /// Returns the share of the first labelling's objects that have a partner, from 0 to 1; `None` without objects.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.matched, self.only_first)
    }

    /// Returns the share of the second labelling's objects that have a partner, from 0 to 1; `None` without objects.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.matched, self.only_second)
    }

    /// Returns the mean intersection over union of the pairs, from 0 to 1; `None` without pairs.
    #[expect(clippy::cast_precision_loss, reason = "no run has 2^52 objects")]
    #[must_use]
    pub fn mean_iou(&self) -> Option<f64> {
        (self.matched > 0).then(|| self.iou_sum / self.matched as f64)
    }

    fn add(&mut self, other: &Self) {
        self.matched += other.matched;
        self.only_first += other.only_first;
        self.only_second += other.only_second;
        self.iou_sum += other.iou_sum;
    }
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^52 objects")]
fn share(matched: u64, unmatched: u64) -> Option<f64> {
    (matched + unmatched > 0).then(|| matched as f64 / (matched + unmatched) as f64)
}

impl Agreement {
    pub(crate) fn class(&mut self, class: &str) -> &mut ClassAgreement {
        self.classes.entry(class.to_owned()).or_default()
    }

    pub(super) fn count_classes(&mut self, first: &str, second: &str) {
        *self.class_confusion.entry(first.to_owned()).or_default().entry(second.to_owned()).or_default() += 1;
    }

    pub(super) fn count_answers(&mut self, attribute: &str, first: &str, second: &str) {
        let answers = self.attributes.entry(attribute.to_owned()).or_default();
        *answers.entry(first.to_owned()).or_default().entry(second.to_owned()).or_default() += 1;
    }

    /// Adds the agreement of another data unit or frame.
    pub fn add(&mut self, other: &Self) {
        for (class, agreement) in &other.classes {
            self.class(class).add(agreement);
        }
        add_pairs(&mut self.class_confusion, &other.class_confusion);
        for (attribute, answers) in &other.attributes {
            add_pairs(self.attributes.entry(attribute.clone()).or_default(), answers);
        }
    }

    /// Returns the number of objects and answers that differ.
    #[must_use]
    pub fn disagreements(&self) -> u64 {
        let objects = self.classes.values().map(|class| class.only_first + class.only_second).sum::<u64>();
        let pairs = self.attributes.values().flat_map(|answers| {
            let pairs = answers.iter();
            pairs.flat_map(|(first, seconds)| seconds.iter().filter(move |(second, _)| *second != first))
        });
        objects + pairs.map(|(_, count)| *count).sum::<u64>()
    }

    /// Returns the mean of a measure over the classes that have it.
    #[expect(clippy::cast_precision_loss, reason = "no ontology has 2^52 classes")]
    #[must_use]
    pub fn mean(&self, measure: impl Fn(&ClassAgreement) -> Option<f64>) -> Option<f64> {
        let values: Vec<_> = self.classes.values().filter_map(measure).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }
}

fn add_pairs(to: &mut BTreeMap<String, BTreeMap<String, u64>>, from: &BTreeMap<String, BTreeMap<String, u64>>) {
    for (first, seconds) in from {
        let counts = to.entry(first.clone()).or_default();
        for (second, count) in seconds {
            *counts.entry(second.clone()).or_default() += count;
        }
    }
}

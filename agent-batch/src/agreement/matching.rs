//! Pairs of objects.

use std::collections::BTreeSet;

use super::labelled::{Answers, LabelledObject, Labelling};
use super::totals::Agreement;

/// Text of a missing answer.
const NO_ANSWER: &str = "(none)";

/// Compares two labellings of a data unit. `least` is the minimum intersection over union of a pair, and `size` the size of the frames
/// in pixels.
///
/// Objects of a class on a frame are paired greedily, those that overlap most first. Shapes without an area, such as points, are
/// paired if they are equal. Objects that remain are paired across classes for the confusion of classes.
pub(crate) fn compare(first: &Labelling, second: &Labelling, least: f64, size: Option<(u64, u64)>) -> Agreement {
    let mut agreement = Agreement::default();
    let mut left: Vec<&LabelledObject> = first.objects.iter().collect();
    let mut right: Vec<&LabelledObject> = second.objects.iter().collect();
    let overlap = |one: &LabelledObject, other: &LabelledObject| overlap(one, other, size).filter(|iou| *iou >= least);
    let same_class = |one: &LabelledObject, other: &LabelledObject| {
        if one.class == other.class { overlap(one, other) } else { None }
    };
    for (one, other, iou) in pairs(&mut left, &mut right, same_class) {
        let class = agreement.class(&one.class);
        class.matched += 1;
        class.iou_sum += iou;
        agreement.count_classes(&one.class, &other.class);
        count_answers(&mut agreement, &one.class, &one.answers, &other.answers);
    }
    left.iter().for_each(|object| agreement.class(&object.class).only_first += 1);
    right.iter().for_each(|object| agreement.class(&object.class).only_second += 1);
    for (one, other, _) in pairs(&mut left, &mut right, overlap) {
        agreement.count_classes(&one.class, &other.class);
    }
    let classes: BTreeSet<_> = first.classifications.keys().chain(second.classifications.keys()).collect();
    let none = Answers::new();
    for class in classes {
        let of = |labelling: &Labelling| labelling.classifications.get(class).unwrap_or(&none).clone();
        count_answers(&mut agreement, class, &of(first), &of(second));
    }
    agreement
}

fn overlap(one: &LabelledObject, other: &LabelledObject, size: Option<(u64, u64)>) -> Option<f64> {
    if (one.frame, &one.space) != (other.frame, &other.space) {
        return None;
    }
    if one.shape == other.shape {
        return Some(1.0);
    }
    one.shape.intersection_over_union(&other.shape, size)
}

/// Takes pairs out of two lists, the best first.
fn pairs<'o>(
    left: &mut Vec<&'o LabelledObject>,
    right: &mut Vec<&'o LabelledObject>,
    score: impl Fn(&LabelledObject, &LabelledObject) -> Option<f64>,
) -> Vec<(&'o LabelledObject, &'o LabelledObject, f64)> {
    let mut candidates = Vec::new();
    for (at, one) in left.iter().enumerate() {
        for (other_at, other) in right.iter().enumerate() {
            candidates.extend(score(one, other).map(|score| (score, at, other_at)));
        }
    }
    candidates.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut of_left, mut of_right) = (vec![false; left.len()], vec![false; right.len()]);
    let mut found = Vec::new();
    for (score, at, other_at) in candidates {
        if !of_left[at] && !of_right[other_at] {
            (of_left[at], of_right[other_at]) = (true, true);
            found.push((left[at], right[other_at], score));
        }
    }
    retain_unpaired(left, &of_left);
    retain_unpaired(right, &of_right);
    found
}

fn retain_unpaired(objects: &mut Vec<&LabelledObject>, is_paired: &[bool]) {
    let mut paired = is_paired.iter();
    objects.retain(|_| !paired.next().copied().unwrap_or_default());
}

fn count_answers(agreement: &mut Agreement, class: &str, first: &Answers, second: &Answers) {
    let attributes: BTreeSet<_> = first.keys().chain(second.keys()).collect();
    for attribute in attributes {
        let answer = |answers: &Answers| answers.get(attribute).cloned().unwrap_or_else(|| NO_ANSWER.to_owned());
        // An attribute of a classification often has the name of the class.
        let name = if attribute == class { class.to_owned() } else { format!("{class}: {attribute}") };
        agreement.count_answers(&name, &answer(first), &answer(second));
    }
}

#[cfg(test)]
mod tests {
    use agent_platform::labels::{BoundingBox, Point};

    use super::*;

    fn object(class: &str, x: f64, colour: &str) -> LabelledObject {
        LabelledObject {
            class: class.to_owned(),
            frame: 0,
            space: None,
            shape: BoundingBox::new(x, 0.1, 0.2, 0.2).into(),
            answers: Answers::from([("Colour".to_owned(), colour.to_owned())]),
        }
    }

    fn labelling(objects: Vec<LabelledObject>) -> Labelling {
        Labelling { objects, ..Labelling::default() }
    }

    #[test]
    fn objects_are_paired_by_overlap() {
        let first = labelling(vec![object("Car", 0.1, "Red"), object("Car", 0.12, "Red"), object("Sign", 0.5, "Red")]);
        let second = labelling(vec![object("Car", 0.11, "Blue"), object("Bus", 0.5, "Red"), object("Car", 0.7, "Red")]);
        let agreement = compare(&first, &second, 0.5, Some((100, 100)));
        let car = agreement.classes["Car"];
        assert_eq!((car.matched, car.only_first, car.only_second), (1, 1, 1));
        assert_eq!((car.precision(), car.recall()), (Some(0.5), Some(0.5)));
        assert!((car.mean_iou().unwrap() - 0.19 / 0.21).abs() < 1e-9, "{car:?}");
        assert_eq!((agreement.classes["Sign"].recall(), agreement.classes["Bus"].precision()), (None, None));
        assert_eq!(agreement.class_confusion["Sign"]["Bus"], 1);
        assert_eq!(agreement.attributes["Car: Colour"]["Red"]["Blue"], 1);
        // Two cars, a sign and a bus without a partner, and a colour.
        assert_eq!(agreement.disagreements(), 5);
        let recall = agreement.mean(super::super::ClassAgreement::recall).unwrap();
        assert!((recall - 0.25).abs() < 1e-9, "{recall}");
    }

    #[test]
    fn same_labels_agree() {
        let mut point = object("Spot", 0.1, "Red");
        point.shape = Point::new(0.5, 0.5).into();
        let mut one = labelling(vec![object("Car", 0.1, "Red"), point]);
        one.classifications.insert("Scene".to_owned(), Answers::from([("Scene".to_owned(), "Day".to_owned())]));
        let mut agreement = compare(&one, &one, 0.5, None);
        assert_eq!((agreement.disagreements(), agreement.classes["Spot"].matched), (0, 1));
        assert_eq!(agreement.attributes["Scene"]["Day"]["Day"], 1);
        agreement.add(&compare(&one, &labelling(Vec::new()), 0.5, None));
        assert_eq!((agreement.classes["Car"].precision(), agreement.classes["Car"].recall()), (Some(0.5), Some(1.0)));
        assert_eq!(agreement.attributes["Scene"]["Day"]["(none)"], 1);
    }
}

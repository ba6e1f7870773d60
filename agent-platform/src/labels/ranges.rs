//! Ranges of frames, milliseconds or characters, both ends included.

use std::ops::RangeInclusive;

use crate::json::{elements, integer, unsigned};

/// A range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// The first, from 0.
    pub start: u64,
    /// The last, not before the first.
    pub end: u64,
}

/// Ranges in order, none of which overlap or touch (contract: `docs/contract/label-format.md#ranges`).
///
/// Nothing here costs more for a long range than for a short one: scenes count in nanoseconds.
///
/// ```
/// use agent_platform::labels::Ranges;
///
/// let ranges = Ranges::from([5..=9, 0..=4, 20..=20]);
/// assert_eq!(ranges.to_string(), "0–9, 20");
/// assert!(ranges.contains(7));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<Range>);

impl Ranges {
    /// No range.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Merges ranges: sorted, overlapping and adjacent ones joined. A range that ends before it starts is left out.
    #[must_use]
    pub fn merged(ranges: impl IntoIterator<Item = Range>) -> Self {
        let mut all: Vec<Range> = ranges.into_iter().filter(|range| range.start <= range.end).collect();
        all.sort_unstable();
        let mut merged: Vec<Range> = Vec::with_capacity(all.len());
        for range in all {
            match merged.last_mut() {
                Some(last) if range.start <= last.end.saturating_add(1) => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        Self(merged)
    }

    /// The ranges in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Range] {
        &self.0
    }

    /// The ranges in order.
    pub fn iter(&self) -> impl Iterator<Item = Range> + '_ {
        self.0.iter().copied()
    }

    /// Returns `true` if there is no range.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first number of the first range.
    #[must_use]
    pub fn first(&self) -> Option<u64> {
        self.0.first().map(|range| range.start)
    }

    /// The last number of the last range.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.0.last().map(|range| range.end)
    }

    /// Returns the count of numbers in the ranges.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.iter().fold(0, |sum, range| sum.saturating_add((range.end - range.start).saturating_add(1)))
    }

    /// Returns whether a number is in one of the ranges.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        let after = self.0.partition_point(|range| range.start <= number);
        after.checked_sub(1).and_then(|index| self.0.get(index)).is_some_and(|range| number <= range.end)
    }

    /// All numbers that are in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::merged(self.iter().chain(other.iter()))
    }

    /// All numbers that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Vec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (start, end) = (a.start.max(b.start), a.end.min(b.end));
            if start <= end {
                both.push(Range { start, end });
            }
            if a.end < b.end {
                left.next()
            } else {
                right.next()
            };
        }
        Self(both)
    }

    /// The numbers that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        let mut holes = other.0.iter().peekable();
        for range in self.iter() {
            let mut start = Some(range.start);
            while let Some(hole) = holes.peek() {
                let Some(from) = start.filter(|from| *from <= range.end) else { break };
                if hole.end < from {
                    holes.next();
                    continue;
                }
                if hole.start > range.end {
                    break;
                }
                if hole.start > from {
                    rest.push(Range { start: from, end: hole.start - 1 });
                }
                start = hole.end.checked_add(1);
                if hole.end > range.end {
                    break;
                }
                holes.next();
            }
            if let Some(start) = start.filter(|start| *start <= range.end) {
                rest.push(Range { start, end: range.end });
            }
        }
        Self(rest)
    }

    /// `[[first,last],...]`.
    pub(crate) fn to_json(&self) -> String {
        let pairs: Vec<String> = self.iter().map(|range| format!("[{},{}]", range.start, range.end)).collect();
        format!("[{}]", pairs.join(","))
    }

    /// The pairs as they are written, in their order; `None` if one is not a pair of numbers. Reversed ones are left out.
    pub(crate) fn pairs(text: &str) -> Option<Vec<Range>> {
        let mut pairs = Vec::new();
        for pair in elements(text) {
            let mut ends = elements(pair);
            let (start, end) = (integer(ends.next()?)?, integer(ends.next()?)?);
            if start <= end && end >= 0 {
                pairs.push(Range { start: u64::try_from(start).unwrap_or(0), end: u64::try_from(end).unwrap_or(0) });
            }
        }
        Some(pairs)
    }

    /// The pairs, merged.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::pairs(text).map(Self::merged)
    }
}

impl std::fmt::Display for Ranges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            if range.start == range.end {
                write!(f, "{comma}{}", range.start)?;
            } else {
                write!(f, "{comma}{}–{}", range.start, range.end)?;
            }
        }
        Ok(())
    }
}

impl From<u64> for Ranges {
    fn from(number: u64) -> Self {
        Self(vec![Range { start: number, end: number }])
    }
}

impl From<Range> for Ranges {
    fn from(range: Range) -> Self {
        Self::merged([range])
    }
}

impl From<RangeInclusive<u64>> for Ranges {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self::merged([Range { start: *range.start(), end: *range.end() }])
    }
}

impl<const N: usize> From<[RangeInclusive<u64>; N]> for Ranges {
    fn from(ranges: [RangeInclusive<u64>; N]) -> Self {
        ranges.into_iter().collect()
    }
}

/// The end is not included.
impl From<std::ops::Range<u64>> for Ranges {
    fn from(range: std::ops::Range<u64>) -> Self {
        match range.end.checked_sub(1) {
            Some(end) => Self::merged([Range { start: range.start, end }]),
            None => Self::none(),
        }
    }
}

impl<const N: usize> From<[u64; N]> for Ranges {
    fn from(numbers: [u64; N]) -> Self {
        numbers.into_iter().collect()
    }
}

impl From<&[u64]> for Ranges {
    fn from(numbers: &[u64]) -> Self {
        numbers.iter().copied().collect()
    }
}

impl From<&Vec<u64>> for Ranges {
    fn from(numbers: &Vec<u64>) -> Self {
        Self::from(&**numbers)
    }
}

impl From<Vec<u64>> for Ranges {
    fn from(numbers: Vec<u64>) -> Self {
        numbers.into_iter().collect()
    }
}

impl FromIterator<u64> for Ranges {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Self {
        Self::merged(numbers.into_iter().map(|number| Range { start: number, end: number }))
    }
}

impl FromIterator<RangeInclusive<u64>> for Ranges {
    fn from_iter<I: IntoIterator<Item = RangeInclusive<u64>>>(ranges: I) -> Self {
        Self::merged(ranges.into_iter().map(|range| Range { start: *range.start(), end: *range.end() }))
    }
}

impl FromIterator<Range> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range>>(ranges: I) -> Self {
        Self::merged(ranges)
    }
}

/// Frames as an argument: `3`, `0..10`, `0..=9`, `[1, 5]`, a `Vec<u64>`, the extractor `Frame`, or [`Ranges`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of frames",
    label = "not frames",
    note = "frames are `3`, `0..10`, `0..=9`, `[1, 5]`, a `Vec<u64>`, a `Frame` or `Ranges`, with numbers of the type `u64`: convert others with `as u64`, or `collect::<Ranges>()` an iterator"
)]
pub trait IntoRanges {
    /// Converts the argument.
    fn into_ranges(self) -> Ranges;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Ranges>> IntoRanges for T {
    fn into_ranges(self) -> Ranges {
        self.into()
    }
}

/// A stretch of an HTML page, from one place in it to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct HtmlRange {
    /// The start.
    pub start: HtmlPosition,
    /// The end.
    pub end: HtmlPosition,
}

/// A place in an HTML page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct HtmlPosition {
    /// The `XPath` of the node.
    pub xpath: String,
    /// Characters from the start of the node.
    pub offset: u64,
}

impl HtmlPosition {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let xpath = crate::json::string(crate::json::member(text, "xpath")?)?.into_owned();
        Some(Self { xpath, offset: unsigned(crate::json::member(text, "offset")?)? })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn some_ranges() -> impl Strategy<Value = Vec<Range>> {
        let range = (0u64..60, 0u64..8).prop_map(|(start, length)| Range { start, end: start + length });
        proptest::collection::vec(range, 0..8)
    }

    fn numbers(ranges: &[Range]) -> BTreeSet<u64> {
        ranges.iter().flat_map(|range| range.start..=range.end).collect()
    }

    proptest! {
        #[test]
        fn operations_agree_with_sets(a in some_ranges(), b in some_ranges()) {
            let (set_a, set_b) = (numbers(&a), numbers(&b));
            let (a, b) = (Ranges::merged(a), Ranges::merged(b));
            prop_assert_eq!(numbers(a.union(&b).as_slice()), set_a.union(&set_b).copied().collect());
            prop_assert_eq!(numbers(a.intersection(&b).as_slice()), set_a.intersection(&set_b).copied().collect());
            prop_assert_eq!(numbers(a.difference(&b).as_slice()), set_a.difference(&set_b).copied().collect());
            prop_assert_eq!(a.count(), set_a.len() as u64);
            for number in 0..70 {
                prop_assert_eq!(a.contains(number), set_a.contains(&number));
            }
            prop_assert!(a.as_slice().windows(2).all(|pair| pair[0].end + 1 < pair[1].start));
            prop_assert_eq!(Ranges::parse(&a.to_json()), Some(a));
        }
    }

    #[test]
    fn converts_every_form_of_frames() {
        assert_eq!(Ranges::from(0..10), Ranges::from(0..=9));
        assert_eq!(Ranges::from(3..3), Ranges::none());
        assert_eq!(Ranges::from(0..0), Ranges::none());
        assert_eq!(Ranges::from([1, 2, 5]).to_string(), "1–2, 5");
        assert_eq!(Ranges::from(&vec![7, 6]), Ranges::from([6..=7]));
    }

    #[test]
    fn supports_the_largest_number() {
        let all = Ranges::from(0..=u64::MAX);
        assert!(all.difference(&all).is_empty());
        assert_eq!(all.difference(&Ranges::from(5)).to_string(), format!("0–4, 6–{}", u64::MAX));
        assert_eq!(Ranges::from(u64::MAX).union(&Ranges::from(3)).count(), 2);
    }
}

//! The pixels of masks, in the forms that comparisons need.

use super::super::mask::{Mask, SIDE};
use super::super::numbers::real;

/// Pixels per word of the bits.
const WORD: usize = 64;

/// The pixels of an object on the grid of masks: the largest connected part of a mask. Other parts are mostly specks.
#[derive(Clone)]
pub(super) struct Region {
    /// Places in the grid.
    places: Vec<usize>,
    /// One bit per pixel of the grid.
    bits: Vec<u64>,
}

impl Region {
    pub(super) fn new(mask: &Mask) -> Self {
        let [width, height] = mask.covered();
        let mut all = Vec::new();
        for (y, row) in mask.logits().chunks_exact(SIDE).take(height).enumerate() {
            let inside = row.iter().take(width).enumerate().filter(|(_, logit)| **logit > 0.0);
            all.extend(inside.map(|(x, _)| y * SIDE + x));
        }
        let places = largest_part(&all);
        Self { bits: bits(&places), places }
    }

    /// The number of pixels.
    pub(super) fn area(&self) -> usize {
        self.places.len()
    }

    /// Returns the places of the pixels in the grid.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().copied()
    }

    /// Returns whether a place in the grid belongs to the object.
    pub(super) fn contains(&self, place: usize) -> bool {
        self.bits.get(place / WORD).is_some_and(|word| word >> (place % WORD) & 1 == 1)
    }

    /// Returns the part of the smaller of two regions that is in the larger one.
    pub(super) fn shared_part(&self, other: &Self) -> f32 {
        let both: u32 = self.bits.iter().zip(&other.bits).map(|(one, other)| (one & other).count_ones()).sum();
        real(both as usize) / real(self.area().min(other.area()).max(1))
    }
}

fn bits(places: &[usize]) -> Vec<u64> {
    let mut bits = vec![0; SIDE * SIDE / WORD];
    places.iter().for_each(|place| bits[place / WORD] |= 1 << (place % WORD));
    bits
}

/// Returns the largest part of pixels that touch each other with a side or a corner.
fn largest_part(all: &[usize]) -> Vec<usize> {
    let mut left = bits(all);
    let mut take = |place: usize| {
        let (word, bit) = (&mut left[place / WORD], 1 << (place % WORD));
        let is_left = *word & bit != 0;
        *word &= !bit;
        is_left
    };
    let mut largest = Vec::new();
    for start in all {
        if !take(*start) {
            continue;
        }
        let (mut part, mut next) = (vec![*start], 0);
        while let Some(place) = part.get(next) {
            let (x, y) = (place % SIDE, place / SIDE);
            let around = |at: usize| at.saturating_sub(1)..(at + 2).min(SIDE);
            part.extend(around(y).flat_map(|y| around(x).map(move |x| y * SIDE + x)).filter(|place| take(*place)));
            next += 1;
        }
        if part.len() > largest.len() {
            largest = part;
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use agent_platform::labels::Bitmask;

    use super::*;

    /// Returns the region of some pixels in an image of 256×128 pixels.
    fn region(inside: impl Fn(usize, usize) -> bool) -> Region {
        let pixels = (0..128).flat_map(|y| (0..256).map(move |x| (x, y)));
        let pixels: Vec<u8> = pixels.map(|(x, y)| u8::from(inside(x, y))).collect();
        Region::new(&Mask::from_bitmask(&Bitmask::from_rows(256, 128, &pixels).unwrap()).unwrap())
    }

    fn rectangle(columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> Region {
        region(|x, y| columns.contains(&x) && rows.contains(&y))
    }

    #[test]
    fn region_is_largest_connected_part_of_mask() {
        // A diagonal line, a speck, and a corner of the image.
        let parts = region(|x, y| (x == y && (10..100).contains(&x)) || (x, y) == (200, 5) || (x > 250 && y > 120));
        assert_eq!(parts.area(), 90);
        assert!(parts.contains(50 * SIDE + 50) && !parts.contains(5 * SIDE + 200) && !parts.contains(127 * SIDE + 255));
    }

    #[test]
    fn shared_part_refers_to_smaller_region() {
        let (large, small) = (rectangle(10..50, 20..60), rectangle(40..60, 50..60));
        assert_eq!((large.area(), small.area()), (1600, 200));
        assert!((large.shared_part(&small) - 0.5).abs() < 1e-6 && (small.shared_part(&large) - 0.5).abs() < 1e-6);
        assert!(large.contains(20 * SIDE + 10) && !large.contains(20 * SIDE + 9) && !large.contains(60 * SIDE + 10));
        assert!(rectangle(0..0, 0..0).shared_part(&large) < 1e-6);
    }
}

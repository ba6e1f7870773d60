//! Outlines of objects, independent of position, size and rotation.

use super::super::mask::SIDE;
use super::super::numbers::real;
use super::region::Region;

/// Difference of outlines that is ignored, and the weight beyond: masks of the same shape differ a little.
const OUTLINE: (f32, f32) = (0.05, 0.4);

/// The outline of an object, by the moments of its mask.
pub(super) struct Outline {
    /// Logarithm of the area, relative to the ellipse with the same second moments.
    fill: f32,
    /// Logarithm of the ratio of the axes of that ellipse.
    elongation: f32,
}

impl Outline {
    pub(super) fn new(region: &Region) -> Self {
        let inside = || region.places().map(|place| [place % SIDE, place / SIDE]);
        let count = real(region.area().max(1));
        let mean = [0, 1].map(|axis| inside().map(|at| real(at[axis])).sum::<f32>() / count);
        // The variance of a pixel's area counts as well.
        let (mut xx, mut yy, mut xy) = (1.0 / 12.0, 1.0 / 12.0, 0.0);
        for [x, y] in inside() {
            let (x, y) = (real(x) - mean[0], real(y) - mean[1]);
            xx += x * x / count;
            yy += y * y / count;
            xy += x * y / count;
        }
        let (half, root) = ((xx + yy) / 2.0, (((xx - yy) / 2.0).powi(2) + xy * xy).sqrt());
        let (longer, shorter) = ((half + root).sqrt(), (half - root).max(1.0 / 12.0).sqrt());
        let ellipse = 4.0 * std::f32::consts::PI * longer * shorter;
        Self { fill: (count / ellipse).ln(), elongation: (longer / shorter).ln() }
    }

    /// Returns the reduction of the similarity for different outlines.
    pub(super) fn penalty(&self, other: &Self) -> f32 {
        (self.difference(other) - OUTLINE.0).max(0.0) * OUTLINE.1
    }

    /// Returns the difference of two outlines: 0 for equal ones.
    fn difference(&self, other: &Self) -> f32 {
        (self.fill - other.fill).abs() + (self.elongation - other.elongation).abs()
    }
}

#[cfg(test)]
mod tests {
    use agent_platform::labels::Bitmask;

    use super::super::super::mask::Mask;
    use super::*;

    /// Returns the outline of the pixels at which a function is true.
    fn outline(inside: impl Fn(f64, f64) -> bool) -> Outline {
        let pixels = (0..200_u8).flat_map(|y| (0..200_u8).map(move |x| (f64::from(x), f64::from(y))));
        let pixels: Vec<u8> = pixels.map(|(x, y)| u8::from(inside(x, y))).collect();
        Outline::new(&Region::new(&Mask::from_bitmask(&Bitmask::from_rows(200, 200, &pixels).unwrap()).unwrap()))
    }

    fn bar(x: f64, y: f64, scale: f64) -> bool {
        x.abs() < 30.0 * scale && y.abs() < 10.0 * scale
    }

    #[test]
    fn rotation_and_scale_keep_outline() {
        let (sin, cos) = 0.7_f64.sin_cos();
        let upright = outline(|x, y| bar(x - 60.0, y - 50.0, 1.0));
        let rotated = outline(|x, y| {
            let (x, y) = (x - 110.0, y - 100.0);
            bar(x * cos + y * sin, y * cos - x * sin, 2.0)
        });
        assert!(upright.difference(&rotated) < 0.05, "{}", upright.difference(&rotated));
    }

    #[test]
    fn disc_ring_and_bar_have_different_outlines() {
        let radius = |x: f64, y: f64| (x - 100.0).hypot(y - 100.0);
        let disc = outline(|x, y| radius(x, y) < 50.0);
        let ring = outline(|x, y| (40.0..50.0).contains(&radius(x, y)));
        let bar = outline(|x, y| bar(x - 100.0, y - 100.0, 2.0));
        assert!(disc.difference(&ring) > 0.5 && disc.difference(&bar) > 0.5 && ring.difference(&bar) > 0.5);
    }
}

//! Rotation of video frames.

use image::{RgbImage, imageops};

/// Clockwise rotation from coded pictures to displayed frames. Phones set it in portrait orientation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// No rotation.
    #[default]
    None,
    /// 90° clockwise.
    Clockwise90,
    /// 180°.
    Half,
    /// 270° clockwise.
    Clockwise270,
}

impl Rotation {
    /// Converts the first two rows and columns of a transformation matrix, in units of 1/65536. Other angles are
    /// rounded to the nearest multiple of 90 degrees.
    pub(super) fn from_matrix([a, b, _, _]: [i32; 4]) -> Self {
        Self::from_degrees(f64::from(b).atan2(f64::from(a)).to_degrees())
    }

    /// Converts a clockwise angle, rounded to the nearest multiple of 90 degrees.
    pub(super) fn from_degrees(degrees: f64) -> Self {
        match degrees.rem_euclid(360.0) {
            turn if (45.0..135.0).contains(&turn) => Self::Clockwise90,
            turn if (135.0..225.0).contains(&turn) => Self::Half,
            turn if (225.0..315.0).contains(&turn) => Self::Clockwise270,
            _ => Self::None,
        }
    }

    /// Converts the coded width and height to the displayed width and height.
    pub(super) fn size(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Clockwise90 | Self::Clockwise270 => (height, width),
        }
    }

    pub(super) fn turn(self, picture: RgbImage) -> RgbImage {
        match self {
            Self::None => picture,
            Self::Clockwise90 => imageops::rotate90(&picture),
            Self::Half => imageops::rotate180(&picture),
            Self::Clockwise270 => imageops::rotate270(&picture),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotates_clockwise() {
        const ONE: i32 = 0x10000;
        assert_eq!(Rotation::from_matrix([ONE, 0, 0, ONE]), Rotation::None);
        assert_eq!(Rotation::from_matrix([0, ONE, -ONE, 0]), Rotation::Clockwise90);
        assert_eq!(Rotation::from_matrix([-ONE, 0, 0, -ONE]), Rotation::Half);
        assert_eq!(Rotation::from_matrix([0, -ONE, ONE, 0]), Rotation::Clockwise270);
        assert_eq!(Rotation::from_degrees(-90.0), Rotation::Clockwise270);
        assert_eq!(Rotation::from_degrees(f64::NAN), Rotation::None);
        let corner = RgbImage::from_fn(2, 1, |x, _| image::Rgb([u8::try_from(x).unwrap(), 0, 0]));
        let turned = Rotation::Clockwise90.turn(corner);
        assert_eq!(
            (turned.dimensions(), turned[(0, 0)], turned[(0, 1)]),
            ((1, 2), image::Rgb([0; 3]), image::Rgb([1, 0, 0]))
        );
    }
}

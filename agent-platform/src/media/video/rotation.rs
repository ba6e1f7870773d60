//! How the pictures of a video are turned before they are shown.

use image::{RgbImage, imageops};

/// How far the coded pictures are turned clockwise to be shown, as phones write when they are held upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// They are shown as they are coded.
    #[default]
    None,
    /// A quarter turn clockwise.
    Clockwise90,
    /// Upside down.
    Half,
    /// A quarter turn counter-clockwise.
    Clockwise270,
}

impl Rotation {
    /// Of the first two rows and columns of a transformation matrix, in units of 1/65536. What is not a multiple of 90 degrees
    /// is to the nearest.
    pub(super) fn of_matrix([a, b, _, _]: [i32; 4]) -> Self {
        Self::of_degrees(f64::from(b).atan2(f64::from(a)).to_degrees())
    }

    /// Of an angle clockwise, to the nearest multiple of 90 degrees.
    pub(super) fn of_degrees(degrees: f64) -> Self {
        match degrees.rem_euclid(360.0) {
            turn if (45.0..135.0).contains(&turn) => Self::Clockwise90,
            turn if (135.0..225.0).contains(&turn) => Self::Half,
            turn if (225.0..315.0).contains(&turn) => Self::Clockwise270,
            _ => Self::None,
        }
    }

    /// Width and height as they are shown, of those that are coded.
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
    fn angles_are_clockwise() {
        const ONE: i32 = 0x10000;
        assert_eq!(Rotation::of_matrix([ONE, 0, 0, ONE]), Rotation::None);
        assert_eq!(Rotation::of_matrix([0, ONE, -ONE, 0]), Rotation::Clockwise90);
        assert_eq!(Rotation::of_matrix([-ONE, 0, 0, -ONE]), Rotation::Half);
        assert_eq!(Rotation::of_matrix([0, -ONE, ONE, 0]), Rotation::Clockwise270);
        assert_eq!(Rotation::of_degrees(-90.0), Rotation::Clockwise270);
        assert_eq!(Rotation::of_degrees(f64::NAN), Rotation::None);
        let corner = RgbImage::from_fn(2, 1, |x, _| image::Rgb([u8::try_from(x).unwrap(), 0, 0]));
        let turned = Rotation::Clockwise90.turn(corner);
        assert_eq!(
            (turned.dimensions(), turned[(0, 0)], turned[(0, 1)]),
            ((1, 2), image::Rgb([0; 3]), image::Rgb([1, 0, 0]))
        );
    }
}

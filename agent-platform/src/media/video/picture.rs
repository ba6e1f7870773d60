//! Decoded pictures, and their conversion to RGB.

use image::RgbImage;

use super::track::Colour;

/// A decoded picture in the stream's colour format: one luma and two chroma planes, cropped.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Bits per sample: 8 to 12.
    pub(super) depth: u8,
    /// Chroma subsampling: `true` if chroma has half the columns, and half the rows.
    pub(super) halved: (bool, bool),
    /// Row stride of each plane, in samples.
    pub(super) strides: [usize; 3],
    pub(super) samples: Samples,
    pub(super) colour: Colour,
}

/// The samples of the three planes.
#[derive(Debug, Clone)]
pub(super) enum Samples {
    Bytes([Vec<u8>; 3]),
    /// Bit depths above 8.
    Words([Vec<u16>; 3]),
}

impl Picture {
    /// Converts to RGB. Returns `None` for colour formats other than luma and chroma.
    pub(super) fn rgb(&self) -> Option<RgbImage> {
        // RGB planes are never subsampled; subsampled planes that claim to be RGB are rejected.
        let matrix = self.colour.matrix.filter(|matrix| *matrix != 0 || self.halved == (false, false));
        let weights = Weights::from_colour(Colour { matrix, ..self.colour }, self.depth)?;
        let (width, height) = (u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        let mut pixels = vec![0; self.width.checked_mul(self.height)?.checked_mul(3)?];
        let arch = pulp::Arch::new();
        match &self.samples {
            Samples::Bytes(planes) => arch.dispatch(Fill { picture: self, planes, weights, pixels: &mut pixels }),
            Samples::Words(planes) => arch.dispatch(Fill { picture: self, planes, weights, pixels: &mut pixels }),
        }
        RgbImage::from_raw(width, height, pixels)
    }
}

/// The conversion loop, compiled for the baseline vector instructions and for newer ones (run-time dispatch).
struct Fill<'a, S> {
    picture: &'a Picture,
    planes: &'a [Vec<S>; 3],
    weights: Weights,
    pixels: &'a mut [u8],
}

impl<S: Copy + Into<i32>> pulp::WithSimd for Fill<'_, S> {
    type Output = ();

    #[inline(always)]
    fn with_simd<V: pulp::Simd>(self, _: V) {
        let Self { picture, planes, weights, pixels } = self;
        let (width, (halved_x, halved_y)) = (picture.width, picture.halved);
        if width == 0 {
            return;
        }
        let chroma_width = if halved_x { width.div_ceil(2) } else { width };
        let row = |plane: usize, row: usize, width: usize| {
            let from = row * picture.strides[plane];
            planes[plane].get(from..from + width).unwrap_or_default()
        };
        let mut shares = ChromaTerms::of_width(width + 1);
        let rows_of_chroma = if halved_y { 2 } else { 1 };
        for (pair, rows) in pixels.chunks_mut(width * 3 * rows_of_chroma).enumerate() {
            let (blue, red) = (row(1, pair, chroma_width), row(2, pair, chroma_width));
            shares.set(blue, red, halved_x, &weights);
            for (half, out) in rows.chunks_exact_mut(width * 3).enumerate() {
                weights.write(row(0, pair * rows_of_chroma + half, width), &shares, out);
            }
        }
    }
}

/// Contribution of chroma to the red, green and blue of each pixel, in units of 1/65536.
struct ChromaTerms {
    red: Vec<i32>,
    green: Vec<i32>,
    blue: Vec<i32>,
}

impl ChromaTerms {
    fn of_width(width: usize) -> Self {
        Self { red: vec![0; width], green: vec![0; width], blue: vec![0; width] }
    }

    /// Fills the contributions of a row. Each chroma sample applies to one pixel, or to two adjacent ones without
    /// interpolation, as in OpenCV.
    #[inline(always)]
    fn set<S: Copy + Into<i32>>(&mut self, blue: &[S], red: &[S], halved: bool, weights: &Weights) {
        let Self { red: to_red, green: to_green, blue: to_blue } = self;
        let of = |(blue, red): (&S, &S)| {
            let (blue, red) = ((*blue).into() - weights.middle, (*red).into() - weights.middle);
            (red * weights.red, blue * weights.green_of_blue + red * weights.green_of_red, blue * weights.blue)
        };
        let both = blue.iter().zip(red);
        if halved {
            let out = to_red.chunks_exact_mut(2).zip(to_green.chunks_exact_mut(2)).zip(to_blue.chunks_exact_mut(2));
            for (((r, g), b), both) in out.zip(both) {
                let (red, green, blue) = of(both);
                r.fill(red);
                g.fill(green);
                b.fill(blue);
            }
        } else {
            let out = to_red.iter_mut().zip(to_green).zip(to_blue);
            for (((r, g), b), both) in out.zip(both) {
                (*r, *g, *b) = of(both);
            }
        }
    }
}

/// Coefficients of the conversion to RGB, in units of 1/65536 of the sample range.
#[derive(Debug)]
struct Weights {
    /// Luma of black.
    black: i32,
    middle: i32,
    luma: i32,
    red: i32,
    green_of_blue: i32,
    green_of_red: i32,
    blue: i32,
    /// Right shift that reduces the sums to 8 bits.
    shift: u32,
}

impl Weights {
    /// Computes the coefficients. Unspecified properties default to BT.601 with limited range, as in OpenCV.
    fn from_colour(colour: Colour, depth: u8) -> Option<Self> {
        // Weights of red and blue in luma (ITU-T H.273, table 4).
        let (red, blue) = match colour.matrix {
            Some(0 | 8 | 11..) => return None,
            Some(1) => (0.2126, 0.0722),
            Some(4) => (0.30, 0.11),
            Some(7) => (0.212, 0.087),
            Some(9 | 10) => (0.2627, 0.0593),
            _ => (0.299, 0.114),
        };
        let green = 1.0 - red - blue;
        let extra = u32::from(depth.checked_sub(8)?);
        let one = f64::from(1 << extra);
        let most = one.mul_add(256.0, -1.0);
        let (black, luma, chroma) =
            if colour.full_range == Some(true) { (0.0, most, most) } else { (16.0 * one, 219.0 * one, 224.0 * one) };
        // Scale such that the full range becomes 255 after the shift.
        let units = 255.0 * 65536.0 * one;
        #[expect(clippy::cast_possible_truncation, reason = "below 2^20")]
        let whole = |value: f64| value.round() as i32;
        Some(Self {
            black: whole(black),
            middle: 128 << extra,
            luma: whole(units / luma),
            red: whole(2.0 * (1.0 - red) * units / chroma),
            green_of_blue: -whole(2.0 * (1.0 - blue) * blue / green * units / chroma),
            green_of_red: -whole(2.0 * (1.0 - red) * red / green * units / chroma),
            blue: whole(2.0 * (1.0 - blue) * units / chroma),
            shift: 16 + extra,
        })
    }

    /// Writes a row of pixels.
    #[inline(always)]
    fn write<S: Copy + Into<i32>>(&self, luma: &[S], shares: &ChromaTerms, out: &mut [u8]) {
        let round = (1 << (self.shift - 1)) - self.black * self.luma;
        #[expect(clippy::cast_sign_loss, reason = "0 to 255")]
        let level = |sum: i32| (sum >> self.shift).clamp(0, 255) as u8;
        let shares = shares.red.iter().zip(&shares.green).zip(&shares.blue);
        for ((pixel, luma), ((red, green), blue)) in out.chunks_exact_mut(3).zip(luma).zip(shares) {
            let luma = (*luma).into() * self.luma + round;
            pixel[0] = level(luma + red);
            pixel[1] = level(luma + green);
            pixel[2] = level(luma + blue);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(y: u8, u: u8, v: u8, colour: Colour) -> [u8; 3] {
        let samples = Samples::Bytes([vec![y], vec![u], vec![v]]);
        let picture = Picture { width: 1, height: 1, depth: 8, halved: (true, true), strides: [1; 3], samples, colour };
        picture.rgb().unwrap()[(0, 0)].0
    }

    #[test]
    fn applies_matrix_and_range_of_stream() {
        let limited = Colour::default();
        let full = Colour { matrix: None, full_range: Some(true) };
        let hd = Colour { matrix: Some(1), full_range: Some(false) };
        assert_eq!((one(16, 128, 128, limited), one(235, 128, 128, limited)), ([0; 3], [255; 3]));
        assert_eq!((one(0, 128, 128, full), one(255, 128, 128, full)), ([0; 3], [255; 3]));
        assert_eq!(one(81, 90, 240, limited), [254, 0, 0], "BT.601 red");
        assert_eq!(one(63, 102, 240, hd), [255, 1, 0], "BT.709 red");
        assert_eq!(one(76, 85, 255, full), [254, 0, 0], "JPEG red");
        let rgb = Colour { matrix: Some(0), full_range: None };
        let samples = Samples::Bytes([vec![0], vec![0], vec![0]]);
        let none =
            Picture { width: 1, height: 1, depth: 8, halved: (false, false), strides: [1; 3], samples, colour: rgb };
        assert!(none.rgb().is_none());
    }

    #[test]
    fn converts_ten_bits_like_eight_bits() {
        for (y, u, v) in [(16, 128, 128), (81, 90, 240), (145, 54, 34), (41, 240, 110), (235, 128, 128)] {
            let words = [y, u, v].map(|sample: u8| vec![u16::from(sample) * 4]);
            let samples = Samples::Words(words);
            let colour = Colour::default();
            let fine =
                Picture { width: 1, height: 1, depth: 10, halved: (true, true), strides: [1; 3], samples, colour };
            assert_eq!(fine.rgb().unwrap()[(0, 0)].0, one(y, u, v, colour));
        }
    }

    #[test]
    fn odd_sizes_reuse_last_chroma_column_and_row() {
        let samples = Samples::Bytes([vec![128; 9], vec![128, 200, 128, 200], vec![128; 4]]);
        let colour = Colour::default();
        let picture =
            Picture { width: 3, height: 3, depth: 8, halved: (true, true), strides: [3, 2, 2], samples, colour };
        let rgb = picture.rgb().unwrap();
        for y in 0..3 {
            assert_eq!(rgb[(0, y)], rgb[(1, y)]);
            assert!(rgb[(2, y)][2] > rgb[(1, y)][2]);
        }
    }
}

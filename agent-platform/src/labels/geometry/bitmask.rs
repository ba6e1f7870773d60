//! Masks of a whole image.

use crate::json::{members, quote, string, unsigned};

use super::finite::finite;
use super::rle::{decode_runs, encode_runs};
use crate::labels::rle_error::RleError;

/// Masks with more pixels than this are not decoded: 2^30.
const MOST_PIXELS: u64 = 1 << 30;

/// A mask of the whole image, run-length encoded row by row (contract: `docs/contract/label-format.md#bitmask` and
/// `docs/contract/label-format.md#run-length-string`).
///
/// ```
/// use agent_platform::labels::Bitmask;
///
/// let mask = Bitmask::from_rows(4, 3, &[0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0])?;
/// assert_eq!(mask.rle(), "2210001");
/// assert_eq!(mask.to_rows()?[2], 1);
/// # Ok::<(), agent_platform::labels::RleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmask {
    width: u64,
    height: u64,
    rle: String,
}

impl Bitmask {
    pub(super) const KEY: &'static str = "bitmask";

    /// A mask by its run-length string, row by row, as it is on the wire. The string is not looked into.
    pub fn from_rle(width: u64, height: u64, rle: impl Into<String>) -> Self {
        Self { width, height, rle: rle.into() }
    }

    /// A mask by its pixels, row by row from the top: 0 is outside, anything else inside.
    ///
    /// # Errors
    /// Another number of pixels than width times height.
    pub fn from_rows(width: u64, height: u64, pixels: &[u8]) -> Result<Self, RleError> {
        if width.checked_mul(height) != u64::try_from(pixels.len()).ok() {
            return Err(RleError::Size);
        }
        Ok(Self { width, height, rle: encode_runs(&runs_of(pixels.iter().map(|pixel| *pixel != 0))) })
    }

    /// A mask by its pixels, column by column from the left, which is how COCO orders them.
    ///
    /// # Errors
    /// Another number of pixels than width times height.
    pub fn from_columns(width: u64, height: u64, pixels: &[u8]) -> Result<Self, RleError> {
        Self::from_rows(width, height, &transposed(height, width, pixels)?)
    }

    /// A mask by a COCO run-length string, which goes column by column.
    ///
    /// # Errors
    /// A string that does not decode to width times height pixels.
    pub fn from_coco_rle(width: u64, height: u64, counts: &str) -> Result<Self, RleError> {
        Self::from_columns(width, height, &pixels_of(width, height, counts)?)
    }

    /// The width in pixels.
    #[must_use]
    pub fn width(&self) -> u64 {
        self.width
    }

    /// The height in pixels.
    #[must_use]
    pub fn height(&self) -> u64 {
        self.height
    }

    /// The run-length string, row by row.
    #[must_use]
    pub fn rle(&self) -> &str {
        &self.rle
    }

    /// The pixels, row by row from the top: 1 inside, 0 outside. What the string does not cover is outside.
    ///
    /// # Errors
    /// A string that cannot be decoded, or covers more than the mask.
    pub fn to_rows(&self) -> Result<Vec<u8>, RleError> {
        pixels_of(self.width, self.height, &self.rle)
    }

    /// The pixels, column by column from the left.
    ///
    /// # Errors
    /// As [`Self::to_rows`].
    pub fn to_columns(&self) -> Result<Vec<u8>, RleError> {
        transposed(self.width, self.height, &self.to_rows()?)
    }

    /// The COCO run-length string, which goes column by column.
    ///
    /// # Errors
    /// As [`Self::to_rows`].
    pub fn to_coco_rle(&self) -> Result<String, RleError> {
        Ok(encode_runs(&runs_of(self.to_columns()?.iter().map(|pixel| *pixel != 0))))
    }

    /// Returns the number of pixels inside, without decoding them one by one.
    ///
    /// # Errors
    /// A string that cannot be decoded, or covers more than the mask.
    pub fn area(&self) -> Result<u64, RleError> {
        let runs = checked_runs(self.width, self.height, &self.rle)?;
        Ok(runs.iter().skip(1).step_by(2).sum())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut width, mut height, mut rle) = (None, None, None);
        for (key, value) in members(text) {
            match key.as_ref() {
                "width" => width = unsigned(value),
                "height" => height = unsigned(value),
                "rleString" => rle = string(value),
                _ => {}
            }
        }
        Some(Self { width: width?, height: height?, rle: rle?.into_owned() })
    }

    pub(super) fn to_json(&self) -> String {
        let Self { width, height, rle } = self;
        format!(r#"{{"top":0,"left":0,"width":{width},"height":{height},"rleString":{}}}"#, quote(rle))
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        checked_runs(self.width, self.height, &self.rle)
            .is_err()
            .then_some("the run-length string does not fit the mask")
    }
}

finite!(Bitmask, [self => []]);

fn runs_of(bits: impl Iterator<Item = bool>) -> Vec<u64> {
    let mut runs = Vec::new();
    let (mut value, mut length) = (false, 0);
    for bit in bits {
        if bit != value {
            runs.push(length);
            (value, length) = (bit, 0);
        }
        length += 1;
    }
    if length > 0 || !runs.is_empty() {
        runs.push(length);
    }
    runs
}

fn checked_runs(width: u64, height: u64, rle: &str) -> Result<Vec<u64>, RleError> {
    let pixels = width.checked_mul(height).ok_or(RleError::Size)?;
    let runs = decode_runs(rle)?;
    let covered = runs.iter().try_fold(0u64, |sum, run| sum.checked_add(*run)).ok_or(RleError::TooLong)?;
    if covered > pixels { Err(RleError::TooLong) } else { Ok(runs) }
}

fn pixels_of(width: u64, height: u64, rle: &str) -> Result<Vec<u8>, RleError> {
    let runs = checked_runs(width, height, rle)?;
    let size = width.checked_mul(height).filter(|size| *size <= MOST_PIXELS).ok_or(RleError::Size)?;
    let size = usize::try_from(size).map_err(|_| RleError::Size)?;
    let mut pixels = Vec::with_capacity(size);
    for (index, run) in runs.into_iter().enumerate() {
        let end = pixels.len() + usize::try_from(run).map_err(|_| RleError::Size)?;
        pixels.resize(end, u8::from(index % 2 == 1));
    }
    pixels.resize(size, 0);
    Ok(pixels)
}

/// Rows of `width` pixels to columns of `height`, or back with the two exchanged.
fn transposed(width: u64, height: u64, pixels: &[u8]) -> Result<Vec<u8>, RleError> {
    let (width, height) = (usize::try_from(width), usize::try_from(height));
    let (Ok(width), Ok(height)) = (width, height) else { return Err(RleError::Size) };
    if width.checked_mul(height) != Some(pixels.len()) {
        return Err(RleError::Size);
    }
    let column = |x: usize| pixels.iter().skip(x).step_by(width.max(1));
    Ok((0..width).flat_map(column).copied().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_known_masks() {
        assert_eq!(Bitmask::from_rows(64, 48, &[0; 3072]).unwrap().rle(), "PP3");
        assert_eq!(Bitmask::from_rows(64, 48, &[1; 3072]).unwrap().rle(), "0PP3");
        assert_eq!(Bitmask::from_rows(0, 0, &[]).unwrap().rle(), "");
        let mut pixels = vec![0; 160 * 120];
        for y in 30..60 {
            pixels[y * 160 + 100..y * 160 + 140].fill(1);
        }
        let mask = Bitmask::from_rows(160, 120, &pixels).unwrap();
        assert_eq!(mask.rle(), format!("Ti4X1h3{}lX9", "0".repeat(57)));
        assert_eq!(mask.area(), Ok(1200));
        assert_eq!(Bitmask::from_rows(2, 2, &[0; 3]), Err(RleError::Size));
        assert_eq!(Bitmask::from_rle(2, 2, "5").to_rows(), Err(RleError::TooLong));
        assert_eq!(Bitmask::from_rle(2, 2, "11").to_rows(), Ok(vec![0, 1, 0, 0]), "missing pixels are outside");
    }

    proptest! {
        #[test]
        fn rows_columns_and_coco_rle_round_trip((width, height, pixels) in (0u64..9, 0u64..9).prop_flat_map(|(width, height)| {
            let size = usize::try_from(width * height).unwrap();
            (Just(width), Just(height), proptest::collection::vec(0u8..2, size))
        })) {
            let mask = Bitmask::from_rows(width, height, &pixels).unwrap();
            prop_assert_eq!(mask.to_rows().unwrap(), pixels.clone());
            prop_assert_eq!(mask.area().unwrap(), pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>());
            let columns = mask.to_columns().unwrap();
            for y in 0..height {
                for x in 0..width {
                    let (row, column) = (usize::try_from(y * width + x).unwrap(), usize::try_from(x * height + y).unwrap());
                    prop_assert_eq!(pixels[row], columns[column]);
                }
            }
            prop_assert_eq!(&Bitmask::from_columns(width, height, &columns).unwrap(), &mask);
            prop_assert_eq!(Bitmask::from_coco_rle(width, height, &mask.to_coco_rle().unwrap()).unwrap(), mask);
        }
    }
}

//! Inspection of image headers: format, size and memory needed for decoding.

use std::io::{BufRead, Read, Seek, SeekFrom};

use image::ImageDecoder;

use super::decode::{PNG_METADATA, WithDecoder, decoder, header};
use super::error::MediaError;
use super::format::Format;
use super::limits::Limits;
use super::{jpeg, metadata};

/// Format, size and memory requirement of an image, from its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// The format.
    pub format: Format,
    /// Width in pixels, before the EXIF orientation is applied.
    pub width: u32,
    /// Height in pixels, before the EXIF orientation is applied.
    pub height: u32,
    /// Maximum memory for decoding, in bytes: the file, the decoder's buffers and the result.
    pub memory: u64,
}

impl ImageInfo {
    /// Returns the size of the decoded image, in bytes.
    #[must_use]
    pub fn decoded_bytes(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * 3
    }
}

/// Parses the header of an image. Reads only the beginning of the file.
///
/// Rejects colour profiles and texts above 4 MiB in PNG, JPEG and WebP before anything is decompressed. Colour profiles
/// and texts of TIFF are not read.
///
/// # Errors
/// The data is not an image, its format is unsupported, or it exceeds the limits.
///
/// ```
/// use agent_platform::media::{Encoding, Limits, RgbImage, encode, inspect};
///
/// let file = encode(&RgbImage::new(4, 3), Encoding::Png)?;
/// let info = inspect(std::io::Cursor::new(&file.bytes), &Limits::default())?;
/// assert_eq!((info.width, info.height, info.decoded_bytes()), (4, 3, 36));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn inspect(mut file: impl BufRead + Seek, limits: &Limits) -> Result<ImageInfo, MediaError> {
    let (length, head) = beginning(&mut file).map_err(|_| MediaError::UnknownFormat)?;
    if length == 0 {
        return Err(MediaError::Empty);
    }
    let format = Format::from_bytes(&head).ok_or(MediaError::UnknownFormat)?;
    metadata::check(&mut file, format)?;
    let unreadable = |error: std::io::Error| MediaError::damaged(format, error.to_string());
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let (width, height, decoding) = match format {
        Format::Jpeg => jpeg::size(file, limits)?,
        _ => decoder(file, format, limits, metadata::png_width(&head), Size { limits, length })?,
    };
    let turning = u64::from(width) * u64::from(height) * 6;
    Ok(ImageInfo { format, width, height, memory: length.saturating_add(decoding.max(turning)) })
}

/// Returns the length of a file and its first bytes.
fn beginning(file: &mut (impl Read + Seek)) -> std::io::Result<(u64, Vec<u8>)> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(32);
    file.by_ref().take(32).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok((length, head))
}

/// Reads the size, and estimates the memory in addition to the file.
struct Size<'l> {
    limits: &'l Limits,
    length: u64,
}

impl WithDecoder for Size<'_> {
    type Output = (u32, u32, u64);

    fn run(self, decoder: impl ImageDecoder, format: Format) -> Result<Self::Output, MediaError> {
        let header = header(&decoder, format, self.limits)?;
        let pixels = u64::from(header.width) * u64::from(header.height);
        let own = match format {
            // Deflate expands by at most a factor of 1,032.
            Format::Png => PNG_METADATA.min(self.length.saturating_mul(1032)) + 32 * u64::from(header.width),
            // Palette indices.
            Format::Gif => pixels,
            // Planes or a canvas, and one frame of an animation.
            Format::WebP => pixels * 8,
            // One strip may hold the whole image.
            Format::Tiff => header.samples,
            _ => 0,
        };
        Ok((header.width, header.height, header.samples + header.converted + own))
    }
}

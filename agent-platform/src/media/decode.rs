//! Reading an image of any format.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::error::UnsupportedErrorKind;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, RgbImage};

use super::error::MediaError;
use super::format::Format;
use super::jpeg;
use super::limits::Limits;

/// Reads an image as it is shown in the editor: turned as its EXIF data says, 8 bits of red, green and blue. WebP is not
/// turned, because browsers built on Chromium do not.
///
/// What an image has more is left out: the lower byte of 16 bits, transparency (the colour stays that of the file), images
/// after the first.
///
/// # Errors
/// No image, one of a format or a variant that this build does not read, one that is damaged or cut off, or one that is larger
/// than the limits.
///
/// ```
/// use agent_platform::media::{Encoding, Limits, RgbImage, decode, encode};
///
/// let image = RgbImage::new(4, 3);
/// let file = encode(&image, Encoding::Png)?;
/// assert_eq!(decode(&file.bytes, &Limits::default())?, image);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<RgbImage, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    let format = Format::of(bytes).ok_or(MediaError::UnknownFormat)?;
    let file = || Cursor::new(bytes);
    let failed = |error| failure(format, limits, &error);
    match format {
        Format::Jpeg => jpeg::decode(bytes, limits),
        // Its head may hold compressed text, so it is read within the limits, too.
        Format::Png => read(PngDecoder::with_limits(file(), decoder_limits(limits)).map_err(failed)?, format, limits),
        Format::WebP => read(WebPDecoder::new(file()).map_err(failed)?, format, limits),
        Format::Tiff => read(TiffDecoder::new(file()).map_err(failed)?, format, limits),
        Format::Bmp => read(BmpDecoder::new(file()).map_err(failed)?, format, limits),
        Format::Gif => read(GifDecoder::new(file()).map_err(failed)?, format, limits),
        Format::Avif | Format::Heic | Format::Jpeg2000 | Format::JpegXl => Err(MediaError::NotBuilt { format }),
    }
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut own = image::Limits::default();
    own.max_alloc = Some(limits.bytes);
    own
}

fn read(mut decoder: impl ImageDecoder, format: Format, limits: &Limits) -> Result<RgbImage, MediaError> {
    let failed = |error| failure(format, limits, &error);
    let (width, height) = decoder.dimensions();
    let (samples, color) = (decoder.total_bytes(), decoder.color_type());
    let layout = Layout::of(color).ok_or_else(|| MediaError::Unsupported {
        format,
        feature: "its samples are floating-point numbers".to_owned(),
    })?;
    let converted = if layout == Layout::RGB { 0 } else { u64::from(width) * u64::from(height) * 3 };
    limits.check(format, width, height, samples.saturating_add(converted))?;
    decoder.set_limits(decoder_limits(limits)).map_err(failed)?;
    let orientation = match format {
        // Chromium shows these as they lie in the file, whatever their EXIF data says, and so does the editor in it.
        Format::WebP => Orientation::NoTransforms,
        // Metadata that makes no sense turns nothing.
        _ => decoder.orientation().unwrap_or(Orientation::NoTransforms),
    };
    let size = usize::try_from(samples).map_err(|_| MediaError::TooManyBytes { format, limit: limits.bytes })?;
    let mut raw = vec![0; size];
    decoder.read_image(&mut raw).map_err(failed)?;
    let rgb = if layout == Layout::RGB { raw } else { layout.to_rgb(&raw) };
    let image = RgbImage::from_raw(width, height, rgb);
    image.map(|image| turned(image, orientation)).ok_or_else(|| MediaError::damaged(format, "it has too few pixels"))
}

/// The image as it is meant to be seen.
pub(super) fn turned(image: RgbImage, orientation: Orientation) -> RgbImage {
    if orientation == Orientation::NoTransforms {
        return image;
    }
    let mut image = DynamicImage::ImageRgb8(image);
    image.apply_orientation(orientation);
    image.into_rgb8()
}

/// How the samples of a pixel lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    channels: usize,
    bytes_each: usize,
}

impl Layout {
    const RGB: Self = Self { channels: 3, bytes_each: 1 };

    fn of(color: ColorType) -> Option<Self> {
        let (channels, bytes_each) = match color {
            ColorType::L8 => (1, 1),
            ColorType::La8 => (2, 1),
            ColorType::Rgb8 => (3, 1),
            ColorType::Rgba8 => (4, 1),
            ColorType::L16 => (1, 2),
            ColorType::La16 => (2, 2),
            ColorType::Rgb16 => (3, 2),
            ColorType::Rgba16 => (4, 2),
            _ => return None,
        };
        Some(Self { channels, bytes_each })
    }

    /// The colours alone, and of 16 bits the upper byte, which is where this machine keeps it.
    fn to_rgb(self, raw: &[u8]) -> Vec<u8> {
        let upper = if cfg!(target_endian = "little") { self.bytes_each - 1 } else { 0 };
        let [red, green, blue] =
            if self.channels < 3 { [0, 0, 0] } else { [0, 1, 2] }.map(|c| c * self.bytes_each + upper);
        let pixels = raw.chunks_exact(self.channels * self.bytes_each);
        let mut rgb = vec![0; pixels.len() * 3];
        for (to, from) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
            *to = [from[red], from[green], from[blue]];
        }
        rgb
    }
}

/// What a decoder's complaint means.
fn failure(format: Format, limits: &Limits, error: &ImageError) -> MediaError {
    match error {
        ImageError::Limits(_) => MediaError::TooManyBytes { format, limit: limits.bytes },
        ImageError::Unsupported(what) => {
            let feature = match what.kind() {
                UnsupportedErrorKind::GenericFeature(feature) => feature,
                UnsupportedErrorKind::Color(colour) => format!("its colours are {colour:?}"),
                other => format!("{other:?}"),
            };
            MediaError::Unsupported { format, feature }
        }
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::damaged(format, "it is cut off")
        }
        other => MediaError::damaged(format, other.to_string()),
    }
}

//! Decoding of images in any supported format.

use std::io::{BufRead, Cursor, Seek};

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::error::UnsupportedErrorKind;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError, RgbImage};

use super::cancellation::{CancellableReader, Cancellation};
use super::error::MediaError;
use super::format::Format;
use super::limits::Limits;
use super::orientation::apply_orientation;
use super::{jpeg, metadata};

/// Decodes an image to 8-bit RGB and applies its EXIF orientation, as the editor does. The orientation of WebP is
/// ignored, because Chromium-based browsers ignore it.
///
/// Lossy: 16-bit samples keep their upper byte, transparency is dropped (the file's colour stays), and only the first
/// image of an animation or a multi-page file is decoded.
///
/// # Errors
/// The data is not an image, its format or variant is unsupported, it is damaged or truncated, or it exceeds the
/// limits.
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
    decode_until(bytes, limits, &Cancellation::default())
}

/// Decodes an image like [`decode`], and stops soon after it is cancelled. JPEG is always decoded to its end.
///
/// # Errors
/// As [`decode`]; [`MediaError::Cancelled`].
pub fn decode_until(bytes: &[u8], limits: &Limits, cancellation: &Cancellation) -> Result<RgbImage, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    let format = Format::from_bytes(bytes).ok_or(MediaError::UnknownFormat)?;
    metadata::check(&mut Cursor::new(bytes), format)?;
    if cancellation.is_cancelled() {
        return Err(MediaError::Cancelled);
    }
    let file = CancellableReader::new(Cursor::new(bytes), cancellation);
    let decoded = match format {
        Format::Jpeg => jpeg::decode(bytes, limits),
        _ => decoder(file, format, limits, metadata::png_width(bytes), Pixels { limits }),
    };
    // To a decoder, cancellation looks like a truncated file.
    decoded.map_err(|error| if cancellation.is_cancelled() { MediaError::Cancelled } else { error })
}

/// Work to run with the decoder of a format.
pub(super) trait WithDecoder {
    type Output;

    fn run(self, decoder: impl ImageDecoder, format: Format) -> Result<Self::Output, MediaError>;
}

/// Creates the decoder of a format other than JPEG and runs `work` with it.
pub(super) fn decoder<W: WithDecoder>(
    file: impl BufRead + Seek,
    format: Format,
    limits: &Limits,
    width: u32,
    work: W,
) -> Result<W::Output, MediaError> {
    let failed = |error| failure(format, limits, &error);
    match format {
        Format::Png => work.run(PngDecoder::with_limits(file, png_limits(width)).map_err(failed)?, format),
        Format::WebP => work.run(WebPDecoder::new(file).map_err(failed)?, format),
        Format::Tiff => work.run(TiffDecoder::new(file).map_err(failed)?, format),
        Format::Bmp => work.run(BmpDecoder::new(file).map_err(failed)?, format),
        Format::Gif => work.run(GifDecoder::new(file).map_err(failed)?, format),
        Format::Jpeg | Format::Avif | Format::Heic | Format::Jpeg2000 | Format::JpegXl => {
            Err(MediaError::NotBuilt { format })
        }
    }
}

/// Memory of a PNG decoder in addition to the image, in bytes: the decompressed colour profile and the texts.
pub(super) const PNG_METADATA: u64 = 6 << 20;

/// Limits for the PNG decoder. It decompresses a colour profile before it can be asked for the image size. A profile
/// above the limit is dropped. Rows count against the same limit.
fn png_limits(width: u32) -> image::Limits {
    let mut own = image::Limits::default();
    own.max_alloc = Some(PNG_METADATA + 4 * (u64::from(width) * 8 + 1));
    own
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut own = image::Limits::default();
    own.max_alloc = Some(limits.bytes);
    own
}

/// Size and sample layout of an image.
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Size of the image as its decoder writes it, in bytes.
    pub(super) samples: u64,
    /// Size of the RGB image in bytes, if it needs a buffer of its own.
    pub(super) converted: u64,
    layout: Layout,
}

/// # Errors
/// The image variant is unsupported, or the image exceeds the limits.
pub(super) fn header(decoder: &impl ImageDecoder, format: Format, limits: &Limits) -> Result<Header, MediaError> {
    let (width, height) = decoder.dimensions();
    let (samples, color) = (decoder.total_bytes(), decoder.color_type());
    let layout = Layout::from_color(color).ok_or_else(|| MediaError::Unsupported {
        format,
        feature: "its samples are floating-point numbers".to_owned(),
    })?;
    let converted = if layout == Layout::RGB { 0 } else { u64::from(width) * u64::from(height) * 3 };
    limits.check(format, width, height, samples.saturating_add(converted))?;
    Ok(Header { width, height, samples, converted, layout })
}

/// Decodes the pixels.
struct Pixels<'l> {
    limits: &'l Limits,
}

impl WithDecoder for Pixels<'_> {
    type Output = RgbImage;

    fn run(self, decoder: impl ImageDecoder, format: Format) -> Result<RgbImage, MediaError> {
        read(decoder, format, self.limits)
    }
}

fn read(mut decoder: impl ImageDecoder, format: Format, limits: &Limits) -> Result<RgbImage, MediaError> {
    let failed = |error| failure(format, limits, &error);
    let Header { width, height, samples, layout, .. } = header(&decoder, format, limits)?;
    decoder.set_limits(decoder_limits(limits)).map_err(failed)?;
    let orientation = match format {
        // Chromium, and so the editor in it, ignores the EXIF data of WebP.
        Format::WebP => Orientation::NoTransforms,
        // Malformed metadata means no rotation.
        _ => decoder.orientation().unwrap_or(Orientation::NoTransforms),
    };
    let size = usize::try_from(samples).map_err(|_| MediaError::TooManyBytes { format, limit: limits.bytes })?;
    let mut raw = vec![0; size];
    decoder.read_image(&mut raw).map_err(failed)?;
    let rgb = if layout == Layout::RGB { raw } else { layout.to_rgb(&raw) };
    let image = RgbImage::from_raw(width, height, rgb);
    image
        .map(|image| apply_orientation(image, orientation))
        .ok_or_else(|| MediaError::damaged(format, "it has too few pixels"))
}

/// Layout of the samples of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    channels: usize,
    bytes_each: usize,
}

impl Layout {
    const RGB: Self = Self { channels: 3, bytes_each: 1 };

    fn from_color(color: ColorType) -> Option<Self> {
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

    /// Keeps the colour channels, and the upper byte of 16-bit samples, which the decoder stores in native byte order.
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

/// Converts a decoder error.
pub(super) fn failure(format: Format, limits: &Limits, error: &ImageError) -> MediaError {
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
            MediaError::damaged(format, "it is truncated")
        }
        other => MediaError::damaged(format, other.to_string()),
    }
}

//! JPEG decoding. It calls the JPEG decoder directly, because most images are JPEG.

use std::io::{BufRead, Seek};

use image::RgbImage;
use image::metadata::Orientation;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::error::MediaError;
use super::format::Format;
use super::limits::Limits;
use super::orientation::apply_orientation;

/// Maximum side length of the format, in pixels.
const MAX_SIDE: usize = 65_535;
/// Maximum number of scans of a progressive image. Each costs as much time as the whole image; encoders write about
/// ten.
const MAX_SCANS: usize = 100;

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB)
}

/// Reads the size from the header, and computes the memory that decoding needs in addition to the file.
///
/// # Errors
/// The header is damaged, or the image exceeds the limits.
pub(super) fn size(file: impl BufRead + Seek, limits: &Limits) -> Result<(u32, u32, u64), MediaError> {
    let mut decoder = JpegDecoder::new_with_options(file, options().set_strict_mode(false));
    decoder.decode_headers().map_err(failure)?;
    let info = decoder.info().ok_or_else(|| damaged("it has no header"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let memory = memory(width, height, info.components);
    limits.check(Format::Jpeg, width, height, memory)?;
    Ok((width, height, memory))
}

/// Returns the memory in bytes. A progressive image keeps its two-byte coefficients until the last scan.
fn memory(width: u32, height: u32, components: u8) -> u64 {
    u64::from(width) * u64::from(height) * (3 + 2 * u64::from(components))
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<RgbImage, MediaError> {
    let options = options();
    // Cameras write stray bytes between the header segments. The entropy-coded data must be complete.
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options.set_strict_mode(false));
    decoder.decode_headers().map_err(failure)?;
    decoder.set_options(options.set_strict_mode(true));
    let info = decoder.info().ok_or_else(|| damaged("it has no header"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    limits.check(Format::Jpeg, width, height, memory(width, height, info.components))?;
    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let size = decoder.output_buffer_size().ok_or_else(|| damaged("it has no size"))?;
    let mut rgb = vec![0; size];
    decoder.decode_into(&mut rgb).map_err(failure)?;
    // Rotating needs a second image, so free the decoder's buffers first.
    drop(decoder);
    let image = RgbImage::from_raw(width, height, rgb).ok_or_else(|| damaged("it has too few pixels"))?;
    Ok(apply_orientation(image, orientation.unwrap_or(Orientation::NoTransforms)))
}

fn damaged(problem: &str) -> MediaError {
    MediaError::damaged(Format::Jpeg, problem)
}

fn failure(error: DecodeErrors) -> MediaError {
    match error {
        DecodeErrors::Unsupported(scheme) => {
            MediaError::Unsupported { format: Format::Jpeg, feature: format!("{scheme:?}") }
        }
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => damaged("it is truncated"),
        other => damaged(&other.to_string()),
    }
}

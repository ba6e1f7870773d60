//! Encoding of images for models.

use std::fmt;

use data_encoding::BASE64;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};
use serde_json::{Value, json};

use super::error::EncodeError;
use super::format::Format;

/// Target format and quality of an encoded image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// JPEG: small, lossy.
    Jpeg {
        /// Quality from 1 (lowest) to 100 (highest). Models rarely benefit from more than 85.
        quality: u8,
    },
    /// PNG: lossless.
    Png,
    /// WebP: lossless, usually smaller than PNG. Lossy WebP is not supported.
    WebP,
}

impl Encoding {
    /// Returns JPEG with a quality from 1 (lowest) to 100 (highest). Other values are clamped.
    #[must_use]
    pub fn jpeg(quality: u8) -> Self {
        Self::Jpeg { quality: quality.clamp(1, 100) }
    }

    /// Returns the format.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::Jpeg { .. } => Format::Jpeg,
            Self::Png => Format::Png,
            Self::WebP => Format::WebP,
        }
    }
}

/// An encoded image. `Debug` shows its size, not its contents.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedImage {
    /// The encoded bytes.
    pub bytes: Vec<u8>,
    /// The format.
    pub format: Format,
}

/// Encodes an image.
///
/// # Errors
/// The image has no pixels, or is larger than the format allows: 65,535 pixels per side for JPEG, 16,384 for WebP.
///
/// ```
/// use agent_platform::media::{Encoding, RgbImage, encode};
///
/// let part = encode(&RgbImage::new(2, 2), Encoding::jpeg(85))?.anthropic_part();
/// assert_eq!(part["source"]["media_type"], "image/jpeg");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn encode(image: &RgbImage, encoding: Encoding) -> Result<EncodedImage, EncodeError> {
    let mut bytes = Vec::new();
    let (width, height) = image.dimensions();
    let format = encoding.format();
    if width == 0 || height == 0 {
        return Err(EncodeError { format, problem: "it has no pixels".to_owned() });
    }
    let (pixels, color) = (image.as_raw().as_slice(), ExtendedColorType::Rgb8);
    let written = match encoding {
        Encoding::Jpeg { quality } => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
            encoder.write_image(pixels, width, height, color)
        }
        Encoding::Png => PngEncoder::new(&mut bytes).write_image(pixels, width, height, color),
        Encoding::WebP => WebPEncoder::new_lossless(&mut bytes).write_image(pixels, width, height, color),
    };
    written.map_err(|error| EncodeError { format, problem: error.to_string() })?;
    Ok(EncodedImage { bytes, format })
}

impl EncodedImage {
    /// Returns the bytes in base64.
    #[must_use]
    pub fn base64(&self) -> String {
        BASE64.encode(&self.bytes)
    }

    /// Returns the image as a data URL: `data:image/jpeg;base64,...`.
    #[must_use]
    pub fn data_url(&self) -> String {
        let mut url = format!("data:{};base64,", self.format.mime_type());
        BASE64.encode_append(&self.bytes, &mut url);
        url
    }

    /// Returns the image as a content part of a message in `OpenAI`'s chat completions API.
    #[must_use]
    pub fn openai_part(&self) -> Value {
        json!({ "type": "image_url", "image_url": { "url": self.data_url() } })
    }

    /// Returns the image as a content block of a message in Anthropic's Messages API.
    #[must_use]
    pub fn anthropic_part(&self) -> Value {
        let source = json!({ "type": "base64", "media_type": self.format.mime_type(), "data": self.base64() });
        json!({ "type": "image", "source": source })
    }
}

impl fmt::Debug for EncodedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedImage").field("format", &self.format).field("size", &self.bytes.len()).finish()
    }
}

//! Images as models take them.

use std::fmt;

use data_encoding::BASE64;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder as _, RgbImage};
use serde_json::{Value, json};

use super::error::EncodeError;
use super::format::Format;

/// How an image is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// JPEG: small, and not quite the same pixels.
    Jpeg {
        /// From 1, coarse, to 100, fine. Models see little beyond 85.
        quality: u8,
    },
    /// PNG: exactly the same pixels.
    Png,
    /// WebP: exactly the same pixels, mostly smaller than PNG. The lossy kind is not written.
    WebP,
}

impl Encoding {
    /// JPEG of a quality from 1, coarse, to 100, fine.
    #[must_use]
    pub fn jpeg(quality: u8) -> Self {
        Self::Jpeg { quality: quality.clamp(1, 100) }
    }

    /// The format.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::Jpeg { .. } => Format::Jpeg,
            Self::Png => Format::Png,
            Self::WebP => Format::WebP,
        }
    }
}

/// An image as a file. `Debug` shows its size, not its contents.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedImage {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
}

/// Writes an image as a file.
///
/// # Errors
/// An image without pixels, or larger than the format can hold: 65,535 pixels a side for JPEG, 16,384 for WebP.
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
    /// The file in base64.
    #[must_use]
    pub fn base64(&self) -> String {
        BASE64.encode(&self.bytes)
    }

    /// The file as a URL: `data:image/jpeg;base64,...`.
    #[must_use]
    pub fn data_url(&self) -> String {
        let mut url = format!("data:{};base64,", self.format.mime_type());
        BASE64.encode_append(&self.bytes, &mut url);
        url
    }

    /// The file as a part of a message in `OpenAI`'s chat completions.
    #[must_use]
    pub fn openai_part(&self) -> Value {
        json!({ "type": "image_url", "image_url": { "url": self.data_url() } })
    }

    /// The file as a part of a message in Anthropic's messages.
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

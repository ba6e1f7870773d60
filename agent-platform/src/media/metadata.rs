//! Size limits on image metadata, checked before anything is decompressed.

use std::io::{self, Read, Seek, SeekFrom};

use super::error::MediaError;
use super::format::Format;

/// Maximum size of a colour profile or of the texts in the file, in bytes. Printer profiles have up to 3 MB.
const MAX_METADATA: u64 = 4 << 20;
/// Maximum number of chunks or segments to scan. Files have a few dozen before their pixels.
const MAX_PARTS: usize = 100_000;

/// Rejects images with an oversized colour profile or text. The decoder reports malformed structures.
///
/// # Errors
/// [`MediaError::TooMuchMetadata`].
pub(super) fn check(file: &mut (impl Read + Seek), format: Format) -> Result<(), MediaError> {
    let found = match format {
        Format::Png => png(file),
        Format::Jpeg => jpeg(file),
        Format::WebP => webp(file),
        _ => Ok(None),
    };
    match found {
        Ok(Some((what, bytes))) => Err(MediaError::TooMuchMetadata { format, what, bytes, limit: MAX_METADATA }),
        Ok(None) | Err(_) => Ok(()),
    }
}

/// Returns the width in the header of a PNG file; 0 for other files.
pub(super) fn png_width(head: &[u8]) -> u32 {
    match head.get(..20) {
        Some([0x89, b'P', b'N', b'G', .., a, b, c, d]) => u32::from_be_bytes([*a, *b, *c, *d]),
        _ => 0,
    }
}

type ScanResult = io::Result<Option<(&'static str, u64)>>;

fn skip(file: &mut impl Seek, bytes: u64) -> io::Result<()> {
    file.seek_relative(i64::try_from(bytes).map_err(io::Error::other)?)
}

fn array<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Scans PNG chunks: length, type, data, CRC.
fn png(file: &mut (impl Read + Seek)) -> ScanResult {
    file.seek(SeekFrom::Start(8))?;
    let mut texts = 0;
    for _ in 0..MAX_PARTS {
        let length = u64::from(u32::from_be_bytes(array(file)?));
        match &array::<4>(file)? {
            b"iCCP" if length > MAX_METADATA => return Ok(Some(("a colour profile", length))),
            b"tEXt" | b"zTXt" | b"iTXt" | b"eXIf" => texts += length,
            b"IEND" => return Ok(None),
            _ => {}
        }
        if texts > MAX_METADATA {
            return Ok(Some(("texts", texts)));
        }
        skip(file, length + 4)?;
    }
    Ok(Some(("chunks before its end, with texts", MAX_METADATA + 1)))
}

/// Scans JPEG segments up to the first scan: marker, length (including itself), data.
fn jpeg(file: &mut (impl Read + Seek)) -> ScanResult {
    file.seek(SeekFrom::Start(2))?;
    let mut profile = 0;
    for _ in 0..MAX_PARTS {
        let [first, kind] = array(file)?;
        // The image data, or an unknown structure.
        if first != 0xff || matches!(kind, 0xda | 0xd9) {
            return Ok(None);
        }
        let length = u64::from(u16::from_be_bytes(array(file)?)).saturating_sub(2);
        if kind == 0xe2 && length >= 12 {
            let is_profile = &array::<12>(file)? == b"ICC_PROFILE\0";
            profile += if is_profile { length } else { 0 };
            if profile > MAX_METADATA {
                return Ok(Some(("a colour profile", profile)));
            }
            skip(file, length - 12)?;
        } else {
            skip(file, length)?;
        }
    }
    Ok(None)
}

/// Scans WebP chunks: type, length, data padded to an even length.
fn webp(file: &mut (impl Read + Seek)) -> ScanResult {
    file.seek(SeekFrom::Start(12))?;
    for _ in 0..MAX_PARTS {
        let kind: [u8; 4] = array(file)?;
        let length = u64::from(u32::from_le_bytes(array(file)?));
        let what = match &kind {
            b"ICCP" => "a colour profile",
            b"EXIF" | b"XMP " => "metadata",
            _ => "",
        };
        if !what.is_empty() && length > MAX_METADATA {
            return Ok(Some((what, length)));
        }
        skip(file, length + length % 2)?;
    }
    Ok(None)
}

//! EXIF orientation of images, as browsers apply it.

use std::io::{Read, Seek, SeekFrom};

/// Maximum offset of the first directory in EXIF data, in bytes. Larger offsets are invalid.
const MAX_EXIF_OFFSET: u64 = 1 << 16;
/// EXIF tag of the orientation.
const ORIENTATION_TAG: u16 = 0x0112;

/// Returns whether the displayed image has width and height swapped: EXIF orientations 5 to 8 of JPEG, PNG and TIFF.
///
/// Browsers ignore the orientation of WebP. An image with missing or invalid EXIF data is displayed as stored.
pub(super) fn swaps_sides(file: &mut (impl Read + Seek)) -> bool {
    orientation(file).is_some_and(|orientation| (5..=8).contains(&orientation))
}

fn orientation(file: &mut (impl Read + Seek)) -> Option<u16> {
    let head: [u8; 8] = bytes(file)?;
    match head {
        [0xff, 0xd8, ..] => jpeg_orientation(file),
        [0x89, b'P', b'N', b'G', ..] => png_orientation(file),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => exif_orientation(file, 0),
        _ => None,
    }
}

fn jpeg_orientation(file: &mut (impl Read + Seek)) -> Option<u16> {
    file.seek(SeekFrom::Start(2)).ok()?;
    loop {
        let [0xff, marker, high, low] = bytes(file)? else { return None };
        let length = i64::from(u16::from_be_bytes([high, low]));
        let next = i64::try_from(file.stream_position().ok()?).ok()? + length - 2;
        match marker {
            // Start of scan, or end of image.
            0xda | 0xd9 => return None,
            0xe1 if &bytes::<6>(file)? == b"Exif\0\0" => {
                let start = file.stream_position().ok()?;
                return exif_orientation(file, start);
            }
            _ => file.seek(SeekFrom::Start(u64::try_from(next).ok()?)).ok()?,
        };
    }
}

fn png_orientation(file: &mut (impl Read + Seek)) -> Option<u16> {
    loop {
        let length = u32::from_be_bytes(bytes(file)?);
        match &bytes::<4>(file)? {
            b"IDAT" | b"IEND" => return None,
            b"eXIf" => {
                let start = file.stream_position().ok()?;
                return exif_orientation(file, start);
            }
            // The length does not include the checksum.
            _ => file.seek(SeekFrom::Current(i64::from(length) + 4)).ok()?,
        };
    }
}

/// Reads the orientation from EXIF data, which is a TIFF file without an image.
fn exif_orientation(file: &mut (impl Read + Seek), start: u64) -> Option<u16> {
    file.seek(SeekFrom::Start(start)).ok()?;
    let [order, _, _, _, offset @ ..]: [u8; 8] = bytes(file)?;
    let little = match order {
        b'I' => true,
        b'M' => false,
        _ => return None,
    };
    let short = |bytes: [u8; 2]| if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) };
    let offset = if little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    if start > 0 && u64::from(offset) > MAX_EXIF_OFFSET {
        return None;
    }
    file.seek(SeekFrom::Start(start + u64::from(offset))).ok()?;
    for _ in 0..short(bytes(file)?) {
        let [tag, other, _, _, _, _, _, _, value, more, _, _]: [u8; 12] = bytes(file)?;
        if short([tag, other]) == ORIENTATION_TAG {
            return Some(short([value, more]));
        }
    }
    None
}

fn bytes<const N: usize>(file: &mut impl Read) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn exif(order: &[u8; 2], orientation: u8) -> Vec<u8> {
        let numbers: [&[u8]; 2] = match order {
            b"MM" => [&[0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0], &[0, 0, 0, 0, 0, 0]],
            _ => [&[42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0], &[0, 0, 0, 0, 0, 0, 0]],
        };
        [order, numbers[0], &[orientation], numbers[1]].concat()
    }

    #[test]
    fn orientations_5_to_8_swap_width_and_height() {
        for order in [b"MM", b"II"] {
            for orientation in 0..=9 {
                let exif = exif(order, orientation);
                let segment = [&b"Exif\0\0"[..], &exif].concat();
                let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
                let jpeg = [&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1][..], &length, &segment].concat();
                let length = u32::try_from(exif.len()).unwrap().to_be_bytes();
                let png = [&b"\x89PNG\r\n\x1a\n\0\0\0\x01sRGB\x02abcd"[..], &length, b"eXIf", &exif].concat();
                for file in [jpeg, png, exif] {
                    let found = swaps_sides(&mut Cursor::new(&file));
                    assert_eq!(found, (5..=8).contains(&orientation), "{order:?} {orientation} {file:?}");
                    for end in 0..file.len() {
                        swaps_sides(&mut Cursor::new(&file[..end]));
                    }
                }
            }
        }
        assert!(!swaps_sides(&mut Cursor::new(b"RIFF....WEBP")));
    }
}

//! Size and colour from VP9 frame headers (VP9 bitstream specification, 6.2 and annex B).

use super::super::fields::{Bits, UnexpectedEnd};
use super::super::track::Colour;

/// Size and colour that a frame header states explicitly instead of taking them from a reference frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameInfo {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) colour: Option<Colour>,
}

/// Splits a sample into its frames. A superframe ends with an index of several frames.
pub(super) fn frames(sample: &[u8]) -> Vec<&[u8]> {
    split_superframe(sample).unwrap_or_else(|| vec![sample])
}

fn split_superframe(sample: &[u8]) -> Option<Vec<&[u8]>> {
    let marker = *sample.last()?;
    if marker & 0xe0 != 0xc0 {
        return None;
    }
    let count = usize::from(marker & 7) + 1;
    let width = usize::from(marker >> 3 & 3) + 1;
    let index = sample.get(sample.len().checked_sub(2 + width * count)?..sample.len() - 1)?;
    let (first, sizes) = index.split_first()?;
    if *first != marker {
        return None;
    }
    let mut rest = sample;
    let mut frames = Vec::with_capacity(count);
    for size in sizes.chunks_exact(width) {
        let size = size.iter().rev().fold(0usize, |size, byte| size << 8 | usize::from(*byte));
        let (frame, after) = rest.split_at_checked(size)?;
        frames.push(frame);
        rest = after;
    }
    Some(frames)
}

/// Parses size and colour from a frame header.
pub(super) fn frame_info(frame: &[u8]) -> Option<FrameInfo> {
    parse(&mut Bits::new(frame)).ok().flatten()
}

fn parse(bits: &mut Bits<'_>) -> Result<Option<FrameInfo>, UnexpectedEnd> {
    let _marker = bits.number(2)?;
    let profile = bits.number(1)? | bits.number(1)? << 1;
    if profile == 3 {
        let _reserved = bits.flag()?;
    }
    let shown_again = bits.flag()?;
    if shown_again {
        return Ok(None);
    }
    let (not_key, shown, resilient) = (bits.flag()?, bits.flag()?, bits.flag()?);
    if !not_key {
        bits.number(24)?;
        let colour = Some(colour(bits, profile)?);
        return size(bits, colour).map(Some);
    }
    let intra_only = !shown && bits.flag()?;
    if !resilient {
        let _reset = bits.number(2)?;
    }
    if intra_only {
        bits.number(24)?;
        let colour = if profile > 0 { Some(colour(bits, profile)?) } else { None };
        let _refreshed = bits.number(8)?;
        return size(bits, colour).map(Some);
    }
    let _refreshed_and_referred = bits.number(8 + 3 * 4)?;
    for _ in 0..3 {
        let same_as_referred = bits.flag()?;
        if same_as_referred {
            return Ok(None);
        }
    }
    size(bits, None).map(Some)
}

fn colour(bits: &mut Bits<'_>, profile: u32) -> Result<Colour, UnexpectedEnd> {
    if profile >= 2 {
        let _twelve_bits = bits.flag()?;
    }
    let space = bits.number(3)?;
    const RGB: u32 = 7;
    let full_range = if space == RGB { true } else { bits.flag()? };
    if profile % 2 == 1 {
        let _subsampling = if space == RGB { bits.number(1)? } else { bits.number(3)? };
    }
    let matrix = match space {
        1 | 3 => Some(6),
        2 => Some(1),
        4 => Some(7),
        5 => Some(9),
        RGB => Some(0),
        _ => None,
    };
    Ok(Colour { matrix, full_range: Some(full_range) })
}

fn size(bits: &mut Bits<'_>, colour: Option<Colour>) -> Result<FrameInfo, UnexpectedEnd> {
    Ok(FrameInfo { width: bits.number(16)? + 1, height: bits.number(16)? + 1, colour })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_size_and_colour_of_key_frame() {
        // Profile 0, shown key frame, BT.709, limited range, 640 x 360.
        let key = [0b1000_0010, 0x49, 0x83, 0x42, 0b0100_0000, 0x27, 0xf0, 0x16, 0x70];
        let colour = Some(Colour { matrix: Some(1), full_range: Some(false) });
        assert_eq!(frame_info(&key), Some(FrameInfo { width: 640, height: 360, colour }));
        assert_eq!(frame_info(&key[..6]), None, "the header is truncated");
    }

    #[test]
    fn splits_superframe_by_its_index() {
        let sample = [1, 2, 3, 0b1100_0001, 1, 2, 0b1100_0001];
        assert_eq!(frames(&sample), [&[1][..], &[2, 3]]);
        let longer_than_the_sample = [1, 0b1100_0001, 200, 2, 0b1100_0001];
        assert_eq!(frames(&longer_than_the_sample), [&longer_than_the_sample[..]]);
        let nothing: [u8; 0] = [];
        assert_eq!(frames(&nothing), [&nothing[..]]);
    }
}

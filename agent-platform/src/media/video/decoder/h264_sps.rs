//! Size and colour from an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1 and E.1.1).

use super::super::fields::{Bits, UnexpectedEnd};
use super::super::track::Colour;
use super::StreamInfo;

/// Parses a sequence parameter set. Returns `None` if it is malformed.
pub(super) fn read(unit: &[u8]) -> Option<StreamInfo> {
    let payload = remove_emulation_prevention(unit.get(1..)?);
    parse(&mut Bits::new(&payload)).ok().flatten()
}

/// Removes the emulation prevention bytes from a NAL unit's payload.
fn remove_emulation_prevention(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut zeros = 0;
    for byte in bytes {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

fn parse(bits: &mut Bits<'_>) -> Result<Option<StreamInfo>, UnexpectedEnd> {
    let profile = bits.number(8)?;
    let (_constraints, _level, _id) = (bits.number(8)?, bits.number(8)?, bits.golomb()?);
    let chroma = if matches!(profile, 44 | 83 | 86 | 100 | 110 | 118 | 122 | 128 | 134 | 135 | 138 | 139 | 244) {
        high_profile(bits)?
    } else {
        1
    };
    let _log2_max_frame_num = bits.golomb()?;
    picture_order_count(bits)?;
    let (_references, _gaps) = (bits.golomb()?, bits.flag()?);
    let (wide, high) = (bits.golomb()?, bits.golomb()?);
    let frames_only = bits.flag()?;
    if !frames_only {
        let _adaptive = bits.flag()?;
    }
    let _direct_8x8 = bits.flag()?;
    let crop = if bits.flag()? { [bits.golomb()?, bits.golomb()?, bits.golomb()?, bits.golomb()?] } else { [0; 4] };
    let colour = if bits.flag()? { usability_information(bits)? } else { Colour::default() };

    // Macroblocks are 16 pixels wide. A field pair has twice the height.
    let fields = if frames_only { 1 } else { 2 };
    let side = |blocks: u32, times: u32| blocks.checked_add(1)?.checked_mul(16)?.checked_mul(times);
    let (unit_x, unit_y) = match chroma {
        1 => (2, 2 * fields),
        2 => (2, fields),
        _ => (1, fields),
    };
    let cropped = |side: u32, from: u32, to: u32, unit: u32| {
        side.checked_sub(from.checked_add(to)?.checked_mul(unit)?).filter(|left| *left > 0)
    };
    let size = || {
        let width = cropped(side(wide, 1)?, crop[0], crop[1], unit_x)?;
        Some((width, cropped(side(high, fields)?, crop[2], crop[3], unit_y)?))
    };
    Ok(size().map(|(width, height)| StreamInfo { width, height, colour }))
}

/// Parses the fields of the high profiles and returns the chroma format.
fn high_profile(bits: &mut Bits<'_>) -> Result<u32, UnexpectedEnd> {
    let chroma = bits.golomb()?;
    if chroma == 3 {
        let _separate_planes = bits.flag()?;
    }
    let (_luma_depth, _chroma_depth, _lossless) = (bits.golomb()?, bits.golomb()?, bits.flag()?);
    if bits.flag()? {
        for list in 0..if chroma == 3 { 12 } else { 8 } {
            if bits.flag()? {
                scaling_list(bits, if list < 6 { 16 } else { 64 })?;
            }
        }
    }
    Ok(chroma)
}

fn scaling_list(bits: &mut Bits<'_>, size: u32) -> Result<(), UnexpectedEnd> {
    let (mut last, mut next) = (8i64, 8i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + bits.signed_golomb()?).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Ok(())
}

fn picture_order_count(bits: &mut Bits<'_>) -> Result<(), UnexpectedEnd> {
    match bits.golomb()? {
        0 => {
            let _log2_max = bits.golomb()?;
        }
        1 => {
            let _always_zero = bits.flag()?;
            let (_non_reference, _bottom) = (bits.signed_golomb()?, bits.signed_golomb()?);
            for _ in 0..bits.golomb()? {
                bits.signed_golomb()?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Parses the video usability information (VUI) up to the colour description.
fn usability_information(bits: &mut Bits<'_>) -> Result<Colour, UnexpectedEnd> {
    const OTHER_ASPECT: u32 = 255;
    if bits.flag()? && bits.number(8)? == OTHER_ASPECT {
        bits.number(32)?;
    }
    if bits.flag()? {
        let _overscan = bits.flag()?;
    }
    let mut colour = Colour::default();
    if bits.flag()? {
        let _format = bits.number(3)?;
        colour.full_range = Some(bits.flag()?);
        if bits.flag()? {
            let (_primaries, _transfer) = (bits.number(8)?, bits.number(8)?);
            colour.matrix = u16::try_from(bits.number(8)?).ok();
        }
    }
    Ok(colour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_emulation_prevention_bytes() {
        assert_eq!(remove_emulation_prevention(&[0, 0, 3, 1, 0, 0, 3, 0, 0, 3]), [0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(remove_emulation_prevention(&[0, 0, 0, 3]), [0, 0, 0]);
    }

    #[test]
    fn rejects_invalid_sizes() {
        assert!(read(&[]).is_none());
        assert!(read(&[0x67, 66, 0, 30]).is_none());
        // Baseline, 1 x 1 macroblocks, cropped by 2 * 9 columns.
        let cropped_away = [0x67, 66, 0, 30, 0b1111_1011, 0b1110_0010, 0b1011_1100];
        assert!(read(&cropped_away).is_none());
    }
}

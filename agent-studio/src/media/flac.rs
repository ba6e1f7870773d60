//! FLAC files, by their first metadata block (RFC 9639, section 8.2).

use std::io::Read;

use super::MediaFacts;
use super::probe_error::{ProbeError, bytes, content};

/// Reads the properties of a FLAC file.
#[expect(clippy::cast_precision_loss, reason = "the number of samples has 36 bits")]
pub(super) fn read(file: &mut impl Read, facts: MediaFacts) -> Result<MediaFacts, ProbeError> {
    let head: [u8; 26] = bytes(file)?;
    if &head[..4] != b"fLaC" || head[4] & 0x7f != 0 {
        return Err(content("not a FLAC file"));
    }
    // 20 bits of rate, 3 of channels, 5 of depth, 36 of samples.
    let packed = head[18..26].iter().fold(0_u64, |packed, byte| packed << 8 | u64::from(*byte));
    let rate = packed >> 44;
    let samples = packed & 0xf_ffff_ffff;
    Ok(MediaFacts {
        duration: Some(if rate == 0 { 0.0 } else { samples as f64 / rate as f64 }),
        audio_codec: Some("flac".to_owned()),
        audio_sample_rate: Some(rate),
        audio_channels: Some((packed >> 41 & 0x7) + 1),
        audio_bit_depth: Some((packed >> 36 & 0x1f) + 1),
        ..facts
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stream_info() {
        let packed: u64 = 44_100 << 44 | 1 << 41 | 15 << 36 | 88_200;
        let mut file = b"fLaC\0\0\0\x22".to_vec();
        file.extend([0; 10]);
        file.extend(packed.to_be_bytes());
        let facts = read(&mut &file[..], MediaFacts::default()).unwrap();
        assert_eq!((facts.duration, facts.audio_sample_rate), (Some(2.0), Some(44_100)));
        assert_eq!((facts.audio_channels, facts.audio_bit_depth), (Some(2), Some(16)));
    }
}

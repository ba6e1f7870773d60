//! MP3 files. The duration is the sum of all frames, whose headers have their lengths (ISO/IEC 11172-3).

use super::MediaFacts;
use super::probe_error::{ProbeError, content};

/// Bit rates of layer III in kbit/s, by the four bits of a frame header: MPEG 1, and MPEG 2 and 2.5.
const BIT_RATES: [[u64; 16]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
];

struct Frame {
    bytes: usize,
    samples: u64,
    sample_rate: u64,
    channels: u64,
}

/// Reads the properties of an MP3 file.
#[expect(clippy::cast_precision_loss, reason = "no file has 2^52 samples")]
pub(super) fn read(file: &[u8], facts: MediaFacts) -> Result<MediaFacts, ProbeError> {
    let mut at = after_tag(file);
    let mut samples = 0;
    let mut first: Option<Frame> = None;
    while at + 4 <= file.len() {
        match frame(&file[at..at + 4]) {
            Some(frame) => {
                at += frame.bytes;
                samples += frame.samples;
                first.get_or_insert(frame);
            }
            // Data between frames, such as a tag at the end.
            None => at += 1,
        }
    }
    let first = first.ok_or_else(|| content("no MP3 frame found"))?;
    Ok(MediaFacts {
        duration: Some(samples as f64 / first.sample_rate as f64),
        audio_codec: Some("mp3".to_owned()),
        audio_sample_rate: Some(first.sample_rate),
        audio_channels: Some(first.channels),
        audio_bit_depth: Some(16),
        ..facts
    })
}

/// Returns the offset of the first frame: after the ID3 tag, if the file has one.
fn after_tag(file: &[u8]) -> usize {
    match file.get(..10) {
        Some(head) if head.starts_with(b"ID3") => {
            10 + head[6..].iter().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f))
        }
        _ => 0,
    }
}

fn frame(head: &[u8]) -> Option<Frame> {
    let is_layer_3 = head[0] == 0xff && head[1] & 0xe6 == 0xe2;
    let version = head[1] >> 3 & 3;
    let base = [44_100, 48_000, 32_000].get(usize::from(head[2] >> 2 & 3)).filter(|_| is_layer_3 && version != 1)?;
    let (table, samples, divisor) = match version {
        3 => (0, 1152, 1),
        2 => (1, 576, 2),
        _ => (1, 576, 4),
    };
    let sample_rate = base / divisor;
    let rate = BIT_RATES[table][usize::from(head[2] >> 4)];
    let padding = u64::from(head[2] >> 1 & 1);
    let bytes = usize::try_from(samples / 8 * rate * 1000 / sample_rate + padding).ok().filter(|_| rate > 0)?;
    let channels = if head[3] >> 6 == 3 { 1 } else { 2 };
    Some(Frame { bytes, samples, sample_rate, channels })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_frames_after_id3_tag() {
        // MPEG 1, layer III, 128 kbit/s, 44100 Hz, stereo: 417 bytes, or 418 with padding.
        let mut file = b"ID3\x04\0\0\0\0\x01\x02".to_vec();
        file.extend([0xff; 130]);
        for _ in 0..100 {
            file.extend([0xff, 0xfb, 0x90, 0x00]);
            file.extend([0; 413]);
        }
        file.extend(b"TAG and so on");
        let facts = read(&file, MediaFacts::default()).unwrap();
        assert_eq!(facts.duration, Some(115_200.0 / 44_100.0));
        assert_eq!((facts.audio_sample_rate, facts.audio_channels), (Some(44_100), Some(2)));
        assert!(read(b"plain text", MediaFacts::default()).is_err());
    }
}

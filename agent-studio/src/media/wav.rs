//! WAV files, by the chunks of the RIFF format.

use std::io::{Read, Seek, SeekFrom};

use super::MediaFacts;
use super::probe_error::{ProbeError, bytes, content};

/// Reads the properties of a WAV file.
pub(super) fn read(mut file: impl Read + Seek, facts: MediaFacts) -> Result<MediaFacts, ProbeError> {
    let head: [u8; 12] = bytes(&mut file)?;
    if &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
        return Err(content("not a RIFF file with WAVE data"));
    }
    let mut format: Option<[u8; 16]> = None;
    loop {
        let head: [u8; 8] = bytes(&mut file)?;
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        match (&head[..4], format) {
            (b"fmt ", _) if size >= 16 => {
                format = Some(bytes(&mut file)?);
                file.seek(SeekFrom::Current(i64::from(size) - 16))?;
            }
            (b"data", Some(format)) => {
                let rate = u32::from_le_bytes([format[8], format[9], format[10], format[11]]);
                let two = |at: usize| u64::from(u16::from_le_bytes([format[at], format[at + 1]]));
                let seconds = if rate == 0 { 0.0 } else { f64::from(size) / f64::from(rate) };
                let samples = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
                return Ok(MediaFacts {
                    duration: Some(seconds),
                    audio_codec: Some(if two(14) == 16 { "pcm_s16le".to_owned() } else { format!("pcm_{}", two(14)) }),
                    audio_sample_rate: Some(samples.into()),
                    audio_bit_depth: Some(two(14)),
                    audio_channels: Some(two(2)),
                    ..facts
                });
            }
            // Chunks are aligned to two bytes.
            _ => {
                file.seek(SeekFrom::Current(i64::from(size) + i64::from(size % 2)))?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn reads_format_and_duration_from_chunks() {
        let mut file = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        file.extend([1, 0, 2, 0]);
        file.extend(8000_u32.to_le_bytes());
        file.extend(32_000_u32.to_le_bytes());
        file.extend([4, 0, 16, 0]);
        file.extend(b"data");
        file.extend(16_000_u32.to_le_bytes());
        let facts = read(Cursor::new(&file), MediaFacts::default()).unwrap();
        assert_eq!((facts.duration, facts.audio_sample_rate, facts.audio_channels), (Some(0.5), Some(8000), Some(2)));
        assert_eq!((facts.audio_bit_depth, facts.audio_codec.as_deref()), (Some(16), Some("pcm_s16le")));
        for end in 0..file.len() {
            assert!(read(Cursor::new(&file[..end]), MediaFacts::default()).is_err(), "{end}");
        }
    }
}

//! Properties of MP4 and MOV files, whatever their codecs.

use std::io::{Read, Seek};

use super::super::source::Source;
use super::super::track::Contents;
use super::super::{Container, VideoError, VideoLimits};
use super::atom::Atom;
use super::{Movie, MovieTrack, entry};

/// Properties of the video in an MP4 or MOV file, from its tables.
///
/// Nothing is decoded, so the codec does not matter. Frames are counted as in the editor: those that the edit list shows.
///
/// ```no_run
/// use agent_platform::media::video::{VideoLimits, VideoProperties};
///
/// let file = std::fs::File::open("clip.mp4")?;
/// let video = VideoProperties::read(file, &VideoLimits::default())?;
/// println!("{} × {}, {} frames", video.width, video.height, video.frames);
/// # Ok::<(), agent_platform::media::video::VideoError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VideoProperties {
    /// Width of the frames as shown, in pixels.
    pub width: u32,
    /// Height of the frames as shown, in pixels.
    pub height: u32,
    /// Number of frames.
    pub frames: u64,
    /// Time from the first frame to the end of the last, in seconds.
    pub duration: f64,
    /// Average number of frames per second. `None` if the duration is 0.
    pub frames_per_second: Option<f64>,
}

/// Properties of the audio in an MP4 or MOV file, from its tables.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AudioProperties {
    /// Duration, in seconds.
    pub duration: f64,
    /// Samples per second.
    pub sample_rate: u32,
    /// Number of channels.
    pub channels: u32,
    /// Bits per sample.
    pub sample_bits: u32,
}

impl VideoProperties {
    /// Reads the properties of the first video track.
    ///
    /// # Errors
    /// The file cannot be read, is not MP4 or MOV, has no video, is truncated or damaged, or exceeds the limits.
    pub fn read(reader: impl Read + Seek + Send + 'static, limits: &VideoLimits) -> Result<Self, VideoError> {
        let no_video = VideoError::NoVideo { container: Container::Mp4 };
        let mut source = open(reader)?;
        let movie = Movie::read(&mut source, limits)?;
        let Some(track) = MovieTrack::find(&movie, b"vide")? else { return Err(no_video) };
        let entry = first_entry(&track)?;
        let (width, height) = entry::size(entry.body).map_err(|ended| entry.ended(ended))?;
        limits.check_size(width, height)?;
        let (frames, duration) = presentation(&track.contents(&movie, &mut source, limits)?, track.scale, limits)?;
        if frames == 0 {
            return Err(no_video);
        }
        let (width, height) = track.rotation.size(width, height);
        #[expect(clippy::cast_precision_loss, reason = "frames are numbered in 32 bits")]
        let frames_per_second = (duration > 0.0).then(|| frames as f64 / duration);
        Ok(Self { width, height, frames, duration, frames_per_second })
    }
}

impl AudioProperties {
    /// Reads the properties of the first audio track.
    ///
    /// # Errors
    /// The file cannot be read, is not MP4 or MOV, has no audio, is truncated or damaged, or exceeds the limits.
    pub fn read(reader: impl Read + Seek + Send + 'static, limits: &VideoLimits) -> Result<Self, VideoError> {
        let mut source = open(reader)?;
        let movie = Movie::read(&mut source, limits)?;
        let track = MovieTrack::find(&movie, b"soun")?.ok_or(VideoError::NoAudio { container: Container::Mp4 })?;
        let entry = first_entry(&track)?;
        let (_, duration) = presentation(&track.contents(&movie, &mut source, limits)?, track.scale, limits)?;
        // The rate has 16 bits before the point and 16 behind it.
        let number = |at: usize| entry.body.get(at..at + 2).map_or(0, |two| u32::from(two[0]) << 8 | u32::from(two[1]));
        Ok(Self { duration, sample_rate: number(24), channels: number(16), sample_bits: number(18) })
    }
}

fn open(reader: impl Read + Seek + Send + 'static) -> Result<Source, VideoError> {
    let mut source = Source::new(reader)?;
    if super::is_mp4(source.peek(0, 16)?) { Ok(source) } else { Err(VideoError::UnknownContainer) }
}

/// Returns the first sample description.
fn first_entry<'m>(track: &MovieTrack<'m>) -> Result<Atom<'m>, VideoError> {
    let missing = track.sample_table.damaged("a track has no sample description");
    let Some(table) = track.sample_table.child(b"stsd")? else { return Err(missing) };
    table.children_after(8)?.next().unwrap_or(Err(missing))
}

/// Returns the number of samples that are shown, and their duration in seconds.
#[expect(clippy::cast_precision_loss, reason = "below 2^53 ticks in any real file")]
fn presentation(contents: &Contents, scale: u32, limits: &VideoLimits) -> Result<(u64, f64), VideoError> {
    let (frames, end) = contents.presentation(limits.frames)?;
    let start = frames.first().map_or(0, |first| first.time);
    Ok((frames.len() as u64, end.saturating_sub(start) as f64 / f64::from(scale)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
        let size = u32::try_from(payload.len() + 8).unwrap().to_be_bytes();
        [&size[..], kind, payload].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// A track with id 7, 90000 ticks per second, an unknown codec, and frames of 160 × 120 that are turned by 90 degrees.
    /// All samples have one byte and are in one chunk at the start of the file.
    fn trak(handler: &[u8; 4], runs: &[(u32, u32)]) -> Vec<u8> {
        let samples = runs.iter().map(|(count, _)| count).sum();
        let mut header = words(&[0, 0, 0, 7, 0, 0, 0, 0, 0, 0]);
        header.extend(words(&[0, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000, 160 << 16, 120 << 16]));
        let hdlr = [&words(&[0, 0])[..], handler, &[0; 12]].concat();
        let mut entry = vec![0; 78];
        (entry[25], entry[27]) = (160, 120);
        let times: Vec<u32> = runs.iter().flat_map(|(count, ticks)| [*count, *ticks]).collect();
        let table = [
            boxed(b"stsd", &[words(&[0, 1]), boxed(b"av01", &entry)].concat()),
            boxed(b"stts", &[words(&[0, u32::try_from(runs.len()).unwrap()]), words(&times)].concat()),
            boxed(b"stsz", &words(&[0, 1, samples])),
            boxed(b"stsc", &words(&[0, 1, 1, samples, 1])),
            boxed(b"stco", &words(&[0, 1, 0])),
        ];
        let media = [
            boxed(b"mdhd", &words(&[0, 0, 0, 90_000, 0, 0])),
            boxed(b"hdlr", &hdlr),
            boxed(b"minf", &boxed(b"stbl", &table.concat())),
        ];
        boxed(b"trak", &[boxed(b"tkhd", &header), boxed(b"mdia", &media.concat())].concat())
    }

    fn moov(parts: &[Vec<u8>]) -> Vec<u8> {
        boxed(b"moov", &[boxed(b"mvhd", &words(&[0, 0, 0, 1000, 0])), parts.concat()].concat())
    }

    fn video(file: Vec<u8>) -> Result<VideoProperties, VideoError> {
        VideoProperties::read(Cursor::new(file), &VideoLimits::default())
    }

    #[test]
    fn counts_frames_and_rotates_size() {
        let moov = moov(&[trak(b"vide", &[(10, 3000), (5, 6000)])]);
        let file = [boxed(b"ftyp", b"isom"), boxed(b"mdat", &[0; 40]), moov].concat();
        let video = video(file).unwrap();
        assert_eq!((video.width, video.height, video.frames), (120, 160, 15));
        assert_eq!((video.duration, video.frames_per_second), (60_000.0 / 90_000.0, Some(22.5)));
    }

    #[test]
    fn counts_frames_of_fragments() {
        let trex = boxed(b"mvex", &boxed(b"trex", &words(&[0, 7, 1, 3000, 1, 0])));
        let moov = moov(&[trak(b"vide", &[]), trex]);
        let traf = [boxed(b"tfhd", &words(&[0x2_0000, 7])), boxed(b"trun", &words(&[0x1, 3, 0]))].concat();
        let timed = [boxed(b"tfhd", &words(&[0x2_0000, 7])), boxed(b"trun", &words(&[0x300, 2, 1000, 11, 2000, 12]))];
        let file = [
            moov,
            boxed(b"moof", &boxed(b"traf", &traf)),
            boxed(b"mdat", &[]),
            boxed(b"moof", &boxed(b"traf", &timed.concat())),
        ];
        let video = video(file.concat()).unwrap();
        assert_eq!((video.frames, video.duration), (5, 12_000.0 / 90_000.0));
    }

    #[test]
    fn rejects_damaged_files() {
        let whole = moov(&[trak(b"vide", &[(10, 3000)])]);
        assert!(video(whole.clone()).is_ok());
        for end in 0..whole.len() {
            assert!(video(whole[..end].to_vec()).is_err(), "{end}");
        }
        for at in 0..whole.len() {
            let mut file = whole.clone();
            file[at] = 0xff;
            let _ = video(file);
        }
        assert!(matches!(video(b"GIF89a, and then some".to_vec()), Err(VideoError::UnknownContainer)));
        assert!(matches!(video(moov(&[trak(b"soun", &[(1, 1)])])), Err(VideoError::NoVideo { .. })));
    }

    #[test]
    fn reads_audio() {
        let mut track = trak(b"soun", &[(10, 9000)]);
        let entry = track.windows(4).position(|kind| kind == b"av01").unwrap() + 4;
        (track[entry + 17], track[entry + 19], track[entry + 24], track[entry + 25]) = (2, 16, 0xac, 0x44);
        let read = |file| AudioProperties::read(Cursor::new(file), &VideoLimits::default());
        let audio = read(moov(&[track])).unwrap();
        assert_eq!((audio.duration, audio.sample_rate, audio.channels, audio.sample_bits), (1.0, 44_100, 2, 16));
        assert!(matches!(read(moov(&[trak(b"vide", &[(1, 1)])])), Err(VideoError::NoAudio { .. })));
    }
}

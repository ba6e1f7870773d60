//! Detection of a file's kind by its name, and of its properties from its header.

use std::io::BufReader;
use std::path::Path;

use agent_platform::media::video::{AudioProperties, VideoLimits, VideoProperties};

use super::probe_error::ProbeError;
use crate::regular_file;

use super::{FileType, MediaFacts, MediaKind, flac, mp3, orientation, pdf, wav};

/// Returns the kind and the properties of a file.
///
/// # Errors
/// The extension or the content is unsupported, or the file cannot be read, for example because it is a named pipe.
pub(crate) fn probe(path: &Path) -> Result<(MediaKind, MediaFacts), ProbeError> {
    let file_type = FileType::from_path(path).ok_or(ProbeError::UnknownKind)?;
    let (kind, mime) = (file_type.kind, file_type.mime());
    let facts = MediaFacts { mime: Some(mime.to_owned()), ..MediaFacts::default() };
    let facts = match (kind, mime) {
        (MediaKind::Image, _) => image(path, facts)?,
        (MediaKind::Video, _) => video(path, facts)?,
        (_, "audio/wav") => wav::read(regular_file::open(path)?, facts)?,
        (_, "audio/mpeg") => mp3::read(&regular_file::read(path)?, facts)?,
        (_, "audio/mp4") => mp4_audio(path, facts)?,
        (_, "audio/flac") => flac::read(&mut regular_file::open(path)?, facts)?,
        (MediaKind::Pdf, _) => {
            let pages = pdf::pages(&regular_file::read(path)?)?;
            MediaFacts { frames: Some(pages), ..facts }
        }
        _ => {
            let text = regular_file::read(path)?;
            let characters = String::from_utf8_lossy(&text).chars().count();
            MediaFacts { characters: Some(characters as u64), ..facts }
        }
    };
    Ok((kind, facts))
}

fn image(path: &Path, facts: MediaFacts) -> Result<MediaFacts, ProbeError> {
    let (width, height) = image_size(path)?;
    Ok(MediaFacts { width: Some(width), height: Some(height), frames: Some(1), ..facts })
}

/// Returns width and height of an image as displayed, in pixels.
///
/// # Errors
/// The file is not an image, or cannot be read.
pub(crate) fn image_size(path: &Path) -> Result<(u64, u64), ProbeError> {
    let size = imagesize::reader_size(BufReader::new(regular_file::open(path)?));
    let size = size.map_err(|error| ProbeError::Content(error.to_string()))?;
    let (mut width, mut height) = (size.width as u64, size.height as u64);
    if orientation::swaps_sides(&mut regular_file::open(path)?) {
        (width, height) = (height, width);
    }
    Ok((width, height))
}

fn video(path: &Path, facts: MediaFacts) -> Result<MediaFacts, ProbeError> {
    let video = VideoProperties::read(regular_file::open(path)?, &VideoLimits::default())?;
    Ok(MediaFacts {
        width: Some(video.width.into()),
        height: Some(video.height.into()),
        frames: Some(video.frames),
        fps: video.frames_per_second,
        duration: Some(video.duration),
        ..facts
    })
}

fn mp4_audio(path: &Path, facts: MediaFacts) -> Result<MediaFacts, ProbeError> {
    let audio = AudioProperties::read(regular_file::open(path)?, &VideoLimits::default())?;
    Ok(MediaFacts {
        duration: Some(audio.duration),
        audio_codec: Some("aac".to_owned()),
        audio_sample_rate: Some(audio.sample_rate.into()),
        audio_channels: Some(audio.channels.into()),
        audio_bit_depth: Some(audio.sample_bits.into()),
        ..facts
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_size_follows_exif_orientation() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/data");
        let size = |name: &str| {
            let facts = probe(&data.join(name)).unwrap().1;
            (facts.width.unwrap(), facts.height.unwrap())
        };
        // The file has 300 columns and 451 rows, and an orientation that rotates it by 90 degrees.
        assert_eq!(size("cat.jpg"), (451, 300));
        assert_eq!(imagesize::size(data.join("cat.jpg")).map(|size| (size.width, size.height)).unwrap(), (300, 451));
        assert_eq!(size("astronaut.jpg"), imagesize_of(&data.join("astronaut.jpg")));
    }

    fn imagesize_of(path: &Path) -> (u64, u64) {
        let size = imagesize::size(path).unwrap();
        (size.width as u64, size.height as u64)
    }
}

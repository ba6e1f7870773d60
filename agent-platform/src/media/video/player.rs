//! Decoding of single samples with minimal work.

use super::decoder::{self, Decode, Failure};
use super::exclusive::Exclusive;
use super::picture::Picture;
use super::source::Source;
use super::track::Track;
use super::{VideoError, VideoLimits};
use crate::media::Cancellation;

/// Maximum number of pictures kept until they are requested. Streams that conform to their level need no more.
const MAX_READY_PICTURES: usize = 17;

/// A decoder at a position in a track, and the pictures decoded ahead of their request.
pub(super) struct Player {
    decoder: Exclusive<Option<Box<dyn Decode>>>,
    /// The key frame at which decoding started.
    start: u32,
    next: u32,
    /// A damaged sample that other samples depend on, and the decoder's error.
    broken: Option<(u32, String)>,
    ready: Vec<(u32, Picture)>,
    /// The bytes of the current sample.
    bytes: Vec<u8>,
}

/// The input of the player.
pub(super) struct Media<'a> {
    pub(super) source: &'a mut Source,
    pub(super) track: &'a Track,
    pub(super) limits: &'a VideoLimits,
    pub(super) cancellation: &'a Cancellation,
}

impl Player {
    pub(super) fn new() -> Self {
        Self { decoder: Exclusive::default(), start: 0, next: 0, broken: None, ready: Vec::new(), bytes: Vec::new() }
    }

    /// Decodes a sample. `ahead` returns `true` for samples that will be requested soon.
    pub(super) fn picture(
        &mut self,
        media: &mut Media<'_>,
        target: u32,
        ahead: impl Fn(u32) -> bool,
    ) -> Result<Picture, VideoError> {
        if let Some(found) = self.ready.iter().position(|(sample, _)| *sample == target) {
            return Ok(self.ready.swap_remove(found).1);
        }
        self.ready.retain(|(sample, _)| ahead(*sample));
        let key = media.track.key_before(target);
        let began_before = self.decoder.get().is_some() && self.start <= key;
        if let Some((_, reason)) = self.broken.as_ref().filter(|(at, _)| began_before && (key..=target).contains(at)) {
            return Err(damaged(media.track, target, reason.clone()));
        }
        let whole = self.broken.as_ref().is_none_or(|(at, _)| *at >= key);
        if !(began_before && whole && (key..=target).contains(&self.next)) {
            self.restart(media, key)?;
        }
        loop {
            if media.cancellation.is_cancelled() {
                return Err(VideoError::Cancelled);
            }
            let sample = self.next;
            let picture = self.take(media, sample, target, &ahead)?;
            if sample == target {
                let missing = || damaged(media.track, target, "the decoder gives no picture".to_owned());
                return picture.ok_or_else(missing);
            }
            self.keep(media.track, sample, picture);
        }
    }

    fn restart(&mut self, media: &Media<'_>, key: u32) -> Result<(), VideoError> {
        self.ready.clear();
        self.broken = None;
        (self.start, self.next) = (key, key);
        *self.decoder.get() = None;
        let started = decoder::start(&media.track.description, media.limits);
        *self.decoder.get() = Some(started.map_err(|failure| error(media.track, key, failure))?);
        Ok(())
    }

    /// Decodes the next sample, or skips it if it is neither wanted nor needed by others.
    fn take(
        &mut self,
        media: &mut Media<'_>,
        sample: u32,
        target: u32,
        ahead: impl Fn(u32) -> bool,
    ) -> Result<Option<Picture>, VideoError> {
        let track = media.track;
        let at = track.samples[sample as usize];
        self.bytes.resize(at.size as usize, 0);
        media.source.read_exact(at.offset, &mut self.bytes)?;
        self.next += 1;
        // Samples presented before the key frame depend on samples that were not decoded.
        let leading = at.time < track.samples[self.start as usize].time;
        let wanted = sample == target || (!leading && ahead(sample));
        let Some(decoder) = self.decoder.get() else { return Ok(None) };
        let disposable = decoder.disposable(&self.bytes);
        if disposable && !wanted {
            return Ok(None);
        }
        match decoder.decode(&self.bytes, wanted, media.limits) {
            Ok(picture) => Ok(picture),
            Err(Failure::Damaged(_)) if leading && sample != target => Ok(None),
            Err(Failure::Damaged(_)) if disposable && sample != target => Ok(None),
            Err(failure) => {
                if !disposable && let Failure::Damaged(reason) = &failure {
                    self.broken = Some((sample, reason.clone()));
                } else if !disposable {
                    *self.decoder.get() = None;
                }
                Err(error(track, target, failure))
            }
        }
    }

    fn keep(&mut self, track: &Track, sample: u32, picture: Option<Picture>) {
        self.ready.extend(picture.map(|picture| (sample, picture)));
        if self.ready.len() > MAX_READY_PICTURES {
            let place = |(_, (sample, _)): &(usize, &(u32, Picture))| track.frame_index(*sample);
            let last = self.ready.iter().enumerate().max_by_key(place).map(|(index, _)| index);
            last.map(|index| self.ready.swap_remove(index));
        }
    }
}

/// Converts a decoding failure of a sample, or of a sample that it depends on.
pub(super) fn error(track: &Track, sample: u32, failure: Failure) -> VideoError {
    match failure {
        Failure::Unsupported(what) => VideoError::Unsupported { codec: track.description.codec, what },
        Failure::Damaged(reason) => damaged(track, sample, reason),
        Failure::TooLarge(error) => error,
    }
}

fn damaged(track: &Track, sample: u32, reason: String) -> VideoError {
    let frame = u64::from(track.frame_index(sample).unwrap_or(sample));
    VideoError::Damaged { frame, codec: track.description.codec, reason }
}

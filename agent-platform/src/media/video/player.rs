//! Getting one sample decoded with as little work as there is.

use super::decoder::{self, Decode, Failure};
use super::picture::Picture;
use super::source::Source;
use super::track::Track;
use super::{VideoError, VideoLimits};
use crate::media::Cancellation;

/// Pictures that are kept because they are decoded before they are shown: no stream that keeps to its level needs more.
const MOST_READY: usize = 17;

/// A decoder somewhere in a track, and the pictures that it has given too early.
pub(super) struct Player {
    decoder: Option<Box<dyn Decode>>,
    /// The key frame at which the decoder began, and the sample that it takes next.
    start: u32,
    next: u32,
    /// A sample that others are built on and that could not be decoded, and why.
    broken: Option<(u32, String)>,
    ready: Vec<(u32, Picture)>,
    /// The bytes of a sample.
    bytes: Vec<u8>,
}

/// What is read from.
pub(super) struct Media<'a> {
    pub(super) source: &'a mut Source,
    pub(super) track: &'a Track,
    pub(super) limits: &'a VideoLimits,
    pub(super) cancellation: &'a Cancellation,
}

impl Player {
    pub(super) fn new() -> Self {
        Self { decoder: None, start: 0, next: 0, broken: None, ready: Vec::new(), bytes: Vec::new() }
    }

    /// The picture of a sample. `ahead` tells of other samples whether they will be asked for soon.
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
        let began_before = self.decoder.is_some() && self.start <= key;
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
        self.decoder = None;
        let started = decoder::start(&media.track.description, media.limits);
        self.decoder = Some(started.map_err(|failure| error(media.track, key, failure))?);
        Ok(())
    }

    /// Gives the next sample to the decoder, unless it is neither wanted nor needed.
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
        // What is shown before the key frame is built on what was not decoded.
        let leading = at.time < track.samples[self.start as usize].time;
        let wanted = sample == target || (!leading && ahead(sample));
        let Some(decoder) = &mut self.decoder else { return Ok(None) };
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
                    self.decoder = None;
                }
                Err(error(track, target, failure))
            }
        }
    }

    fn keep(&mut self, track: &Track, sample: u32, picture: Option<Picture>) {
        self.ready.extend(picture.map(|picture| (sample, picture)));
        if self.ready.len() > MOST_READY {
            let place = |(_, (sample, _)): &(usize, &(u32, Picture))| track.place(*sample);
            let last = self.ready.iter().enumerate().max_by_key(place).map(|(index, _)| index);
            last.map(|index| self.ready.swap_remove(index));
        }
    }
}

/// What went wrong with a sample, or with what it is built on.
pub(super) fn error(track: &Track, sample: u32, failure: Failure) -> VideoError {
    match failure {
        Failure::Unsupported(what) => VideoError::Unsupported { codec: track.description.codec, what },
        Failure::Damaged(reason) => damaged(track, sample, reason),
        Failure::TooLarge(error) => error,
    }
}

fn damaged(track: &Track, sample: u32, reason: String) -> VideoError {
    let frame = u64::from(track.place(sample).unwrap_or(sample));
    VideoError::Damaged { frame, codec: track.description.codec, reason }
}

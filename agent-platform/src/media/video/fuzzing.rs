//! Positions of coded data in a video's file, for checks that damage what a decoder reads and leave the container whole.

use std::ops::Range;

use super::{Video, VideoError};

impl Video {
    /// Returns the positions in the file of everything that the decoder is given: NAL units without their lengths for H.264
    /// and HEVC, samples for VP9.
    ///
    /// # Errors
    /// The file cannot be read.
    #[doc(hidden)]
    pub fn payloads(&mut self) -> Result<Vec<Range<u64>>, VideoError> {
        let Self { source, track, .. } = self;
        let parameters = &track.description.parameters;
        let mut payloads = Vec::new();
        let mut bytes = Vec::new();
        for sample in &track.samples {
            let end = sample.offset + u64::from(sample.size);
            if parameters.length_size() == 0 {
                payloads.push(sample.offset..end);
                continue;
            }
            bytes.resize(sample.size as usize, 0);
            source.read_exact(sample.offset, &mut bytes)?;
            let mut at = sample.offset;
            for unit in parameters.units(&bytes).map_while(Result::ok) {
                let start = at + u64::from(parameters.length_size());
                at = start + unit.len() as u64;
                payloads.push(start..at);
            }
        }
        Ok(payloads)
    }
}

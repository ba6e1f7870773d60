//! Positions of coded data in a file, for tests that damage the decoder's input and leave the container intact.

use std::ops::Range;

use super::{Video, VideoError};

impl Video {
    /// Returns the positions in the file of all data passed to the decoder: NAL units without their lengths for H.264
    /// and HEVC, samples for VP9.
    ///
    /// # Errors
    /// Reading the file failed.
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

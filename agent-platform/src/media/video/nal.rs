//! NAL units of H.264 and HEVC: splitting samples, and detecting disposable ones.

use super::fields::{Fields, UnexpectedEnd};

/// The decoder configuration from `avcC` or `hvcC`: parameter sets, and how samples are split.
#[derive(Debug, Clone, Default)]
pub(super) struct ParameterSets {
    /// NAL units without a length or a start code.
    pub(super) units: Vec<Vec<u8>>,
    /// Size of the length prefix of each NAL unit, in bytes: 1 to 4, or 0 for codecs without NAL units.
    length_size: u8,
    /// The number of temporal layers of HEVC, or 0 if unknown.
    layers: u8,
}

impl ParameterSets {
    pub(super) fn length_size(&self) -> u8 {
        self.length_size
    }

    /// Parses `avcC` (ISO/IEC 14496-15, 5.3.3.1).
    pub(super) fn from_avcc(body: &[u8]) -> Result<Self, UnexpectedEnd> {
        let mut fields = Fields::new(body);
        fields.take(4)?;
        let length_size = (fields.u8()? & 3) + 1;
        let mut units = Vec::new();
        for mask in [0x1f, 0xff] {
            let count = fields.u8()? & mask;
            for _ in 0..count {
                units.push(sized_unit(&mut fields)?);
            }
        }
        Ok(Self { units, length_size, layers: 0 })
    }

    /// Parses `hvcC` (ISO/IEC 14496-15, 8.3.3.1).
    pub(super) fn from_hvcc(body: &[u8]) -> Result<Self, UnexpectedEnd> {
        let mut fields = Fields::new(body);
        fields.take(21)?;
        let layers_and_size = fields.u8()?;
        let arrays = fields.u8()?;
        let mut units = Vec::new();
        for _ in 0..arrays {
            let _kind = fields.u8()?;
            let count = fields.u16()?;
            for _ in 0..count {
                units.push(sized_unit(&mut fields)?);
            }
        }
        Ok(Self { units, length_size: (layers_and_size & 3) + 1, layers: layers_and_size >> 3 & 7 })
    }

    /// Splits a sample into NAL units.
    pub(super) fn units<'s>(&self, sample: &'s [u8]) -> Units<'s> {
        Units { fields: Fields::new(sample), length_size: self.length_size }
    }

    /// Returns `true` if no other sample depends on an H.264 sample: `nal_ref_idc` is 0 in all its slices.
    pub(super) fn h264_disposable(&self, sample: &[u8]) -> bool {
        let mut slices = 0;
        for unit in self.units(sample) {
            let Some(Ok(first)) = unit.ok().map(|unit| unit.first().copied().ok_or(UnexpectedEnd)) else {
                return false;
            };
            if (1..=5).contains(&(first & 31)) {
                if first & 0x60 != 0 {
                    return false;
                }
                slices += 1;
            }
        }
        slices > 0
    }

    /// Returns `true` if no other sample depends on an HEVC sample: it is a sub-layer non-reference picture of the
    /// highest layer.
    pub(super) fn hevc_disposable(&self, sample: &[u8]) -> bool {
        let mut slices = 0;
        for unit in self.units(sample) {
            let Ok([first, second, ..]) = unit else { return false };
            let kind = first >> 1 & 63;
            if kind < 32 {
                // Even types below 16 are not referenced within their own layer.
                if kind > 14 || kind % 2 == 1 || second & 7 != self.layers {
                    return false;
                }
                slices += 1;
            }
        }
        slices > 0
    }
}

fn sized_unit(fields: &mut Fields<'_>) -> Result<Vec<u8>, UnexpectedEnd> {
    let size = fields.u16()?;
    fields.take(usize::from(size)).map(<[u8]>::to_vec)
}

/// An iterator over the length-prefixed NAL units of a sample.
pub(super) struct Units<'s> {
    fields: Fields<'s>,
    length_size: u8,
}

impl<'s> Iterator for Units<'s> {
    type Item = Result<&'s [u8], UnexpectedEnd>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.fields.rest().is_empty() {
            return None;
        }
        let unit = self.read();
        if unit.is_err() {
            self.fields = Fields::new(&[]);
        }
        Some(unit)
    }
}

impl<'s> Units<'s> {
    fn read(&mut self) -> Result<&'s [u8], UnexpectedEnd> {
        let mut size = 0usize;
        for _ in 0..self.length_size {
            size = size << 8 | usize::from(self.fields.u8()?);
        }
        self.fields.take(size)
    }
}

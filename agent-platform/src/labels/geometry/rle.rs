//! The run-length string of masks and segmentations (contract: `docs/contract/label-format.md#run-length-string`).

use crate::labels::rle_error::RleError;

/// From here on, a run is written as its difference to the one two before.
const FIRST_DIFFERENCE: usize = 3;

/// Writes runs, which alternate between zeros and ones and start with the zeros.
#[must_use]
pub fn encode_runs(runs: &[u64]) -> String {
    let mut out = String::with_capacity(runs.len() * 2);
    for (index, run) in runs.iter().enumerate() {
        let mut number = i128::from(*run);
        if index >= FIRST_DIFFERENCE {
            number -= i128::from(runs[index - 2]);
        }
        push_number(&mut out, number);
    }
    out
}

/// Groups of five bits, lowest first; bit 5 says that more follow.
fn push_number(out: &mut String, mut number: i128) {
    loop {
        let group = u8::try_from(number & 0x1f).unwrap_or_default();
        number >>= 5;
        let negative = group & 0x10 != 0;
        let done = if negative { number == -1 } else { number == 0 };
        out.push(char::from(48 + if done { group } else { group | 0x20 }));
        if done {
            return;
        }
    }
}

/// Reads runs, which alternate between zeros and ones and start with the zeros.
///
/// # Errors
/// Text that is no run-length string.
pub fn decode_runs(text: &str) -> Result<Vec<u64>, RleError> {
    let mut runs: Vec<u64> = Vec::new();
    let mut number: i128 = 0;
    let mut shift = 0;
    for (at, byte) in text.bytes().enumerate() {
        let group = byte.checked_sub(48).filter(|group| *group < 64).ok_or(RleError::Character { at })?;
        if shift > 65 {
            return Err(RleError::Run);
        }
        number |= i128::from(group & 0x1f) << shift;
        shift += 5;
        if group & 0x20 != 0 {
            continue;
        }
        if group & 0x10 != 0 {
            number |= -1 << shift;
        }
        if runs.len() >= FIRST_DIFFERENCE {
            number += i128::from(runs[runs.len() - 2]);
        }
        runs.push(u64::try_from(number).map_err(|_| RleError::Run)?);
        (number, shift) = (0, 0);
    }
    if shift == 0 { Ok(runs) } else { Err(RleError::End) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodes_and_decodes_known_vectors() {
        let cases: [(&[u64], &str); 13] = [
            (&[5, 2, 5], "525"),
            (&[0, 3, 3], "033"),
            (&[1; 8], "11100000"),
            (&[10, 3, 20, 7], ":3d04"),
            (&[1, 9, 1, 4], "191K"),
            (&[15], "?"),
            (&[16], "`0"),
            (&[31], "o0"),
            (&[32], "P1"),
            (&[3072], "PP3"),
            (&[0, 3072], "0PP3"),
            (&[2, 2, 1, 2, 1, 2, 2], "2210001"),
            (&[0, 6, 4, 6, 4, 3], "06400M"),
        ];
        for (runs, text) in cases {
            assert_eq!(encode_runs(runs), text);
            assert_eq!(decode_runs(text).as_deref(), Ok(runs));
        }
        assert_eq!(encode_runs(&[1_000_000]).len(), 5);
    }

    #[test]
    fn rejects_invalid_text() {
        assert_eq!(decode_runs("5p"), Err(RleError::Character { at: 1 }));
        assert_eq!(decode_runs("P"), Err(RleError::End));
        assert_eq!(decode_runs("O"), Err(RleError::Run), "a negative run");
        assert_eq!(decode_runs(&"o".repeat(40)), Err(RleError::Run));
    }

    proptest! {
        #[test]
        fn runs_round_trip(runs in proptest::collection::vec(any::<u64>(), 0..50)) {
            prop_assert_eq!(decode_runs(&encode_runs(&runs)).unwrap(), runs);
        }

        #[test]
        fn decoding_never_panics(text in "[0-~]{0,40}") {
            let _ = decode_runs(&text);
        }
    }
}

//! Numbers of 16 bits.

/// Converts a number of 16 bits in the format of IEEE 754.
pub(crate) fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) =
        (u32::from(bits >> 15) << 31, u32::from(bits >> 10) & 0x1f, u32::from(bits) & 0x3ff);
    match exponent {
        0 => {
            // Subnormal: the fraction in units of 2⁻²⁴.
            let magnitude = f32::from(bits & 0x3ff) / 16_777_216.0;
            if sign == 0 { magnitude } else { -magnitude }
        }
        0x1f => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

/// Converts a number of 16 bits in the format `bfloat16`.
pub(crate) fn brain(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// Converts to a number of 16 bits in the format of IEEE 754, rounded to the nearest, and to even if two are equally near.
pub(crate) fn to_half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = u16::try_from(bits >> 31).unwrap_or(0) << 15;
    let magnitude = f32::from_bits(bits & 0x7fff_ffff);
    if magnitude.is_nan() {
        return sign | 0x7e00;
    }
    // The halves from 0 to infinity are in the order of their bits. Past the largest, infinity takes the place of the next power of two.
    let value_of = |bits: u16| if bits == 0x7c00 { 65536.0 } else { half(bits) };
    let (mut low, mut high) = (0_u16, 0x7c00_u16);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if value_of(middle) <= magnitude { low = middle } else { high = middle }
    }
    let (below, above) = (magnitude - value_of(low), value_of(high) - magnitude);
    let is_even = low.is_multiple_of(2);
    sign | if below < above || (below == above && is_even) { low } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_numbers_of_16_bits() {
        let halves = [0x3c00, 0xc000, 0x0001, 0x7bff].map(half);
        assert_eq!(halves, [1.0, -2.0, 5.960_464_5e-8, 65504.0]);
        assert!(half(0x7e00).is_nan() && half(0xfc00) == f32::NEG_INFINITY);
        assert_eq!(brain(0xbfc0), -1.5);
    }

    #[test]
    fn every_half_survives_a_round_trip() {
        for bits in (0..=0x7c00_u16).flat_map(|bits| [bits, bits | 0x8000]) {
            assert_eq!(to_half(half(bits)), bits);
        }
        assert!(half(to_half(f32::NAN)).is_nan());
    }

    #[test]
    fn rounds_to_the_nearest_half() {
        let tie = 1.0 + 1.0 / 2048.0;
        for (value, bits) in [(tie, 0x3c00), (tie + 1.0 / 1024.0, 0x3c02), (tie + 1e-6, 0x3c01), (-1e-9, 0x8000)] {
            assert_eq!(to_half(value), bits, "{value}");
        }
        assert_eq!([65519.0, 65520.0, f32::MAX].map(to_half), [0x7bff, 0x7c00, 0x7c00]);
    }
}

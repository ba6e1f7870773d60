//! Readers of byte and bit fields.

/// The data ended before the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnexpectedEnd;

/// A reader of big-endian byte fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'b> {
    rest: &'b [u8],
}

impl<'b> Fields<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, size: usize) -> Result<&'b [u8], UnexpectedEnd> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(UnexpectedEnd)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], UnexpectedEnd> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(UnexpectedEnd)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, UnexpectedEnd> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, UnexpectedEnd> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, UnexpectedEnd> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, UnexpectedEnd> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, UnexpectedEnd> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, UnexpectedEnd> {
        self.array().map(i64::from_be_bytes)
    }
}

/// A reader of bit fields, most significant bit first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Bits<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn flag(&mut self) -> Result<bool, UnexpectedEnd> {
        let byte = self.bytes.get(self.at / 8).ok_or(UnexpectedEnd)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Ok(bit == 1)
    }

    /// Reads a number of up to 32 bits.
    pub(super) fn number(&mut self, bits: u32) -> Result<u32, UnexpectedEnd> {
        let mut number = 0;
        for _ in 0..bits {
            number = number << 1 | u32::from(self.flag()?);
        }
        Ok(number)
    }

    /// Reads an unsigned Exp-Golomb code: `ue(v)`.
    pub(super) fn golomb(&mut self) -> Result<u32, UnexpectedEnd> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return Err(UnexpectedEnd);
            }
        }
        Ok((1 << zeros) - 1 + self.number(zeros)?)
    }

    /// Reads a signed Exp-Golomb code: `se(v)`.
    pub(super) fn signed_golomb(&mut self) -> Result<i64, UnexpectedEnd> {
        let code = i64::from(self.golomb()?);
        Ok(if code % 2 == 1 { (code + 1) / 2 } else { -code / 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields_in_order_and_rejects_short_data() {
        let mut fields = Fields::new(&[1, 0, 2, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!((fields.u8(), fields.u16(), fields.u32(), fields.i32()), (Ok(1), Ok(2), Ok(3), Ok(-1)));
        assert_eq!((fields.u8(), fields.take(1)), (Err(UnexpectedEnd), Err(UnexpectedEnd)));
    }

    #[test]
    fn reads_golomb_codes() {
        // 1, 010, 011, 00100, 00101: 0, 1, 2, 3, 4.
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!([(); 5].map(|()| bits.golomb()), [Ok(0), Ok(1), Ok(2), Ok(3), Ok(4)]);
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!([(); 5].map(|()| bits.signed_golomb()), [Ok(0), Ok(1), Ok(-1), Ok(2), Ok(-2)]);
        assert_eq!(Bits::new(&[0; 8]).golomb(), Err(UnexpectedEnd), "a code of more than 32 bits");
    }
}

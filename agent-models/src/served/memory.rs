//! Memory of responses. It counts towards a budget for as long as a tensor of the response lives.

use agent_platform::memory::{ByteBudget, BytePermit};
use bytes::{Bytes, BytesMut};

use super::error::ServedError;

/// The body of a response while it is read.
pub(super) struct ResponseBuffer {
    bytes: BytesMut,
    /// Maximum length.
    limit: usize,
    permit: BytePermit,
}

impl ResponseBuffer {
    /// Creates a buffer for a body of this announced length, or 0 if it is unknown.
    pub(super) fn new(announced: usize, limit: usize, budget: &ByteBudget) -> Result<Self, ServedError> {
        if announced > limit {
            return Err(ServedError::ResponseTooLarge { limit });
        }
        let permit = acquire(announced, budget)?;
        Ok(Self { bytes: BytesMut::with_capacity(announced), limit, permit })
    }

    /// Appends a part of the body.
    pub(super) fn push(&mut self, part: &[u8]) -> Result<(), ServedError> {
        let length = self.bytes.len() + part.len();
        if length > self.limit {
            return Err(ServedError::ResponseTooLarge { limit: self.limit });
        }
        let capacity = self.bytes.capacity();
        if length > capacity {
            let grown = length.max(2 * capacity);
            // The buffer is copied when it grows.
            self.permit.try_grow((capacity + grown) as u64).map_err(ServedError::NoMemory)?;
            self.bytes.reserve(grown - self.bytes.len());
            self.permit.shrink(grown as u64);
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }

    /// Returns the body. Its memory is released with the last slice of it.
    pub(super) fn freeze(self) -> Bytes {
        held(self.bytes, self.permit)
    }
}

/// Acquires memory without waiting: a call that waits could hold what others wait for.
pub(super) fn acquire(bytes: usize, budget: &ByteBudget) -> Result<BytePermit, ServedError> {
    budget.account().try_acquire(bytes as u64).map_err(ServedError::NoMemory)
}

/// Returns bytes whose memory is released with the last slice of them.
pub(super) fn held(bytes: impl AsRef<[u8]> + Send + 'static, permit: BytePermit) -> Bytes {
    Bytes::from_owner(Held { bytes, _permit: permit })
}

struct Held<B> {
    bytes: B,
    _permit: BytePermit,
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Held<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn memory_is_released_with_the_last_slice() {
        let budget = ByteBudget::new(4 << 20);
        let mut buffer = ResponseBuffer::new(MIB, usize::MAX, &budget).unwrap();
        buffer.push(&vec![1; MIB]).unwrap();
        assert_eq!(budget.available(), 3 << 20);
        let body = buffer.freeze();
        let slice = body.slice(..1);
        drop(body);
        assert_eq!(budget.available(), 3 << 20);
        drop(slice);
        assert_eq!(budget.available(), 4 << 20);
    }

    #[test]
    fn body_beyond_the_budget_is_not_kept() {
        let budget = ByteBudget::new(4 << 20);
        let mut buffer = ResponseBuffer::new(0, usize::MAX, &budget).unwrap();
        let part = vec![1; MIB / 2];
        let error = std::iter::repeat_with(|| buffer.push(&part)).take(9).find_map(Result::err).unwrap();
        assert!(matches!(error, ServedError::NoMemory(_)), "{error}");
        drop(buffer);
        assert_eq!(budget.available(), 4 << 20);
        assert!(matches!(ResponseBuffer::new(5 * MIB, usize::MAX, &budget), Err(ServedError::NoMemory(_))));
        assert!(matches!(ResponseBuffer::new(11, 10, &budget), Err(ServedError::ResponseTooLarge { limit: 10 })));
    }
}

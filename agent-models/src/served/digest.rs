//! Digests of tensors, by which a server finds the tensors that it keeps, and their names in the protocol.
//!
//! | message | content |
//! |---|---|
//! | request | parameter `tensor_sha256:NAME`: the digest of the input `NAME`, which is in `inputs` or left out |
//! | response | parameter `kept_tensors`: `sha256`. The server has checked and kept the tensors |
//! | error | its message contains `tensor_not_kept`: the server does not have an input that was left out |

use std::fmt;

use ring::digest::{Context, SHA256};

use super::datatype::Datatype;

/// The parameter of responses by which a server says that it keeps tensors.
#[cfg(feature = "served-grpc")]
pub(super) const KEPT_TENSORS: &str = "kept_tensors";
/// Its value.
pub(super) const ALGORITHM: &str = "sha256";
/// The word in the message of an error: the server does not have a tensor.
pub(super) const NOT_KEPT: &str = "tensor_not_kept";

/// The SHA-256 digest of a tensor: of its datatype, shape and raw data, without its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// Computes the digest of `UINT8 1,512,512,3`, a line feed, and the data.
    pub(super) fn compute(datatype: Datatype, shape: &[usize], data: &[u8]) -> Self {
        let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
        let mut context = Context::new(&SHA256);
        context.update(format!("{datatype} {}\n", lengths.join(",")).as_bytes());
        context.update(data);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }

    /// Returns the name of the parameter with the digest of an input.
    pub(super) fn parameter(input: &str) -> String {
        format!("tensor_sha256:{input}")
    }
}

/// Lowercase hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_type_shape_and_data() {
        let digest = Digest::compute(Datatype::Uint8, &[1, 3], b"abc");
        // printf 'UINT8 1,3\nabc' | sha256sum
        assert_eq!(digest.to_string(), "81a5cab960adda8136edc9e6dbe7b2ce72bb4cd382f91d035201440a8dd1d0ae");
        assert_ne!(digest, Digest::compute(Datatype::Int8, &[1, 3], b"abc"));
        assert_ne!(digest, Digest::compute(Datatype::Uint8, &[3, 1], b"abc"));
        assert_ne!(digest, Digest::compute(Datatype::Uint8, &[1, 3], b"abd"));
    }
}

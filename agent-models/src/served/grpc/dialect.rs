//! Differences between servers over gRPC.

/// The dialect of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The protocol, as in Triton, `KServe` and `MLServer`.
    Standard,
    /// `TorchServe`: another name of the service, and it ignores raw tensors and parameters.
    TorchServe,
}

impl Dialect {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Standard => Self::TorchServe,
            Self::TorchServe => Self::Standard,
        }
    }

    /// Returns the name of the service.
    pub(super) fn service(self) -> &'static str {
        match self {
            Self::Standard => "inference.GRPCInferenceService",
            Self::TorchServe => "org.pytorch.serve.grpc.openinference.GRPCInferenceService",
        }
    }

    /// Returns `true` if inputs are raw bytes, and `false` if they are typed elements.
    pub(super) fn has_raw_tensors(self) -> bool {
        self == Self::Standard
    }
}

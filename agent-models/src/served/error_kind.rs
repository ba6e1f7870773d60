//! Kinds of failures, for `/metrics`.

use super::error::ServedError;

/// The kind of a failed inference: that of a [`ServedError`], without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorKind {
    Unreachable,
    Interrupted,
    Timeout,
    Overloaded,
    UnknownModel,
    Rejected,
    RequestTooLarge,
    InvalidResponse,
    ResponseTooLarge,
    NoMemory,
    /// An invalid request, or invalid settings.
    InvalidRequest,
}

impl ErrorKind {
    /// All kinds, in the order of their discriminants.
    pub(super) const ALL: [Self; 11] = [
        Self::Unreachable,
        Self::Interrupted,
        Self::Timeout,
        Self::Overloaded,
        Self::UnknownModel,
        Self::Rejected,
        Self::RequestTooLarge,
        Self::InvalidResponse,
        Self::ResponseTooLarge,
        Self::NoMemory,
        Self::InvalidRequest,
    ];

    /// Returns the value of the label `kind`.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Interrupted => "interrupted",
            Self::Timeout => "timeout",
            Self::Overloaded => "overloaded",
            Self::UnknownModel => "unknown_model",
            Self::Rejected => "rejected",
            Self::RequestTooLarge => "request_too_large",
            Self::InvalidResponse => "invalid_response",
            Self::ResponseTooLarge => "response_too_large",
            Self::NoMemory => "no_memory",
            Self::InvalidRequest => "invalid_request",
        }
    }
}

impl From<&ServedError> for ErrorKind {
    fn from(error: &ServedError) -> Self {
        match error {
            ServedError::Unreachable(_) => Self::Unreachable,
            ServedError::Interrupted(_) => Self::Interrupted,
            ServedError::Timeout(_) => Self::Timeout,
            ServedError::Overloaded { .. } => Self::Overloaded,
            ServedError::UnknownModel { .. } => Self::UnknownModel,
            ServedError::Rejected { .. } => Self::Rejected,
            ServedError::RequestTooLarge => Self::RequestTooLarge,
            ServedError::InvalidResponse(_) => Self::InvalidResponse,
            ServedError::ResponseTooLarge { .. } => Self::ResponseTooLarge,
            ServedError::NoMemory(_) => Self::NoMemory,
            ServedError::InvalidRequest(_) | ServedError::InvalidSettings(_) => Self::InvalidRequest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_in_the_order_of_their_discriminants() {
        assert!(ErrorKind::ALL.iter().enumerate().all(|(index, kind)| *kind as usize == index));
    }
}

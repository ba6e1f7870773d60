//! Text that is not JSON.

/// Where and why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON at byte {offset}: {problem}")]
pub struct JsonError {
    /// Where, in bytes from the start of the text.
    pub offset: usize,
    /// Why.
    pub problem: JsonProblem,
}

/// Why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonProblem {
    /// The text ends inside a value.
    #[error("the text ends too early")]
    End,
    /// Something else stands where a value should.
    #[error("a value is expected")]
    Value,
    /// Something else stands where the key of an object should.
    #[error("a key in quotes is expected")]
    Key,
    /// No colon after a key.
    #[error("a colon is expected")]
    Colon,
    /// Neither a comma nor the end of the array or object.
    #[error("a comma or the end of the container is expected")]
    Comma,
    /// A control character or a wrong escape in a string.
    #[error("the string is malformed")]
    MalformedString,
    /// A number such as `01` or `1.`.
    #[error("the number is malformed")]
    Number,
    /// Arrays and objects nested deeper than 128.
    #[error("nested more than 128 deep")]
    Depth,
    /// Text after the value.
    #[error("there is more text after the value")]
    Trailing,
    /// Something else where an object should be.
    #[error("an object is expected")]
    NotAnObject,
    /// Something else where an array should be.
    #[error("an array is expected")]
    NotAnArray,
    /// More than 4 GiB of text.
    #[error("the text is larger than 4 GiB")]
    TooLarge,
}

//! JSON syntax errors.

/// Error of parsing JSON, with its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON at byte {offset}: {problem}")]
pub struct JsonError {
    /// Byte offset from the start of the text.
    pub offset: usize,
    /// The kind of error.
    pub problem: JsonProblem,
}

/// Kind of JSON error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonProblem {
    /// The text is truncated.
    #[error("the text is truncated")]
    End,
    /// A value is expected.
    #[error("a value is expected")]
    Value,
    /// The key of an object member is expected.
    #[error("a key in quotes is expected")]
    Key,
    /// A colon is expected after a key.
    #[error("a colon is expected")]
    Colon,
    /// A comma or the end of the array or object is expected.
    #[error("a comma or the end of the container is expected")]
    Comma,
    /// A string contains a control character or an invalid escape.
    #[error("the string is malformed")]
    MalformedString,
    /// The number is malformed, for example `01` or `1.`.
    #[error("the number is malformed")]
    Number,
    /// Arrays and objects are nested more than 128 levels deep.
    #[error("nested more than 128 deep")]
    Depth,
    /// There is text after the value.
    #[error("there is more text after the value")]
    Trailing,
    /// A value is not an object.
    #[error("an object is expected")]
    NotAnObject,
    /// A value is not an array.
    #[error("an array is expected")]
    NotAnArray,
    /// The text is larger than 4 GiB.
    #[error("the text is larger than 4 GiB")]
    TooLarge,
}

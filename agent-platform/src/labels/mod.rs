//! Label rows.

//! Requests to the platform.

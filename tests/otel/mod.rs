//! Traces over OTLP/HTTP: a program, its calls, and a collector on a real socket.

mod collector;
mod exports;
mod failures;
#[cfg(feature = "lambda")]
mod lambda;
mod stages;

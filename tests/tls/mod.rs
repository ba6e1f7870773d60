//! TLS in the server: HTTP/1.1 and HTTP/2 calls, loading and reloading of certificates, shutdown, and attacks.

mod calls;
mod crowds;
mod frames;
mod reload;
mod start;
mod stopping;
mod streams;

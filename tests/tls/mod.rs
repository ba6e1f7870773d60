//! TLS in the server: HTTP/1.1 and HTTP/2 calls, loading and reloading of certificates, shutdown, and attacks.

mod calls;
mod exhaustion;
mod frames;
mod reload;
mod shutdown;
mod start;
mod streams;

//! The server's own TLS: what callers of HTTP/1.1 and HTTP/2 get, how its certificate is read and followed, how it stops, and
//! what callers cannot do to it.

mod calls;
mod crowds;
mod frames;
mod reload;
mod start;
mod stopping;
mod streams;

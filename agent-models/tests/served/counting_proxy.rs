//! A TCP proxy on loopback that counts the bytes which clients send.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The proxy. It stops with the test's runtime.
pub(crate) struct CountingProxy {
    pub(crate) port: u16,
    sent: Arc<AtomicUsize>,
}

impl CountingProxy {
    /// Starts a proxy to this port.
    pub(crate) async fn start(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), sent: Arc::default() };
        let sent = Arc::clone(&proxy.sent);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                let ((from_client, mut to_client), (mut from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(forward(from_client, to_server, Arc::clone(&sent)));
                tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
            }
        });
        proxy
    }

    /// Returns the bytes sent since the last call.
    pub(crate) fn take(&self) -> usize {
        self.sent.swap(0, Ordering::SeqCst)
    }
}

async fn forward(
    mut client: tokio::net::tcp::OwnedReadHalf,
    mut server: tokio::net::tcp::OwnedWriteHalf,
    sent: Arc<AtomicUsize>,
) {
    let mut part = vec![0; 1 << 16];
    while let Ok(read @ 1..) = client.read(&mut part).await {
        sent.fetch_add(read, Ordering::SeqCst);
        if server.write_all(&part[..read]).await.is_err() {
            return;
        }
    }
}

//! Cancellation of image and video decoding.

use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that stops the decoding of an image or a video soon after it is set. Cheap to clone; all clones share the
/// flag.
#[derive(Debug, Clone, Default)]
pub struct Cancellation(Arc<AtomicBool>);

impl Cancellation {
    /// Sets the flag.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns `true` if the flag is set.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A guard that sets its flag when it is dropped: held by the future that waits for blocking work, it ends the work with the future.
///
/// ```
/// use agent_platform::media::CancelOnDrop;
///
/// let guard = CancelOnDrop::default();
/// let cancellation = guard.cancellation();
/// drop(guard);
/// assert!(cancellation.is_cancelled());
/// ```
#[derive(Debug, Default)]
pub struct CancelOnDrop(Cancellation);

impl CancelOnDrop {
    /// Returns the flag, for the work.
    #[must_use]
    pub fn cancellation(&self) -> Cancellation {
        self.0.clone()
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// A reader that fails once the work is cancelled. Decoders read as they go, so they stop at their next read.
pub(super) struct CancellableReader<'c, R> {
    inner: R,
    cancellation: &'c Cancellation,
}

impl<'c, R> CancellableReader<'c, R> {
    pub(super) fn new(inner: R, cancellation: &'c Cancellation) -> Self {
        Self { inner, cancellation }
    }

    fn check(&self) -> io::Result<()> {
        if self.cancellation.is_cancelled() { Err(io::Error::other("the work was cancelled")) } else { Ok(()) }
    }
}

impl<R: Read> Read for CancellableReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for CancellableReader<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

impl<R: Seek> Seek for CancellableReader<'_, R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.inner.seek(position)
    }
}

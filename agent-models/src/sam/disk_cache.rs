//! Embeddings of earlier images in a folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use agent_platform::media::RgbImage;
use ring::digest::{Context, SHA256, SHA256_OUTPUT_LEN, digest};

use super::segmenter::{Embedding, ModelDigest};

const MAGIC: &[u8; 12] = b"AgentEmbed 1";
const FEATURES: usize = 64 * 64 * 256;
const COLOURS: usize = 256 * 256;
/// Magic, digests of model and image, size, extent.
const HEADER_BYTES: usize = MAGIC.len() + 2 * SHA256_OUTPUT_LEN + 8 + 8;
/// Size of a file, in bytes.
pub(super) const FILE_BYTES: usize = HEADER_BYTES + 4 * FEATURES + 3 * COLOURS + SHA256_OUTPUT_LEN;
const EXTENSION: &str = "embedding";
/// Age from which an unfinished file belongs to a process that has ended.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Error of a folder for embeddings.
#[derive(Debug, thiserror::Error)]
#[error(
    "Cannot keep embeddings in {}: {error}. Name a folder that this program can create or write to.",
    folder.display()
)]
pub struct DiskCacheError {
    /// The folder.
    pub folder: PathBuf,
    /// The cause.
    #[source]
    pub error: io::Error,
}

/// The SHA-256 digest of the size and the pixels of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageDigest([u8; SHA256_OUTPUT_LEN]);

impl ImageDigest {
    pub(super) fn new(image: &RgbImage) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&image.width().to_le_bytes());
        context.update(&image.height().to_le_bytes());
        context.update(image.as_raw());
        Self(array(context.finish().as_ref()))
    }
}

/// A folder of embeddings with a maximum size. Several processes may share it. Files are named by the digests of the model and the
/// pixels, so an image that was replaced in its storage has another file. The times of the files are those of their last use.
#[derive(Debug)]
pub(super) struct DiskCache {
    folder: PathBuf,
    /// Maximum size of all files, in bytes.
    limit: u64,
    model: ModelDigest,
    /// Held while files are written and removed.
    writing: Mutex<()>,
}

impl DiskCache {
    /// Creates the folder if it is missing, and checks that files can be written to it.
    pub(super) fn open(folder: &Path, limit: u64, model: ModelDigest) -> Result<Self, DiskCacheError> {
        let cache = Self { folder: folder.to_owned(), limit, model, writing: Mutex::default() };
        let checked = create_folder(folder).and_then(|()| {
            let path = cache.unfinished_path("check");
            let written = create_file(&path).and_then(|mut file| file.write_all(MAGIC));
            let removed = fs::remove_file(&path);
            written.and(removed)
        });
        checked.map_err(|error| DiskCacheError { folder: folder.to_owned(), error })?;
        Ok(cache)
    }

    /// Reads the embedding of an image. A missing, damaged or foreign file is `None`.
    pub(super) fn read(&self, image: &ImageDigest) -> Option<Embedding> {
        let path = self.path(image);
        let metadata = fs::symlink_metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() != FILE_BYTES as u64 {
            return None;
        }
        let bytes = fs::read(&path).ok()?;
        let embedding = self.decode(&bytes, image);
        if embedding.is_none() {
            tracing::warn!(path = %path.display(), "an embedding on the disk is damaged, and will be replaced");
            return None;
        }
        // If the time cannot be set, the file is evicted earlier.
        let used = File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        drop(used);
        embedding
    }

    /// Writes the embedding of an image, after removing the files that were not used for longest. A failure is logged.
    pub(super) fn write(&self, image: &ImageDigest, embedding: &Embedding) {
        if self.limit < FILE_BYTES as u64 {
            return;
        }
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path(image);
        let unfinished = self.unfinished_path(&name_of(&path));
        let written = self.make_room(&path).and_then(|()| {
            let mut file = create_file(&unfinished)?;
            file.write_all(&self.encode(image, embedding))?;
            // A directory with the name of the file stays: it is not ours.
            fs::rename(&unfinished, &path)
        });
        if let Err(error) = written {
            drop(fs::remove_file(&unfinished));
            tracing::warn!(%error, path = %path.display(), "cannot keep an embedding on the disk");
        }
    }

    /// Removes the files that were not used for longest, until one more fits, and those that other processes left unfinished. Files
    /// with other names are neither counted nor removed.
    fn make_room(&self, replaced: &Path) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else { continue };
            let name = name_of(&path);
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if !metadata.is_file() || path == replaced {
                continue;
            }
            if is_unfinished(&name) {
                if modified.elapsed().is_ok_and(|age| age > ABANDONED) {
                    fs::remove_file(&path)?;
                }
            } else if is_finished(&name) {
                files.push((modified, metadata.len(), path));
            }
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files {
            if total + FILE_BYTES as u64 <= self.limit {
                break;
            }
            match fs::remove_file(&path) {
                // Another process was faster.
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => total -= length,
            }
        }
        Ok(())
    }

    fn path(&self, image: &ImageDigest) -> PathBuf {
        self.folder.join(format!("{}-{}.{EXTENSION}", hex(&self.model[..8]), hex(&image.0)))
    }

    fn unfinished_path(&self, name: &str) -> PathBuf {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Relaxed);
        self.folder.join(format!(".{name}.{}-{number}.{EXTENSION}-part", std::process::id()))
    }

    fn encode(&self, image: &ImageDigest, embedding: &Embedding) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FILE_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(self.model);
        bytes.extend(image.0);
        let (width, height) = embedding.size;
        bytes.extend([width, height].iter().flat_map(|side| side.to_le_bytes()));
        bytes.extend(embedding.extent.iter().flat_map(|side| side.to_le_bytes()));
        bytes.extend(embedding.features.iter().flat_map(|feature| feature.to_le_bytes()));
        bytes.extend(embedding.colours.as_flattened());
        let checksum = digest(&SHA256, &bytes);
        bytes.extend(checksum.as_ref());
        bytes
    }

    fn decode(&self, bytes: &[u8], image: &ImageDigest) -> Option<Embedding> {
        let (content, checksum) = bytes.split_last_chunk::<SHA256_OUTPUT_LEN>()?;
        let (header, content) = content.split_at_checked(HEADER_BYTES)?;
        let (features, colours) = content.split_at_checked(4 * FEATURES)?;
        let expected = [&MAGIC[..], &self.model, &image.0].concat();
        let sides = header.strip_prefix(&*expected)?;
        let is_whole = colours.len() == 3 * COLOURS
            && digest(&SHA256, &bytes[..bytes.len() - SHA256_OUTPUT_LEN]).as_ref() == checksum;
        if !is_whole {
            return None;
        }
        let [width, height, across, down] = array(&sides.chunks_exact(4).map(array::<u8, 4>).collect::<Vec<_>>());
        Some(Embedding {
            features: features.chunks_exact(4).map(|bytes| f32::from_le_bytes(array(bytes))).collect(),
            colours: colours.chunks_exact(3).map(array).collect(),
            extent: [f32::from_le_bytes(across), f32::from_le_bytes(down)],
            size: (u32::from_le_bytes(width), u32::from_le_bytes(height)),
        })
    }
}

/// Creates a folder that only its owner can read: embeddings show what is on the images.
fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates a file that only its owner can read.
fn create_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Returns whether a file has the name of an embedding, of any model.
fn is_finished(name: &str) -> bool {
    let digests = name.strip_suffix(EXTENSION).and_then(|name| name.strip_suffix('.'));
    let digests = digests.and_then(|digests| digests.split_once('-'));
    let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digests.is_some_and(|(model, image)| is_hex(model, 16) && is_hex(image, 2 * SHA256_OUTPUT_LEN))
}

fn is_unfinished(name: &str) -> bool {
    name.starts_with('.') && name.strip_suffix("-part").is_some_and(|name| name.ends_with(EXTENSION))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Copies a slice of known length.
fn array<T: Copy + Default, const N: usize>(slice: &[T]) -> [T; N] {
    let mut array = [T::default(); N];
    array.copy_from_slice(slice);
    array
}

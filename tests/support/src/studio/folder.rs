//! A project folder that is removed when dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

pub struct ProjectFolder(PathBuf);

impl ProjectFolder {
    /// Creates a folder with the test ontology, and a `project.toml` with these lines after the title.
    pub fn new(settings: &str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = Self(std::env::temp_dir().join(format!("agent-studio-{}-{number}", std::process::id())));
        folder.write("project.toml", format!("title = \"Folder\"\n{settings}"));
        folder.write("ontology.json", super::ONTOLOGY);
        folder
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        let path = self.0.join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Returns the names of the files in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for ProjectFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns an image file of this size: uncompressed BMP.
pub fn image(width: u32, height: u32) -> Vec<u8> {
    let row = (width * 3).div_ceil(4) * 4;
    let mut file = b"BM".to_vec();
    file.extend((54 + row * height).to_le_bytes());
    file.extend([0; 4]);
    for word in [54, 40, width, height, 1 | 24 << 16, 0, row * height, 2835, 2835, 0, 0] {
        file.extend(word.to_le_bytes());
    }
    file.resize(54 + (row * height) as usize, 0x7f);
    file
}

/// Returns a sound file with this many milliseconds of silence, 8000 samples of 16 bits per second.
pub fn sound(milliseconds: u32) -> Vec<u8> {
    let bytes = milliseconds * 16;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(8000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    file.resize(44 + bytes as usize, 0);
    file
}

/// Returns an MP4 file of 160 x 120 pixels with a number of frames, 8 per second, without the coded frames.
pub fn video(frames: u32) -> Vec<u8> {
    let boxed = |kind: &[u8; 4], payload: &[u8]| {
        [&u32::try_from(payload.len() + 8).unwrap().to_be_bytes()[..], kind, payload].concat()
    };
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_be_bytes()).collect() };
    let mut header = words(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    header.extend(words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000, 160 << 16, 120 << 16]));
    let handler = [&words(&[0, 0])[..], b"vide", &[0; 12]].concat();
    let mut entry = vec![0; 78];
    (entry[25], entry[27]) = (160, 120);
    // All frames have one byte, at the start of the file.
    let table = [
        boxed(b"stsd", &[words(&[0, 1]), boxed(b"mp4v", &entry)].concat()),
        boxed(b"stts", &words(&[0, 1, frames, 1000])),
        boxed(b"stsz", &words(&[0, 1, frames])),
        boxed(b"stsc", &words(&[0, 1, 1, frames, 1])),
        boxed(b"stco", &words(&[0, 1, 0])),
    ];
    let table = boxed(b"stbl", &table.concat());
    let media =
        [boxed(b"mdhd", &words(&[0, 0, 0, 8000, frames * 1000, 0])), boxed(b"hdlr", &handler), boxed(b"minf", &table)]
            .concat();
    let track = [boxed(b"tkhd", &header), boxed(b"mdia", &media)].concat();
    let movie = [boxed(b"mvhd", &words(&[0, 0, 0, 8000, 0])), boxed(b"trak", &track)].concat();
    [boxed(b"ftyp", b"isom"), boxed(b"moov", &movie)].concat()
}

//! Embeddings in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use agent_models::sam::SharedSegmenter;

use super::world::{Data, World, model};

/// Size of a file, in bytes.
const FILE: u64 = 4_391_036;

fn with_folder(folder: &Path, files: u64) -> SharedSegmenter {
    model(4).with_disk_cache(folder, files * FILE).unwrap()
}

/// Returns the names of the files, the one that was used last at the end.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
    files
}

/// Encodes an image with a model, and returns its disk hits and encodings so far, and the response of `segment`.
async fn encode(world: &World, model: &SharedSegmenter, data: Data) -> (u64, u64, String) {
    let agents = world.serve_model(model).await;
    let payload = world
        .labelled(data, |row| Ok(vec![row.add("Item").bounding_box(0.2, 0.2, 0.6, 0.6).on(0)?.hash().to_string()]));
    let (status, masks) = agents.answer("/segment", &payload).await;
    assert_eq!(status, 200, "{masks}");
    let counts = model.cache_counts();
    (counts.disk_hits, counts.encodings, masks)
}

#[tokio::test]
async fn another_instance_answers_from_disk() {
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let folder = folder.path().join("new/embeddings");
    let (_, encodings, masks) = encode(&world, &with_folder(&folder, 2), Data::Cat).await;
    assert_eq!((encodings, files(&folder).len()), (1, 1));
    assert_eq!(fs::metadata(&files(&folder)[0]).unwrap().len(), FILE);
    let again = with_folder(&folder, 2);
    assert_eq!(encode(&world, &again, Data::Cat).await, (1, 0, masks));
    // Then it is in memory.
    assert_eq!(encode(&world, &again, Data::Cat).await.0, 1);
    assert_eq!(again.cache_counts().hits, 1);
}

#[tokio::test]
async fn damaged_and_foreign_files_are_replaced() {
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let (.., masks) = encode(&world, &with_folder(folder.path(), 2), Data::Cat).await;
    let path = files(folder.path()).remove(0);
    let whole = fs::read(&path).unwrap();
    let (mut flipped, mut other_model) = (whole.clone(), whole.clone());
    flipped[3_000_000] ^= 1;
    other_model[20] ^= 1;
    // With a valid checksum, so that only the digest of the model differs.
    let length = other_model.len();
    let checksum = ring::digest::digest(&ring::digest::SHA256, &other_model[..length - 32]);
    other_model[length - 32..].copy_from_slice(checksum.as_ref());
    for damaged in [flipped, other_model] {
        fs::write(&path, damaged).unwrap();
        assert_eq!(encode(&world, &with_folder(folder.path(), 2), Data::Cat).await, (0, 1, masks.clone()));
        assert!(fs::read(&path).unwrap() == whole, "the file is replaced");
    }
    // Neither a file of another length nor a folder is read.
    fs::write(&path, &whole[..1000]).unwrap();
    let (hits, ..) = encode(&world, &with_folder(folder.path(), 0), Data::Cat).await;
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let blocked = encode(&world, &with_folder(folder.path(), 2), Data::Cat).await;
    assert_eq!((hits, blocked), (0, (0, 1, masks)));
    assert!(path.is_dir() && files(folder.path()).len() == 1, "nothing unfinished is left");
}

#[tokio::test]
async fn folder_keeps_to_its_size_and_the_latest() {
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let (notes, abandoned) = (folder.path().join("notes.txt"), folder.path().join(".x.1-1.embedding-part"));
    fs::write(&notes, vec![0; 10_000_000]).unwrap();
    let old = fs::File::create(&abandoned).unwrap();
    old.set_modified(SystemTime::now() - Duration::from_secs(7200)).unwrap();
    let first = with_folder(folder.path(), 2);
    for data in [Data::Cat, Data::Rocket] {
        encode(&world, &first, data).await;
    }
    let cat = files(folder.path()).into_iter().find(|path| path.extension().is_some_and(|end| end == "embedding"));
    // Read from the disk, so that the rocket is the one that was not used for longest.
    assert_eq!(encode(&world, &with_folder(folder.path(), 2), Data::Cat).await.0, 1);
    encode(&world, &first, Data::Astronaut).await;
    let left = files(folder.path());
    assert!(left.len() == 3 && left.contains(&notes) && left.contains(&cat.unwrap()), "{left:?}");
}

#[test]
fn names_folder_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let error = model(1).with_disk_cache(&file, FILE).unwrap_err().to_string();
    assert!(error.starts_with(&format!("Cannot keep embeddings in {}: ", file.display())), "{error}");
    assert!(error.ends_with("Name a folder that this program can create or write to."), "{error}");
}

//! Writes the first inputs of the fuzz targets: `seeds RECORDINGS FOLDER`.
//!
//! RECORDINGS is `tests/recordings`. For each target FOLDER gets a folder of inputs, and a dictionary of the keys and words in
//! them.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// The longest text that a target is given, in bytes: `fuzz/run` says the same.
const LONGEST: usize = 16 * 1024;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, recordings, folder] = &arguments[..] else { return Err("usage: seeds RECORDINGS FOLDER".into()) };
    let (recordings, folder) = (Path::new(recordings), Path::new(folder));
    let documents = texts(&recordings.join("rows"))?;
    let is_ontology = |name: &str| name.ends_with(".ontology.json") || name.starts_with("ontology_");
    let is_row = |name: &str| !is_ontology(name) && (name.ends_with(".row.json") || name.ends_with(".sdk_save.json"));

    let rows: Vec<&String> = documents.iter().filter(|file| is_row(&file.0)).map(|file| &file.1).collect();
    let mut editable_rows = Vec::new();
    for row in &rows {
        editable_rows.push(editable(serde_json::from_str(row)?).to_string());
    }
    write(folder, "row", rows.iter().copied().chain(&editable_rows))?;
    write(folder, "ontology", documents.iter().filter(|file| is_ontology(&file.0)).map(|file| &file.1))?;

    let mut bodies = Vec::new();
    for (_, exchange) in texts(&recordings.join("exchanges"))? {
        bodies.push(serde_json::from_str::<Value>(&exchange)?["response"]["body"]["json"].to_string());
    }
    let errors: Vec<Value> = serde_json::from_str(&fs::read_to_string(recordings.join("errors.json"))?)?;
    bodies.extend(errors.iter().map(|case| case["answer"]["body"].to_string()));
    bodies.extend(rows.iter().map(|row| format!(r#"{{"status": 200, "response": [{row}], "payload": null}}"#)));
    write(folder, "envelope", bodies.iter())?;

    files(folder, "image", "media_files", IMAGE_WORDS)?;
    files(folder, "video", "media", VIDEO_WORDS)
}

/// What containers of videos are made of, in a dictionary's spelling.
const VIDEO_WORDS: &[&str] = &[
    "ftyp",
    "moov",
    "trak",
    "tkhd",
    "edts",
    "elst",
    "mdia",
    "mdhd",
    "hdlr",
    "vide",
    "stbl",
    "stsd",
    "avc1",
    "avcC",
    "hvc1",
    "hvcC",
    "vp09",
    "colr",
    "nclx",
    "stts",
    "ctts",
    "stss",
    "stsc",
    "stsz",
    "stz2",
    "stco",
    "co64",
    "mvex",
    "trex",
    "moof",
    "traf",
    "tfhd",
    "tfdt",
    "trun",
    "mdat",
    r"\x1a\x45\xdf\xa3",
    r"\x18\x53\x80\x67",
    r"\x15\x49\xa9\x66",
    r"\x16\x54\xae\x6b",
    r"\x1f\x43\xb6\x75",
    r"\x63\xa2",
    r"\xff\xff\xff\xff",
    "V_VP9",
    "V_MPEG4/ISO/AVC",
    "V_MPEGH/ISO/HEVC",
];

/// What formats of images are made of, in a dictionary's spelling.
const IMAGE_WORDS: &[&str] = &[
    r"\xff\xd8\xff",
    r"\xff\xc0",
    r"\xff\xc2",
    r"\xff\xc4",
    r"\xff\xda",
    r"\xff\xdb",
    r"\xff\xdd",
    r"\xff\xd9",
    r"\xff\xd0",
    r"Exif\x00\x00",
    r"Adobe\x00",
    r"\x89PNG",
    "IHDR",
    "PLTE",
    "IDAT",
    "IEND",
    "tRNS",
    "eXIf",
    "acTL",
    "fcTL",
    "fdAT",
    "RIFF",
    "WEBP",
    "VP8 ",
    "VP8L",
    "VP8X",
    "ANIM",
    "ANMF",
    "ALPH",
    "EXIF",
    r"II*\x00",
    r"MM\x00*",
    "BM",
    "GIF89a",
    r"\x21\xf9\x04",
];

/// Files of this crate's tests, as they are.
fn files(folder: &Path, target: &str, source: &str, words: &[&str]) -> Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(source);
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    let mut seeds = 0;
    for entry in fs::read_dir(&source).map_err(|error| format!("{}: {error}", source.display()))? {
        let path = entry?.path();
        let made = path.extension().is_none_or(|end| end != "py");
        if let (true, Some(name)) = (made && fs::metadata(&path)?.len() <= LONGEST as u64, path.file_name()) {
            fs::copy(&path, folder.join(name))?;
            seeds += 1;
        }
    }
    let entries: Vec<String> = words.iter().map(|word| format!("\"{word}\"\n")).collect();
    fs::write(folder.with_extension("dict"), entries.concat())?;
    println!("{target}: {seeds} seeds, {} words", words.len());
    Ok(())
}

/// The JSON files of a folder, by name.
fn texts(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "json") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// A row of the classes that the target `row` knows: each object's feature hash is its shape's name.
fn editable(value: Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(editable).collect(),
        Value::Object(mut members) => {
            if let (Some(shape), true) = (members.get("shape").cloned(), members.contains_key("featureHash")) {
                members.insert("featureHash".to_owned(), shape);
            } else if members.contains_key("classificationHash") && members.contains_key("featureHash") {
                members.insert("featureHash".to_owned(), json!("c"));
            }
            members.into_iter().map(|(key, member)| (key, editable(member))).collect()
        }
        other => other,
    }
}

fn write<'t>(folder: &Path, target: &str, texts: impl Iterator<Item = &'t String>) -> Result<()> {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    let texts: BTreeSet<&String> = texts.filter(|text| text.len() <= LONGEST).collect();
    if texts.is_empty() {
        return Err(format!("no input for the target {target}").into());
    }
    let mut words = BTreeSet::new();
    for (number, text) in texts.iter().enumerate() {
        fs::write(folder.join(format!("{number:04}.json")), text)?;
        collect(&serde_json::from_str(text)?, &mut words);
    }
    let entries: Vec<String> = words.iter().map(|word| format!("{}\n", escaped(word))).collect();
    fs::write(folder.with_extension("dict"), entries.concat())?;
    println!("{target}: {} seeds, {} words", texts.len(), words.len());
    Ok(())
}

/// Keys, and strings that look like names.
fn collect(value: &Value, words: &mut BTreeSet<String>) {
    const LONGEST_WORD: usize = 32;
    let mut word = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        if (1..=LONGEST_WORD).contains(&text.len()) && text.bytes().all(plain) {
            words.insert(format!("\"{text}\""));
        }
    };
    match value {
        Value::String(text) => word(text),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, words)),
        Value::Object(members) => {
            members.keys().for_each(|key| word(key));
            members.values().for_each(|member| collect(member, words));
        }
        _ => {}
    }
}

/// A word as libFuzzer's dictionaries spell it.
fn escaped(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

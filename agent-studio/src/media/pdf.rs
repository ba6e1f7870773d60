//! The number of pages of a PDF document, by its page objects in plain text and in object streams (ISO 32000-1).

use super::probe_error::{ProbeError, content};

/// Maximum decompressed size of an object stream, in bytes.
const MAX_STREAM_BYTES: usize = 64 << 20;

/// Returns the number of pages of a document.
pub(super) fn pages(file: &[u8]) -> Result<u64, ProbeError> {
    if !file.windows(5).take(1024).any(|window| window == b"%PDF-") {
        return Err(content("not a PDF document"));
    }
    let packed: u64 = object_streams(file).map(|stream| page_objects(&stream)).sum();
    match page_objects(file) + packed {
        0 => Err(content("no pages found, or the pages are encrypted")),
        pages => Ok(pages),
    }
}

/// Returns the number of page objects in a text.
fn page_objects(text: &[u8]) -> u64 {
    let mut count = 0;
    for at in find_all(text, b"/Type") {
        let rest = text[at + 5..].trim_ascii_start();
        let is_page =
            rest.strip_prefix(b"/Page").is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric));
        count += u64::from(is_page);
    }
    count
}

/// Returns the decompressed object streams.
fn object_streams(file: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    find_all(file, b"/ObjStm").filter_map(move |at| {
        let stream = at + find_all(&file[at..], b"stream").next()? + 6;
        let data = file[stream..].strip_prefix(b"\r\n").or_else(|| file[stream..].strip_prefix(b"\n"))?;
        let end = find_all(data, b"endstream").next()?;
        miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&data[..end], MAX_STREAM_BYTES).ok()
    })
}

/// Returns the offsets of a word in a text.
fn find_all<'a>(text: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_plain_and_compressed_pages() {
        let plain = b"%PDF-1.4\n1 0 obj <</Type /Pages /Count 2>>\n2 0 obj <</Type/Page/Parent 1 0 R>>\n3 0 obj <</Type /Page>>";
        assert_eq!(pages(plain).unwrap(), 2);
        let objects = b"2 0 3 30 <</Type/Page /Parent 1 0 R>> <</Type /Page>> <</Type /Pages>>";
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(objects, 6);
        let head = format!("%PDF-1.5\n4 0 obj <</Type /ObjStm /Length {}>>\nstream\r\n", packed.len());
        let document = [head.as_bytes(), &packed, b"\nendstream endobj"].concat();
        assert_eq!(pages(&document).unwrap(), 2);
        assert!(pages(b"%PDF-1.4 nothing").is_err());
        assert!(pages(b"text").is_err());
    }
}

//! PDF: the number of pages, by counting page objects where they are written and where they are packed (ISO 32000-1).

use super::probe_error::{ProbeError, content};

/// The most that a packed stream may unpack to, in bytes.
const LARGEST: usize = 64 << 20;

/// How many pages a document has.
pub(super) fn pages(file: &[u8]) -> Result<u64, ProbeError> {
    if !file.windows(5).take(1024).any(|window| window == b"%PDF-") {
        return Err(content("it does not begin like a PDF document"));
    }
    let packed: u64 = object_streams(file).map(|stream| page_objects(&stream)).sum();
    match page_objects(file) + packed {
        0 => Err(content("there are no pages in it, or they are encrypted")),
        pages => Ok(pages),
    }
}

/// How often an object says that it is a page.
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

/// The unpacked streams of objects.
fn object_streams(file: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    find_all(file, b"/ObjStm").filter_map(move |at| {
        let stream = at + find_all(&file[at..], b"stream").next()? + 6;
        let data = file[stream..].strip_prefix(b"\r\n").or_else(|| file[stream..].strip_prefix(b"\n"))?;
        let end = find_all(data, b"endstream").next()?;
        miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&data[..end], LARGEST).ok()
    })
}

/// Where a word is, each place once.
fn find_all<'a>(text: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_counted_written_or_packed() {
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

//! The parts of a `multipart/form-data` body, by their name.

use std::collections::HashMap;

/// Empty when it is none.
pub(super) fn parts<'b>(content_type: &str, body: &'b [u8]) -> HashMap<String, &'b [u8]> {
    let boundary = content_type.split("boundary=").nth(1).map(|rest| rest.trim_matches('"'));
    let Some(boundary) = boundary.filter(|one| !one.is_empty()) else { return HashMap::new() };
    let delimiter = format!("--{boundary}");
    let mut parts = HashMap::new();
    let mut rest = body;
    while let Some(start) = find(rest, delimiter.as_bytes()) {
        let part = &rest[start + delimiter.len()..];
        let end = find(part, delimiter.as_bytes()).unwrap_or(part.len());
        if let Some((name, content)) = named(&part[..end]) {
            parts.insert(name, content);
        }
        rest = &part[end..];
    }
    parts
}

fn named(part: &[u8]) -> Option<(String, &[u8])> {
    let head_ends = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..head_ends]).ok()?;
    let name = head.split("name=\"").nth(1)?.split('"').next()?;
    let content = &part[head_ends + 4..];
    Some((name.to_owned(), content.strip_suffix(b"\r\n").unwrap_or(content)))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_found_by_its_name_byte_for_byte() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"berichtMetadata\"\r\nContent-Type: application/json\r\n\r\n\
            {}\r\n--b\r\nContent-Disposition: form-data; name=\"payload\"; filename=\"p\"\r\n\r\na\r\n\r\nb\r\n--b--\r\n";
        let parts = parts("multipart/form-data; boundary=b", body);
        assert_eq!((parts["berichtMetadata"], parts["payload"]), (&b"{}"[..], &b"a\r\n\r\nb"[..]));
        assert!(
            super::parts("text/plain", body).is_empty()
                && super::parts("multipart/form-data; boundary=x", body).is_empty()
        );
    }
}

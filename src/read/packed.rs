//! Documents that are packed in themselves, as sitemaps often are: gzip (RFC 1952), whatever their name.

use flate2::read::MultiGzDecoder;
use std::io::{self, Read};

/// The bytes as they are, or what is packed in them; `None` if that is more than `largest`.
pub fn unpacked(bytes: Vec<u8>, largest: usize) -> io::Result<Option<Vec<u8>>> {
    if !bytes.starts_with(b"\x1F\x8B\x08") {
        return Ok(Some(bytes));
    }
    let mut out = Vec::new();
    let stream = MultiGzDecoder::new(bytes.as_slice());
    stream
        .take(largest as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|cause| io::Error::new(cause.kind(), format!("its gzip data cannot be unpacked: {cause}")))?;
    Ok((out.len() <= largest).then_some(out))
}

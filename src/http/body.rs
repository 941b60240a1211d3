//! The body of a request: a small one in memory, a large one in a file without a name until it is its turn.
//!
//! Large berichten are judged one at a time. All at once they would take as many times the memory and be done no
//! sooner, while a small one would wait for them: it has no turn, and never waits. Nor does a turn wait for somebody
//! who sends slowly: it begins when the whole body is here.

use std::io::SeekFrom;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::TryStreamExt;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::Problem;
use crate::echo::shown;

/// What large bodies take turns in.
pub(super) struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

/// A whole body. A large one has its turn as long as this is kept.
pub(super) struct Whole<'t> {
    pub bytes: Bytes,
    _turn: Option<SemaphorePermit<'t>>,
}

/// The whole body, if it is not larger than `limit` bytes; it takes a turn from `large` on. A declared length is believed before reading:
/// a client that still sends then gets its answer at once.
pub(super) async fn read<'t>(
    body: Body,
    headers: &HeaderMap,
    (limit, large): (usize, usize),
    turns: &'t Turns,
) -> Result<Whole<'t>, Problem> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Problem::TooLarge(limit));
    }
    let mut arrived = Arrived::default();
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.try_next().await.map_err(|_| Problem::BrokenBody)? {
        if arrived.size + frame.len() > limit {
            return Err(Problem::TooLarge(limit));
        }
        arrived.add(&frame, large).await.map_err(Problem::NoRoom)?;
    }
    let turn = match &arrived.rest {
        Some(_) => Some(turns.0.acquire().await.expect("turns are never closed")),
        None => None,
    };
    let bytes = arrived.read().await.map_err(Problem::NoRoom)?.into();
    Ok(Whole { bytes, _turn: turn })
}

/// The media type of a body that is in UTF-8 or says nothing of that; `wanted` says what to send, in Dutch.
///
/// # Errors
/// There is none, or the body is in another encoding.
pub(super) fn media_type(headers: &HeaderMap, wanted: &str) -> Result<String, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().filter(|media_type| !media_type.is_empty());
    let charset = parts.find_map(|part| part.strip_prefix("charset=")).map(|charset| charset.trim_matches('"'));
    match (media_type, charset) {
        (None, _) => Err(Problem::MediaType(format!("De kop Content-Type ontbreekt. {wanted}"))),
        (Some(_), Some(charset)) if !["utf-8", "utf8", "us-ascii"].contains(&charset) => {
            let charset = shown(charset);
            Err(Problem::MediaType(format!("charset={charset} wordt hier niet gelezen. {wanted} Gebruik UTF-8.")))
        }
        (Some(media_type), _) => Ok(media_type.to_owned()),
    }
}

/// What is here of a body.
#[derive(Default)]
struct Arrived {
    size: usize,
    /// Its begin.
    begin: Vec<u8>,
    /// What follows, of a large one.
    rest: Option<File>,
}

impl Arrived {
    async fn add(&mut self, frame: &[u8], large: usize) -> std::io::Result<()> {
        self.size += frame.len();
        if self.size <= large {
            self.begin.extend_from_slice(frame);
            return Ok(());
        }
        let rest = match &mut self.rest {
            Some(rest) => rest,
            None => self.rest.insert(File::from_std(tempfile::tempfile()?)),
        };
        rest.write_all(frame).await
    }

    async fn read(mut self) -> std::io::Result<Vec<u8>> {
        if let Some(rest) = &mut self.rest {
            rest.flush().await?;
            rest.seek(SeekFrom::Start(0)).await?;
            self.begin.reserve_exact(self.size - self.begin.len());
            rest.read_to_end(&mut self.begin).await?;
        }
        Ok(self.begin)
    }
}

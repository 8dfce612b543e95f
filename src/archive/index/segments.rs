//! The segments of a whole index, written by several threads.
//!
//! tantivy's own writer hands documents to whichever of its threads is free: then every making of an index would be another one.
//! Here each thread gets its turn, so that the same articles always stand in the same segments.

use super::lines;
use std::cmp::Reverse;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tantivy::directory::META_LOCK;
use tantivy::directory::error::DeleteError;
use tantivy::index::SegmentMeta;
use tantivy::indexer::{AddOperation, SegmentWriter};
use tantivy::{Directory, Index, IndexMeta, TantivyDocument, TantivyError};

/// Bytes that a segment takes in memory before it is written, at most.
const LARGEST: usize = 48 << 20;

/// Deals documents out to the threads.
#[derive(Debug)]
pub struct Dealer {
    threads: Vec<SyncSender<Vec<TantivyDocument>>>,
    turn: usize,
}

impl Dealer {
    /// Gives some to the thread whose turn it is, as soon as that has room for them.
    pub fn deal(&mut self, documents: Vec<TantivyDocument>) {
        // A thread that does not wait for more has failed, and says so in the end.
        let _ = self.threads[self.turn].send(documents);
        self.turn = (self.turn + 1) % self.threads.len();
    }
}

/// Writes segments of what is dealt out; they do not count before they are [committed](commit). Gives what the one who deals has
/// to say as well.
pub fn write<F>(
    index: &Index,
    threads: usize,
    deal: impl FnOnce(&mut Dealer) -> F,
) -> (tantivy::Result<Vec<SegmentMeta>>, F) {
    lines::register(index);
    thread::scope(|scope| {
        let (senders, workers): (Vec<_>, Vec<_>) = (0..threads.max(1))
            .map(|_| {
                let (sender, receiver) = sync_channel(1);
                (sender, scope.spawn(move || segments(index, receiver)))
            })
            .unzip();
        let mut dealer = Dealer { threads: senders, turn: 0 };
        let said = deal(&mut dealer);
        drop(dealer);
        let written = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        let written = written.collect::<tantivy::Result<Vec<_>>>();
        (written.map(|segments| segments.into_iter().flatten().collect()), said)
    })
}

/// The segments of one thread.
fn segments(index: &Index, documents: Receiver<Vec<TantivyDocument>>) -> tantivy::Result<Vec<SegmentMeta>> {
    let mut done = Vec::new();
    let mut begun = None;
    for document in documents.into_iter().flatten() {
        let mut segment = match begun.take() {
            Some(segment) => segment,
            None => Begun::new(index)?,
        };
        segment.writer.add_document(AddOperation { opstamp: 0, document })?;
        if segment.writer.mem_usage() < LARGEST {
            begun = Some(segment);
        } else {
            done.push(segment.finish(index)?);
        }
    }
    if let Some(segment) = begun {
        done.push(segment.finish(index)?);
    }
    Ok(done)
}

/// A segment that takes in documents.
struct Begun {
    segment: tantivy::Segment,
    writer: SegmentWriter,
}

impl Begun {
    fn new(index: &Index) -> tantivy::Result<Begun> {
        let segment = index.new_segment();
        Ok(Begun { writer: SegmentWriter::for_segment(LARGEST, segment.clone())?, segment })
    }

    fn finish(self, index: &Index) -> tantivy::Result<SegmentMeta> {
        let articles = self.writer.max_doc();
        self.writer.finalize()?;
        // What was stored is brought into its order by way of another file.
        match index.directory().delete(&self.segment.relative_path(tantivy::index::SegmentComponent::TempStore)) {
            Err(DeleteError::IoError { io_error, .. }) => return Err(TantivyError::IoError(io_error)),
            Ok(()) | Err(DeleteError::FileDoesNotExist(_)) => {}
        }
        Ok(index.new_segment_meta(self.segment.id(), articles))
    }
}

/// Makes these the segments of an index that has none, the largest first, as tantivy does.
pub fn commit(index: &Index, mut segments: Vec<SegmentMeta>, payload: &str) -> tantivy::Result<()> {
    segments.sort_by_key(|segment| Reverse(segment.max_doc()));
    let meta = IndexMeta {
        index_settings: index.settings().clone(),
        persisted_custom_extensions: Vec::new(),
        segments,
        schema: index.schema(),
        opstamp: 0,
        payload: Some(payload.to_owned()),
    };
    // The file stands there from now on: whoever only asks makes none.
    let _lock = index.directory().acquire_lock(&META_LOCK)?;
    let bytes = serde_json::to_vec_pretty(&meta).map_err(|cause| TantivyError::InternalError(cause.to_string()))?;
    index.directory().sync_directory()?;
    index.directory().atomic_write(Path::new("meta.json"), &bytes)?;
    Ok(index.directory().sync_directory()?)
}

//! Faults on purpose: a blob store that fails and stalls, for tests and for the chaos run. Only with the feature `chaos`.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use tokio::time::sleep;

/// What goes wrong in a blob store, on purpose: calls that fail, some of them after they have done what they were asked for, and
/// calls that take long. Clones share it, so that it can be changed while a server runs. In the beginning nothing goes wrong.
///
/// ```
/// use masthead_server::{Blobs, FaultRates, Faults};
///
/// let faults = Faults::new(1);
/// let blobs = Blobs::memory().with_faults(&faults);
/// faults.set(FaultRates::OUTAGE);
/// // Nothing can be written or read now.
/// faults.set(FaultRates::NONE);
/// # drop(blobs);
/// ```
#[derive(Clone, Debug)]
pub struct Faults {
    state: Arc<State>,
}

/// How often calls go wrong. Each call is drawn by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultRates {
    /// One call in so many fails; 0: none.
    pub failing: u32,
    /// One call in so many takes [`FaultRates::stall`] longer; 0: none.
    pub stalling: u32,
    /// How much longer.
    pub stall: Duration,
}

impl FaultRates {
    /// Nothing goes wrong.
    pub const NONE: Self = Self { failing: 0, stalling: 0, stall: Duration::ZERO };
    /// Every call fails.
    pub const OUTAGE: Self = Self { failing: 1, stalling: 0, stall: Duration::ZERO };
}

#[derive(Debug)]
struct State {
    rates: Mutex<FaultRates>,
    /// Of the generator that calls are drawn with.
    random: AtomicU64,
    failed: AtomicU64,
    stalled: AtomicU64,
}

/// What is to go wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failing {
    Never,
    Before,
    /// Done, and said to have failed: as when an answer is lost.
    After,
}

impl Faults {
    /// Draws by this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let state = State {
            rates: Mutex::new(FaultRates::NONE),
            random: AtomicU64::new(seed),
            failed: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
        };
        Self { state: Arc::new(state) }
    }

    /// From now on calls go wrong so often.
    pub fn set(&self, rates: FaultRates) {
        *self.state.rates.lock().unwrap_or_else(PoisonError::into_inner) = rates;
    }

    /// How many calls have failed on purpose.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.state.failed.load(Ordering::Relaxed)
    }

    /// How many calls were made to take long.
    #[must_use]
    pub fn stalled(&self) -> u64 {
        self.state.stalled.load(Ordering::Relaxed)
    }

    /// `store`, with these faults.
    pub(crate) fn on(&self, store: Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore> {
        Arc::new(Faulty { store, faults: self.clone() })
    }

    /// SplitMix64.
    fn random(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.state.random.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn one_in(&self, calls: u32) -> bool {
        calls > 0 && self.random().is_multiple_of(calls.into())
    }

    /// Draws what happens to a call, and lets it stall. The event says which request or job it has hit: it is in its span.
    async fn draw(&self, call: &'static str, path: &Path) -> Failing {
        let rates = *self.state.rates.lock().unwrap_or_else(PoisonError::into_inner);
        if self.one_in(rates.stalling) {
            self.state.stalled.fetch_add(1, Ordering::Relaxed);
            tracing::info!(call, %path, "stalls on purpose");
            sleep(rates.stall).await;
        }
        if !self.one_in(rates.failing) {
            return Failing::Never;
        }
        self.state.failed.fetch_add(1, Ordering::Relaxed);
        tracing::info!(call, %path, "fails on purpose");
        if self.one_in(2) { Failing::After } else { Failing::Before }
    }

    /// Runs a call, or what is made of it.
    async fn strike<T>(
        &self,
        call: &'static str,
        path: &Path,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        match self.draw(call, path).await {
            Failing::Never => work.await,
            Failing::Before => Err(fault()),
            Failing::After => {
                work.await?;
                Err(fault())
            }
        }
    }
}

fn fault() -> Error {
    Error::Generic { store: "faults", source: "failed on purpose".into() }
}

/// A store, and what goes wrong in it.
#[derive(Debug)]
struct Faulty {
    store: Arc<dyn ObjectStore>,
    faults: Faults,
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with faults", self.store)
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.faults.strike("put", path, self.store.put_opts(path, payload, options)).await
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.faults.strike("put in parts", path, self.store.put_multipart_opts(path, options)).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.faults.strike("get", path, self.store.get_opts(path, options)).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let faults = self.faults.clone();
        let drawn = paths.and_then(move |path| {
            let faults = faults.clone();
            async move {
                let failing = faults.draw("delete", &path).await;
                if failing == Failing::Never { Ok(path) } else { Err(fault()) }
            }
        });
        self.store.delete_stream(drawn.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (faults, listed) = (self.faults.clone(), self.store.list(prefix));
        let prefix = prefix.cloned().unwrap_or_default();
        let begin = async move { faults.strike("list", &prefix, async { Ok(listed) }).await };
        stream::once(begin).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let path = prefix.cloned().unwrap_or_default();
        self.faults.strike("list", &path, self.store.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.faults.strike("copy", from, self.store.copy_opts(from, to, options)).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.faults.strike("rename", from, self.store.rename_opts(from, to, options)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::{Blobs, Part};
    use crate::id::UploadId;

    #[tokio::test]
    async fn calls_fail_as_often_as_they_should() {
        let faults = Faults::new(7);
        let blobs = Blobs::memory().with_faults(&faults);
        let upload = UploadId::random();
        blobs.put_original(upload, "picture".into()).await.unwrap();
        assert_eq!((faults.failed(), faults.stalled()), (0, 0));

        faults.set(FaultRates { failing: 10, ..FaultRates::NONE });
        let mut failed = 0;
        for _ in 0..1000 {
            failed += u64::from(blobs.original(upload).await.is_err());
        }
        assert_eq!(failed, faults.failed());
        assert!((70..130).contains(&failed), "{failed} of 1000");

        faults.set(FaultRates::OUTAGE);
        assert!(blobs.original(upload).await.is_err());
        assert!(blobs.put_original(upload, "picture".into()).await.is_err());
        assert!(blobs.delete_original(upload).await.is_err());
        assert!(blobs.uploads(Part::Originals).await.is_err());
        faults.set(FaultRates::NONE);
        assert_eq!(blobs.uploads(Part::Originals).await.unwrap(), [upload], "what was not deleted");
    }

    /// Who is told of a failure must not believe that nothing was done.
    #[tokio::test]
    async fn some_have_done_what_they_failed_at() {
        let faults = Faults::new(7);
        let blobs = Blobs::memory().with_faults(&faults);
        faults.set(FaultRates::OUTAGE);
        for _ in 0..100 {
            assert!(blobs.put_original(UploadId::random(), "picture".into()).await.is_err());
        }
        faults.set(FaultRates::NONE);
        let written = blobs.uploads(Part::Originals).await.unwrap().len();
        assert!((30..70).contains(&written), "{written} of 100");
    }

    #[tokio::test(start_paused = true)]
    async fn stalled_calls_go_well_in_the_end() {
        let faults = Faults::new(7);
        let blobs = Blobs::memory().with_faults(&faults);
        let stall = Duration::from_secs(20);
        faults.set(FaultRates { stalling: 1, stall, ..FaultRates::NONE });
        let start = tokio::time::Instant::now();
        blobs.put_original(UploadId::random(), "picture".into()).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), stall.as_secs());
    }
}

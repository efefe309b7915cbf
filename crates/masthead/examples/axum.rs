//! A web service: answers an uploaded picture with its largest banner. See `masthead-server` for one that keeps them.
//!
//! ```text
//! cargo run --release -p masthead --example axum
//! curl --data-binary @photo.jpg http://127.0.0.1:3000/banner -o banner.jpg
//! ```
//!
//! Requests are answered on the threads of tokio, pictures are made on those of rayon. What the header of a file tells is
//! refused at once; a job that was prepared waits until the memory it needs is free, and then moves into the pool.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use masthead::{CropRequest, Error, ErrorKind, FileBytes, Options, Processor, Threads};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Memory for all jobs together, in MiB. No job needs more than [`Limits::memory`](masthead::Limits::memory), which is less.
const MEMORY: usize = 512;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app()?).await?)
}

#[derive(Clone)]
struct Service {
    processor: Processor,
    pool: Arc<rayon::ThreadPool>,
    memory: Arc<Semaphore>,
}

pub(crate) fn app() -> Result<Router, rayon::ThreadPoolBuildError> {
    // One job a thread: when many come, none of them waits for the threads of another.
    let processor = Processor::new(Options::default().with_threads(Threads::Caller));
    let largest = processor.options().limits.bytes;
    let pool = Arc::new(rayon::ThreadPoolBuilder::new().build()?);
    let service = Service { processor, pool, memory: Arc::new(Semaphore::new(MEMORY)) };
    Ok(Router::new().route("/banner", post(banner)).layer(DefaultBodyLimit::max(largest)).with_state(service))
}

async fn banner(State(service): State<Service>, upload: Bytes) -> Result<Response, Refusal> {
    let job = service.processor.prepare(FileBytes::from_owner(upload), &CropRequest::default())?;

    let mebibytes = job.memory(job.threads()).div_ceil(1 << 20);
    let mebibytes = u32::try_from(mebibytes).map_err(|_| Refusal::internal())?;
    let memory = service.memory.acquire_many_owned(mebibytes).await.map_err(|_| Refusal::internal())?;

    let banner = run(&service.pool, memory, move || job.render()).await??;
    let largest = banner.variants.into_iter().next().ok_or_else(Refusal::internal)?;
    Ok(([(header::CONTENT_TYPE, largest.format.content_type())], largest.bytes).into_response())
}

/// What `work` gives, run in the pool. `memory` is given back when it has ended, be it by a panic.
pub(crate) async fn run<T: Send + 'static>(
    pool: &rayon::ThreadPool,
    memory: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let (sender, receiver) = oneshot::channel();
    pool.spawn(move || {
        // A client that is gone waits for nothing.
        if !sender.is_closed() {
            // A panic that leaves a spawned closure aborts the process. Nothing that a panic left half done is used again.
            let _ = sender.send(catch_unwind(AssertUnwindSafe(work)).ok());
        }
        drop(memory);
    });
    receiver.await.ok().flatten().ok_or_else(Refusal::internal)
}

/// What the client is told.
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn internal() -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, message: "internal error".to_owned() }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::Unreadable | ErrorKind::TooSmall | ErrorKind::Region => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Deadline => StatusCode::SERVICE_UNAVAILABLE,
            _ => return Self::internal(),
        };
        Self { status, message: error.to_string() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, self.message).into_response()
    }
}

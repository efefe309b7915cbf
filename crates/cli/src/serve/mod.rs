//! `masthead serve`.

mod args;
mod listener;
mod log;
mod signals;

use std::fmt;
use std::time::{Duration, Instant};

use axum::Extension;
use masthead_server::{Options, Secure, Server, Storage, app};
use tokio::runtime::Builder;

pub(crate) use self::args::ServeArgs;
use self::listener::{Listener, Tls};
use self::signals::{Request, Signals};
use crate::data::not_opened;
use crate::outcome::Outcome;
use crate::print::{Stdout, complain};

/// How long what is in flight may take when the server is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(args: &ServeArgs) -> Outcome {
    let options = match args.options() {
        Ok(options) => options,
        Err(message) => return Outcome::Usage(message),
    };
    args.log.start();
    let runtime = match Builder::new_multi_thread().thread_name("serve").enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start the threads of the server: {error}"));
            return Outcome::Failed;
        }
    };
    let served = runtime.block_on(serve(args, options));
    // What still computes is a durable job: it is done after the next start, and not waited for.
    runtime.shutdown_background();
    match served {
        Ok(()) => Outcome::Done,
        Err(message) => {
            args.log.complain(&message);
            Outcome::Failed
        }
    }
}

/// Serves until a signal ends it.
async fn serve(args: &ServeArgs, options: Options) -> Result<(), String> {
    // Before anybody can know that we run: a signal that comes early is heard late, not lost.
    let mut signals =
        Signals::new(args.tls_files().is_some()).map_err(|error| format!("cannot listen to signals: {error}"))?;
    let tls = args.tls_files().map(|(certificate, key)| Tls::load(certificate, key)).transpose()?;
    let secure = tls.is_some();
    // Before the data folder is touched, and before there is anything that would have to end in order.
    let listener = Listener::bind(args.listen, tls.clone()).await?;
    let storage = Storage::folder(&args.data.folder).await.map_err(|error| not_opened(&error))?;
    let users = storage.store().users(None, 1).await.map_err(|error| in_folder(args, &error))?;
    let server = Server::start(storage, options).await.map_err(|error| in_folder(args, &error))?;

    let handle = listener.handle();
    let url = listener.url();
    let mut serving = tokio::spawn(listener.serve(app(server.clone()).layer(Extension(Secure(secure)))));
    let mut stdout = Stdout::new();
    stdout.line(format_args!("masthead is listening on {url} (data in {})", args.data.shown()));
    // Whoever is told must not be kept: this lock is held by nobody else, and for no longer.
    drop(stdout);
    tracing::info!(%url, data = %args.data.shown(), version = env!("CARGO_PKG_VERSION"), "listening");
    if users.is_empty() {
        tracing::warn!("there are no users yet: add one with 'masthead user add NAME{}'", args.data.option());
    }

    loop {
        tokio::select! {
            request = signals.next() => match (request, &tls) {
                (Request::Reload, Some(tls)) => tls.reload(),
                (Request::Reload, None) => {}
                (Request::End(name), _) => {
                    tracing::info!(signal = name, "stopping: finishing what is in flight");
                    break;
                }
            },
            // It does not end by itself.
            ended = &mut serving => return Err(format!("the listener ended: {ended:?}")),
        }
    }
    let deadline = Instant::now() + PATIENCE;
    signals.exit_at_the_next();
    handle.graceful_shutdown(Some(PATIENCE));
    // It waits for requests to end, and for no longer than it was given.
    let _ = serving.await;
    server.stop(deadline.saturating_duration_since(Instant::now())).await;
    tracing::info!("stopped");
    Ok(())
}

fn in_folder(args: &ServeArgs, error: &dyn fmt::Display) -> String {
    format!("{}: {error}", args.data.shown())
}

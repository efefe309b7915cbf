//! `masthead serve`.

mod admin_host;
mod args;
mod connection_args;
mod connections;
mod files;
mod listener;
mod log;
mod long_heads;
#[cfg(feature = "otel")]
mod otel;
mod pace;
mod signals;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::middleware::from_fn;
use masthead_server::{Options, Server, Storage, admin, app};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::time::{sleep, timeout_at};
use tracing::field::display;
#[cfg(not(feature = "otel"))]
use tracing_subscriber::layer::Identity;

pub(crate) use self::args::ServeArgs;
use self::connections::Connections;
use self::listener::{Listener, Phase};
use self::long_heads::{LONG_HEADS, LongHeads};
#[cfg(feature = "otel")]
use self::otel::Traces;
use self::signals::{Request, Signals};
use self::tls::Tls;
use crate::data::not_opened;
use crate::outcome::Outcome;
use crate::print::{Stdout, complain};

/// Connections of those who run the server.
const ADMIN_CONNECTIONS: usize = 64;

pub(crate) fn run(args: &ServeArgs) -> Outcome {
    #[cfg_attr(not(feature = "otel"), allow(unused_mut))]
    let mut options = match args.options() {
        Ok(options) => options,
        Err(message) => return Outcome::Usage(message),
    };
    let runtime = match Builder::new_multi_thread().thread_name("serve").enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start the threads of the server: {error}"));
            return Outcome::Failed;
        }
    };
    #[cfg(not(feature = "otel"))]
    args.log.start(None::<Identity>);
    #[cfg(feature = "otel")]
    let traces = match args.traces(runtime.handle()) {
        Ok(traces) => traces,
        Err(message) => return Outcome::Usage(message),
    };
    #[cfg(feature = "otel")]
    {
        args.log.start(traces.as_ref().map(Traces::layer));
        options.link_span = traces.is_some().then_some(otel::link);
    }
    let served = runtime.block_on(serve(args, options));
    #[cfg(feature = "otel")]
    if let Some(traces) = traces {
        traces.end();
    }
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
    let mut signals = Signals::new().map_err(|error| format!("cannot listen to signals: {error}"))?;
    let tls = args.tls_files().map(|(certificate, key)| Tls::load(certificate, key)).transpose()?;
    // Before the data folder is touched, and before there is anything that would have to end in order.
    let listener = Listener::bind(args.listen, "--listen", tls.clone())?;
    let admin_listener = match args.admin.0 {
        Some(address) => Some(Listener::bind(address, "--admin", None)?),
        None => None,
    };
    let storage = Storage::folder(&args.data.folder).await.map_err(|error| not_opened(&error))?;
    let users = storage.store().users(None, 1).await.map_err(|error| in_folder(args, &error))?;
    let server = Server::start(storage, options).await.map_err(|error| in_folder(args, &error))?;

    let times = args.connections.times();
    let (phase, listening) = watch::channel(Phase::Open);
    let most = files::allow(args.connections.most());
    let behind_proxy = args.is_behind_proxy();
    let long_heads = LongHeads::new(LONG_HEADS, if behind_proxy { LONG_HEADS } else { LONG_HEADS / 4 });
    let connections = Connections::new(most, args.connections.share(behind_proxy).min(most), long_heads);
    let url = listener.url();
    let clients = Arc::clone(&connections);
    let mut serving = tokio::spawn(listener.serve(app(server.clone()), times, clients, listening));
    // It says how the end goes on, so its own comes last.
    let (admin_phase, listening) = watch::channel(Phase::Open);
    let admin_url = admin_listener.map(|listener| {
        let url = listener.url();
        let operators = Connections::new(ADMIN_CONNECTIONS, ADMIN_CONNECTIONS, LongHeads::new(1, 1));
        let mut answers = admin(server.clone());
        if args.admin.0.is_some_and(|address| address.ip().is_loopback()) {
            answers = answers.layer(from_fn(admin_host::local));
        }
        tokio::spawn(listener.serve(answers, times, operators, listening));
        url
    });

    let (admin, version) = (admin_url.as_ref().map(display), env!("CARGO_PKG_VERSION"));
    tracing::info!(%url, admin, data = %args.data.shown(), version, "listening");
    let mut stdout = Stdout::new();
    stdout.line(format_args!("masthead is listening on {url} (data in {})", args.data.shown()));
    // Whoever is told must not be kept: this lock is held by nobody else, and for no longer.
    drop(stdout);
    if users.is_empty() {
        tracing::warn!("there are no users yet: add one with 'masthead user add NAME{}'", args.data.option());
    }

    let drain = loop {
        tokio::select! {
            request = signals.next() => match (request, &tls) {
                (Request::Reload, Some(tls)) => tls.reload(),
                (Request::Reload, None) => tracing::info!("nothing to read again: there is no certificate (--tls-cert)"),
                (Request::End { signal, drain }, _) => {
                    tracing::info!(signal, "stopping: finishing what is in flight");
                    break drain;
                }
            },
            // It does not end by itself.
            ended = &mut serving => return Err(format!("the listener ended: {ended:?}")),
        }
    };
    signals.exit_at_the_next();
    server.drain();
    if drain && !args.connections.drain.is_zero() {
        tracing::info!(drain = ?args.connections.drain, "not ready any more: connections are taken for a while yet");
        sleep(args.connections.drain).await;
    }
    let deadline = Instant::now() + args.connections.shutdown_timeout;
    phase.send_replace(Phase::Ending);
    // The port is closed, and nobody who comes now is let down later.
    let _ = serving.await;
    if timeout_at(deadline.into(), connections.none()).await.is_err() {
        tracing::warn!("some requests are not finished, and cut off");
        phase.send_replace(Phase::Ended);
        connections.none().await;
    }
    server.close(deadline.saturating_duration_since(Instant::now())).await;
    admin_phase.send_replace(Phase::Ended);
    tracing::info!("stopped");
    Ok(())
}

fn in_folder(args: &ServeArgs, error: &dyn fmt::Display) -> String {
    format!("{}: {error}", args.data.shown())
}

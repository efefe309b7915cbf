//! What the operating system asks of a server.

use std::io;

/// What a signal asks for.
pub(crate) enum Request {
    /// To read files again that may have changed.
    Reload,
    /// To end; the signal's name, and whether whoever asks has time for connections to go elsewhere first.
    End { signal: &'static str, drain: bool },
}

#[cfg(unix)]
pub(crate) use self::unix::Signals;

#[cfg(not(unix))]
pub(crate) use self::other::Signals;

#[cfg(unix)]
mod unix {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{Request, io};

    /// The signals that a server hears.
    pub(crate) struct Signals {
        interrupt: Signal,
        terminate: Signal,
        hangup: Signal,
    }

    impl Signals {
        /// Hears them from now on.
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hangup: signal(SignalKind::hangup())?,
            })
        }

        /// The next one.
        pub(crate) async fn next(&mut self) -> Request {
            tokio::select! {
                _ = self.interrupt.recv() => Request::End { signal: "SIGINT", drain: false },
                _ = self.terminate.recv() => Request::End { signal: "SIGTERM", drain: true },
                _ = self.hangup.recv() => Request::Reload,
            }
        }

        /// Ends the process as soon as it is asked to end once more, with the code that shells know.
        pub(crate) fn exit_at_the_next(mut self) {
            tokio::spawn(async move {
                loop {
                    if let Request::End { signal, .. } = self.next().await {
                        std::process::exit(if signal == "SIGINT" { 130 } else { 143 });
                    }
                }
            });
        }
    }
}

#[cfg(not(unix))]
mod other {
    use super::{Request, io};

    /// Control-C.
    pub(crate) struct Signals;

    impl Signals {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) async fn next(&mut self) -> Request {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Request::End { signal: "Ctrl-C", drain: false }
        }

        pub(crate) fn exit_at_the_next(mut self) {
            tokio::spawn(async move {
                self.next().await;
                std::process::exit(130);
            });
        }
    }
}

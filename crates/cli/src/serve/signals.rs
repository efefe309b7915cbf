//! What the operating system asks of a server.

use std::io;

/// What a signal asks for.
pub(crate) enum Request {
    /// To read files again that may have changed.
    Reload,
    /// To end; the signal's name.
    End(&'static str),
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
        /// Without anything to reload, it ends the server at once, as it ends most programs whose terminal is closed.
        hangup: Option<Signal>,
    }

    impl Signals {
        /// Hears them from now on.
        pub(crate) fn new(can_reload: bool) -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hangup: can_reload.then(|| signal(SignalKind::hangup())).transpose()?,
            })
        }

        /// The next one.
        pub(crate) async fn next(&mut self) -> Request {
            let hangup = async {
                match &mut self.hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => Request::End("SIGINT"),
                _ = self.terminate.recv() => Request::End("SIGTERM"),
                _ = hangup => Request::Reload,
            }
        }

        /// Ends the process as soon as it is asked to end once more, with the code that shells know.
        pub(crate) fn exit_at_the_next(mut self) {
            tokio::spawn(async move {
                loop {
                    if let Request::End(name) = self.next().await {
                        std::process::exit(if name == "SIGINT" { 130 } else { 143 });
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
        pub(crate) fn new(_: bool) -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) async fn next(&mut self) -> Request {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Request::End("Ctrl-C")
        }

        pub(crate) fn exit_at_the_next(mut self) {
            tokio::spawn(async move {
                self.next().await;
                std::process::exit(130);
            });
        }
    }
}

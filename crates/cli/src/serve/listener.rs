//! Connections: HTTP/1.1 over TCP, or over TLS.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::accept::{Accept, NoDelayAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;

use crate::output::shown;
use crate::print::Failure;

/// How long a client may take for a TLS handshake, and for the headers of a request. Bodies have a patience of their own.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// How long a client may take to read anything of an answer.
const READS_WITHIN: Duration = Duration::from_secs(30);

/// The longest head of a request, in bytes; a URL has at most half of it.
const LONGEST_HEAD: usize = 128 << 10;

/// A port that is taken; clients wait until [`Listener::serve`].
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    handle: Handle<SocketAddr>,
}

impl Listener {
    /// Takes a port.
    pub(super) async fn bind(address: SocketAddr, tls: Option<Tls>) -> Result<Self, String> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => format!("cannot listen on {address}: another program does (see --listen)"),
            io::ErrorKind::AddrNotAvailable => format!("cannot listen on {address}: this machine has no such address"),
            io::ErrorKind::PermissionDenied => format!("cannot listen on {address}: permission denied"),
            _ => format!("cannot listen on {address}: {error}"),
        };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, tls, handle: Handle::new() })
    }

    /// Where it listens, with the port that was chosen.
    pub(super) fn url(&self) -> String {
        format!("http{}://{}", if self.tls.is_some() { "s" } else { "" }, self.address)
    }

    /// To end it with.
    pub(super) fn handle(&self) -> Handle<SocketAddr> {
        self.handle.clone()
    }

    /// Answers requests until the handle ends it.
    pub(super) async fn serve(self, app: Router) -> io::Result<()> {
        let mut server = Server::from_listener(self.socket)
            .handle(self.handle)
            .http1_only()
            .first_request_timeout(HEADERS_WITHIN)
            .accept_error_handler(|client: Option<&SocketAddr>, error| match client {
                // Whoever looks for open ports is no reason to worry.
                Some(client) => tracing::debug!(%client, %error, "a connection failed before its first request"),
                None => tracing::error!(%error, "cannot accept connections"),
            });
        server.http_builder().http1().header_read_timeout(HEADERS_WITHIN).max_buf_size(LONGEST_HEAD);
        let service = app.into_make_service();
        let plain = Attentive(NoDelayAcceptor::new());
        match self.tls {
            None => server.acceptor(plain).serve(service).await,
            Some(tls) => {
                let encrypted = RustlsAcceptor::new(tls.config).handshake_timeout(HEADERS_WITHIN).acceptor(plain);
                server.acceptor(encrypted).serve(service).await
            }
        }
    }
}

/// Connections whose clients read what they are sent. Answers are small and written at once: there is nothing to be
/// gained by waiting for more of them.
#[derive(Clone)]
struct Attentive(NoDelayAcceptor);

impl<S: Send + 'static> Accept<TcpStream, S> for Attentive {
    type Stream = Pin<Box<TimeoutStream<TcpStream>>>;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = self.0.accept(stream, service);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(READS_WITHIN));
            Ok((Box::pin(stream), service))
        })
    }
}

/// A certificate and its key, which can be replaced while connections come in. Clones share them.
#[derive(Clone)]
pub(super) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: RustlsConfig,
}

impl Tls {
    /// Reads both.
    ///
    /// # Errors
    /// With the name of the file that is at fault.
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Self, String> {
        let config = RustlsConfig::from_config(Arc::new(read(certificate, key)?));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), config })
    }

    /// Reads both again, for connections to come. When that fails, the former ones stay.
    pub(super) fn reload(&self) {
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                self.config.reload_from_config(Arc::new(config));
                tracing::info!(certificate = %shown(&self.certificate), "certificate read again");
            }
            Err(error) => tracing::error!(%error, "the former certificate stays in use"),
        }
    }
}

fn read(certificate: &Path, key: &Path) -> Result<ServerConfig, String> {
    let file = |path: &Path| fs::read(path).map_err(|error| Failure::io(shown(path), "", &error).to_string());
    let refused = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", shown(path));

    let chain = CertificateDer::pem_slice_iter(&file(certificate)?).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| refused(certificate, &format_args!("broken PEM: {error}")))?;
    if chain.is_empty() {
        return Err(refused(certificate, &"no certificate in this file (expected PEM: -----BEGIN CERTIFICATE-----)"));
    }
    let secret = PrivateKeyDer::from_pem_slice(&file(key)?)
        .map_err(|_| refused(key, &"no private key in this file (expected PEM: -----BEGIN PRIVATE KEY-----)"))?;

    // Named here, so that it does not matter what else is linked in.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    provider.key_provider.load_private_key(secret.clone_key()).map_err(|error| refused(key, &error))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => refused(key, &format_args!("not the key of {}", shown(certificate))),
            error => refused(certificate, &error),
        })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

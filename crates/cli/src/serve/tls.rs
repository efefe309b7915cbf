//! The certificate of a listener.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::output::shown;
use crate::print::Failure;

/// A certificate and its key, which can be replaced while connections come in. Clones share them.
#[derive(Clone)]
pub(super) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Tls {
    /// Reads both.
    ///
    /// # Errors
    /// With the name of the file that is at fault.
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Self, String> {
        let config = Arc::new(RwLock::new(Arc::new(read(certificate, key)?)));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), config })
    }

    /// For the next handshake.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner)).into()
    }

    /// Reads both again, for connections to come. When that fails, the former ones stay.
    pub(super) fn reload(&self) {
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
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

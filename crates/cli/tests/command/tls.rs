//! `masthead serve` over TLS.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::server::{Response, Server, add_user, bearer, head};
use super::*;

/// A certificate of its own for localhost, and its key, as files.
pub(crate) struct Pair {
    certificate: PathBuf,
    key: PathBuf,
    der: CertificateDer<'static>,
}

impl Pair {
    pub(crate) fn new(folder: &Path, name: &str) -> Self {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}-key.pem")));
        fs::write(&certificate, cert.pem()).unwrap();
        fs::write(&key, signing_key.serialize_pem()).unwrap();
        Self { certificate, key, der: cert.der().clone() }
    }

    pub(crate) fn options(&self) -> [&str; 4] {
        ["--tls-cert", self.certificate.to_str().unwrap(), "--tls-key", self.key.to_str().unwrap()]
    }

    /// A connection to a server that has this certificate, and an error with any other.
    pub(crate) fn connect(&self, server: &Server) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        // As browsers do.
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let mut client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
        let mut socket = TcpStream::connect(&server.address)?;
        while client.is_handshaking() {
            client.complete_io(&mut socket)?;
        }
        assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));
        Ok(StreamOwned::new(client, socket))
    }
}

#[test]
fn banners_over_tls_have_https_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::new(folder.path(), "a");
    let data = folder.path().join("data");
    let server = Server::start(&data, &pair.options());
    assert!(server.line.starts_with("masthead is listening on https://127.0.0.1:"), "{}", server.line);
    let ann = add_user(&data, "ann", &[]);
    let picture = fs::read(photo("rocket.jpg")).unwrap();
    let mut stream = pair.connect(&server).unwrap();
    let authorization = format!("Bearer {}", bearer(&ann));
    let headers = [("Authorization", &*authorization), ("Content-Type", "image/jpeg")];
    let target = "/1.1/account/update_profile_banner.json";
    stream.write_all(&head("POST", target, "localhost:8443", &headers, picture.len())).unwrap();
    stream.write_all(&picture).unwrap();
    let url = Response::read(&mut stream).json()["profile_banner_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://localhost:8443/profile_banners/"), "{url}");
    // Plain HTTP finds nobody.
    assert!(
        TcpStream::connect(&server.address).and_then(|mut stream| stream.write_all(b"GET / HTTP/1.1\r\n\r\n")).is_ok()
    );
    server.stopped();
}

#[test]
fn a_hangup_reloads_the_certificate_and_a_broken_one_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (pair, other) = (Pair::new(folder.path(), "a"), Pair::new(folder.path(), "b"));
    let server = Server::start(&folder.path().join("data"), &pair.options());
    pair.connect(&server).unwrap();
    assert!(other.connect(&server).is_err());

    fs::copy(&other.certificate, &pair.certificate).unwrap();
    fs::copy(&other.key, &pair.key).unwrap();
    server.signal("HUP");
    let start = Instant::now();
    while other.connect(&server).is_err() {
        assert!(start.elapsed() < Duration::from_secs(10), "the new certificate is not used");
    }
    fs::write(&pair.certificate, "broken").unwrap();
    server.signal("HUP");
    std::thread::sleep(Duration::from_millis(500));
    other.connect(&server).unwrap();
    let log = server.stopped().stderr;
    assert!(log.contains("no certificate in this file") && log.contains("the former certificate stays"), "{log}");
}

#[test]
fn wrong_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (pair, other) = (Pair::new(folder.path(), "a"), Pair::new(folder.path(), "b"));
    let garbage = folder.path().join("garbage.pem");
    fs::write(&garbage, "garbage").unwrap();
    let broken = folder.path().join("broken.pem");
    fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let missing = folder.path().join("missing.pem");
    for (certificate, key, at_fault, words) in [
        (&missing, &pair.key, &missing, "no such file or folder"),
        (&pair.certificate, &missing, &missing, "no such file or folder"),
        (&garbage, &pair.key, &garbage, "no certificate in this file (expected PEM"),
        (&broken, &pair.key, &broken, ""),
        (&pair.key, &pair.key, &pair.key, "no certificate in this file"),
        (&pair.certificate, &garbage, &garbage, "no private key in this file (expected PEM"),
        (&pair.certificate, &pair.certificate, &pair.certificate, "no private key in this file"),
        (&pair.certificate, &other.key, &other.key, "not the key of"),
    ] {
        let data = folder.path().join("data");
        let mut command = command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin", "off", "--data"]).arg(&data);
        let run =
            Run::of(command.arg("--tls-cert").arg(certificate).arg("--tls-key").arg(key).output().unwrap()).ended(1);
        let expected = format!("masthead: {}: {words}", at_fault.display());
        assert!(run.stderr.starts_with(&expected) && run.stderr.lines().count() == 1, "{expected}\n{}", run.stderr);
        assert!(!data.exists());
    }
}

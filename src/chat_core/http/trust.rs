//! The certificates that are trusted: the machine's own, and those of a file.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::chat_core::text;

/// Reads the certificates of a PEM file.
///
/// # Errors
/// The fault of the file, for people.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| format!("can't read {shown}: {error}"))?;
    let text = text::beginning(&text).map_err(|error| format!("can't read {shown}: {error}"))?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(text)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{shown} is not PEM: {error}"))?;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in &found {
        roots
            .add(certificate.clone())
            .map_err(|error| format!("{shown} holds a bad certificate: {error}"))?;
    }
    if found.is_empty() {
        return Err(format!("{shown} holds no certificate"));
    }
    Ok(found)
}

/// The TLS configuration of clients, with `more` trusted besides the machine's own certificates, or those that
/// `SSL_CERT_FILE` names in their place.
pub(super) fn client_config(more: &[CertificateDer<'static>]) -> Result<ClientConfig, String> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    roots.add_parsable_certificates(more.iter().cloned());
    if roots.is_empty() {
        return Err("no trusted certificates were found on this machine".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_certificate_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let fault = |text: &str| {
            std::fs::write(&path, text).unwrap();
            certificates(&path).unwrap_err()
        };
        assert!(fault("nothing").contains("holds no certificate"));
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(fault(garbage).contains("bad certificate"));
        let missing = certificates(&folder.path().join("missing")).unwrap_err();
        assert!(missing.contains("can't read"), "{missing}");
    }
}

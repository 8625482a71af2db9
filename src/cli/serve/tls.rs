//! The TLS options of a server.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::cli::atomic_file;
use crate::cli::failure::Failure;
use crate::server::tls::{Encryption, Identity};

/// The word for a certificate that is generated at the start.
const SELF_SIGNED: &str = "self-signed";

/// The options.
#[derive(Args, Default)]
pub(super) struct TlsOptions {
    /// Use TLS, with a generated certificate or with a certificate and key in PEM files
    #[arg(long, value_name = "self-signed|CERT,KEY")]
    tls: Option<String>,

    /// Write the certificate of --tls self-signed to this file, for clients to trust
    #[arg(long, value_name = "PATH", requires = "tls")]
    tls_cert_out: Option<PathBuf>,
}

/// The encryption of a server, and the certificate to trust.
pub(in crate::cli) struct Secured {
    pub(super) encryption: Encryption,
    /// The file with its certificate.
    pub(in crate::cli) certificate: PathBuf,
}

impl TlsOptions {
    /// Returns whether TLS is wanted.
    pub(super) fn is_wanted(&self) -> bool {
        self.tls.is_some()
    }

    /// The encryption of a server that listens at `address`, if TLS is wanted. A generated certificate is written to
    /// the path of the options, else to `or_to`.
    ///
    /// # Errors
    /// A certificate that can't be used, generated or written.
    pub(super) fn secured(
        &self,
        address: &str,
        or_to: Option<&Path>,
    ) -> anyhow::Result<Option<Secured>> {
        let Some(tls) = &self.tls else {
            return Ok(None);
        };
        let (identity, certificate) = if tls == SELF_SIGNED {
            self.make(address, or_to)?
        } else {
            self.read(tls)?
        };
        let encryption =
            Encryption::by(identity).map_err(|fault| Failure::usage(format!("--tls: {fault}")))?;
        Ok(Some(Secured {
            encryption,
            certificate,
        }))
    }

    fn make(&self, address: &str, or_to: Option<&Path>) -> anyhow::Result<(Identity, PathBuf)> {
        let Some(path) = self.tls_cert_out.as_deref().or(or_to) else {
            return Err(
                Failure::usage("--tls self-signed: no client could trust the certificate")
                    .hint("give a file to write it to, as in --tls-cert-out ca.pem")
                    .into(),
            );
        };
        let made = Identity::self_signed(names(address))
            .map_err(|fault| Failure::usage(format!("--tls self-signed: {fault}")))?;
        atomic_file::write(path, made.certificate.as_bytes())
            .with_context(|| format!("--tls-cert-out: can't write {}", path.display()))?;
        Ok((made.identity, path.to_owned()))
    }

    fn read(&self, files: &str) -> anyhow::Result<(Identity, PathBuf)> {
        if self.tls_cert_out.is_some() {
            return Err(Failure::usage("--tls-cert-out is for --tls self-signed").into());
        }
        let Some((certificate, key)) = files.split_once(',') else {
            return Err(Failure::usage(format!(
                "--tls: '{files}' must be self-signed or two files"
            ))
            .hint("as in --tls cert.pem,key.pem")
            .into());
        };
        let read = Identity::read(certificate, key);
        let identity = read.map_err(|fault| Failure::usage(format!("--tls: {fault}")))?;
        Ok((identity, certificate.into()))
    }
}

/// The names of a certificate for this machine, and the host of `address` where it is another one.
fn names(address: &str) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_matches(['[', ']']).to_owned();
    let is_everything = host
        .parse::<std::net::IpAddr>()
        .is_ok_and(|ip| ip.is_unspecified());
    if !host.is_empty() && !is_everything && !names.contains(&host) {
        names.push(host);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_for_loopback_and_for_where_it_listens() {
        assert_eq!(names("127.0.0.1:0"), ["localhost", "127.0.0.1", "::1"]);
        assert_eq!(names("0.0.0.0:9080").len(), 3);
        assert_eq!(names("[::1]:9080").len(), 3);
        assert_eq!(names("chat.test:9080")[3], "chat.test");
        assert_eq!(names("10.0.0.7:1")[3], "10.0.0.7");
    }
}

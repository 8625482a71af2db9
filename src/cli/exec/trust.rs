//! The trust of the command in a server that speaks TLS: files in a temporary folder of `exec`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

use crate::cli::Context;
use crate::cli::temporary;

/// The folder of the files that the command trusts.
pub(super) struct TrustFolder(TempDir);

/// The files that the command trusts. Those that were made for it are removed on drop.
pub(in crate::cli) struct TrustFiles {
    folder: TempDir,
    /// For this program.
    certificate: PathBuf,
    /// For Node, which reads one file.
    node: PathBuf,
}

impl TrustFolder {
    /// Makes the folder.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new(context: &Context) -> anyhow::Result<Self> {
        let folder =
            temporary::folder(context).context("--tls: can't create a temporary folder")?;
        Ok(Self(folder))
    }

    /// The path of a certificate that is made for the command.
    pub(super) fn certificate(&self) -> PathBuf {
        self.0.path().join(temporary::CERTIFICATE)
    }

    /// The files that make the command trust `certificate`, besides everything that Node trusted before.
    ///
    /// # Errors
    /// A file that can't be read or written.
    pub(super) fn of(self, certificate: &Path, context: &Context) -> anyhow::Result<TrustFiles> {
        // The command may run in another folder.
        let certificate = std::path::absolute(certificate).context("--tls")?;
        let before = context.environment.raw(NODE);
        // Node itself only warns of one that it can't read.
        let before = before.and_then(|path| fs::read(path).ok());
        let node = match before {
            None => certificate.clone(),
            Some(before) => {
                let own = fs::read(&certificate)
                    .with_context(|| format!("--tls: can't read {}", certificate.display()))?;
                let both = self.0.path().join(temporary::NODE_CERTIFICATES);
                fs::write(&both, [&before[..], b"\n", &own].concat())
                    .with_context(|| format!("--tls: can't write {}", both.display()))?;
                both
            }
        };
        Ok(TrustFiles {
            folder: self.0,
            certificate,
            node,
        })
    }
}

impl TrustFiles {
    /// The temporary folder of the command.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The variables that name the files.
    pub(super) fn variables(&self) -> [(&'static str, &Path); 2] {
        [("CHATCTL_CA_FILE", &self.certificate), (NODE, &self.node)]
    }
}

/// The variable that names more certificates for Node to trust.
const NODE: &str = "NODE_EXTRA_CA_CERTS";

//! How the command comes to trust a server that speaks TLS: files for it, in a folder that goes with `exec`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::Context;
use crate::cli::temporary::Folder;

/// A folder for what the command is to trust.
pub(super) struct Trust(Folder);

/// What the command is to trust. Removed when it is dropped, if it was made for the command.
pub(in crate::cli) struct Trusted {
    folder: Folder,
    /// For this program.
    certificate: PathBuf,
    /// For Node, which reads one file.
    node: PathBuf,
}

impl Trust {
    /// Makes the folder.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn new(context: &Context) -> anyhow::Result<Self> {
        let folder = Folder::new(context).context("--tls: no temporary folder can be made")?;
        Ok(Self(folder))
    }

    /// Where a certificate is written that is made for the command.
    pub(super) fn certificate(&self) -> PathBuf {
        self.0.path().join("ca.pem")
    }

    /// What trusts `certificate`, and whatever Node was to trust before.
    ///
    /// # Errors
    /// A file that can't be read or written.
    pub(super) fn of(self, certificate: &Path, context: &Context) -> anyhow::Result<Trusted> {
        // The command may be in another folder.
        let certificate = std::path::absolute(certificate).context("--tls")?;
        let before = context.environment.raw(NODE);
        // Node itself only warns of one that it can't read.
        let before = before.and_then(|path| fs::read(path).ok());
        let node = match before {
            None => certificate.clone(),
            Some(before) => {
                let own = fs::read(&certificate)
                    .with_context(|| format!("--tls: can't read {}", certificate.display()))?;
                let both = self.0.path().join("node.pem");
                fs::write(&both, [&before[..], b"\n", &own].concat())
                    .with_context(|| format!("--tls: can't write {}", both.display()))?;
                both
            }
        };
        Ok(Trusted {
            folder: self.0,
            certificate,
            node,
        })
    }
}

impl Trusted {
    /// The folder that goes with the command.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The variables that say so.
    pub(super) fn variables(&self) -> [(&'static str, &Path); 2] {
        [("CHATCTL_CA_FILE", &self.certificate), (NODE, &self.node)]
    }
}

/// The variable by which Node trusts more than what it knows.
const NODE: &str = "NODE_EXTRA_CA_CERTS";

"""Where the chatctl binary is."""

import os
from pathlib import Path
from typing import Mapping, Optional

_CARRIED = Path(__file__).parent / "bin" / "chatctl"


def binary_path(environment: Optional[Mapping[str, str]] = None) -> str:
    """The path of the binary: CHATCTL_BIN, else the one that the package carries, else the first on PATH."""
    environment = os.environ if environment is None else environment
    named = environment.get("CHATCTL_BIN")
    if named is not None:
        if not _is_executable(named):
            raise FileNotFoundError(f"CHATCTL_BIN: '{named}' is not an executable file")
        return named
    if _is_executable(str(_CARRIED)):
        return str(_CARRIED)
    for folder in environment.get("PATH", "").split(os.pathsep):
        path = os.path.join(folder or ".", "chatctl")
        if _is_executable(path) and not _is_script(path):
            return path
    raise FileNotFoundError(
        "there is no chatctl binary: this package carries none, and PATH has none. Install chatctl, or set CHATCTL_BIN "
        "to its path"
    )


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _is_script(path: str) -> bool:
    """Whether the file is a launcher, as that of this package, rather than the binary."""
    with open(path, "rb") as file:
        head = file.read(4096)
    return head.startswith(b"#!") and any(word in head for word in (b"chatctl._command", b"chatctl.js", b"node_modules"))

"""Starting a server, and finding one that runs."""

import json
import os
import queue
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union
from urllib.parse import urlsplit

from ._app import Address, Server
from ._binary import binary_path

_START_TIMEOUT = 10.0
_STOP_TIMEOUT = 5.0

#: The last bytes of standard error that an error shows.
_MAX_STDERR = 16_384


@dataclass(frozen=True)
class OwnServer(Server):
    """A server that this process has started, which ends with it at the latest."""

    _process: "_Process" = field(repr=False, compare=False, default=None)  # type: ignore[assignment]

    def stop(self) -> None:
        """Ends the server; its clients are disconnected."""
        self._process.stop()

    def __enter__(self) -> "OwnServer":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.stop()


def start(
    *,
    key: Optional[str] = None,
    listen: str = "127.0.0.1:0",
    config: Optional[str] = None,
    seed: Optional[str] = None,
    store: Optional[str] = None,
    tls: Union[bool, Tuple[str, str]] = False,
    access_log: Optional[str] = None,
    connection_limit: Optional[int] = None,
    args: Sequence[str] = (),
    binary: Optional[str] = None,
    cwd: Optional[str] = None,
    timeout: float = _START_TIMEOUT,
) -> OwnServer:
    """Starts a server, which ends with this process at the latest, also when that is killed.

    `tls=True` generates a certificate; `tls=(CERT, KEY)` names the PEM files of one. The other options are those of
    `chatctl serve`, and `args` are more of its arguments.
    """
    flags: Dict[str, Any] = {
        "--listen": listen,
        "--config": config,
        "--seed": seed,
        "--store": store,
        "--access-log": access_log,
        "--connection-limit": connection_limit,
    }
    folder = tempfile.TemporaryDirectory(prefix="chatctl-") if tls is True else None
    ca_file = os.path.join(folder.name, "ca.pem") if folder else None
    if ca_file:
        flags.update({"--tls": "self-signed", "--tls-cert-out": ca_file})
    elif tls:
        flags["--tls"] = ",".join(tls)  # type: ignore[arg-type]
    arguments = [f"{flag}={value}" for flag, value in flags.items() if value is not None]
    command = [binary or binary_path(), "serve", "--json", "--exit-on-stdin-close", "--provision-apps", "--admin"]
    try:
        process = _Process([*command, *arguments, *args], _environment(key), cwd, folder)
        ready = process.ready(timeout)
    except BaseException:
        if folder:
            folder.cleanup()
        raise
    address = Address(ready["url"], ready["endpoint"], ready["port"], ready["tls"], ca_file, ready.get("adminToken"))
    return OwnServer(address, ready["keys"], process)


def connect(environment: Optional[Mapping[str, str]] = None) -> Server:
    """The server that the environment names, as within `chatctl exec -- COMMAND`."""
    environment = os.environ if environment is None else environment
    url, key = environment.get("CHATCTL_URL"), environment.get("ABLY_API_KEY")
    if not url or not key:
        raise RuntimeError(
            "there is no chatctl server: CHATCTL_URL and ABLY_API_KEY are not set. Run the tests with "
            "'chatctl exec -- COMMAND', or use start()"
        )
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    host = parts.hostname or ""
    endpoint = f"[{host}]" if ":" in host else host
    port = parts.port or (443 if tls else 80)
    ca_file, token = environment.get("CHATCTL_CA_FILE"), environment.get("CHATCTL_ADMIN_TOKEN")
    return Server(Address(url, endpoint, port, tls, ca_file, token), [key])


def _environment(key: Optional[str]) -> Dict[str, str]:
    """The server's: none of the settings that are for clients, and the key, which arguments would show."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABLY_", "CHATCTL_"))}
    if key:
        environment["ABLY_API_KEY"] = key
    return environment


class _Process:
    """The process of a server."""

    def __init__(
        self,
        command: List[str],
        environment: Dict[str, str],
        cwd: Optional[str],
        folder: "Optional[tempfile.TemporaryDirectory[str]]",
    ) -> None:
        # The server ends with the pipe of its standard input, which the system closes even when this process is killed.
        self._child = subprocess.Popen(
            command,
            env=environment,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Ctrl-C in a terminal is for this process, which stops the server when it is done.
            start_new_session=True,
        )
        self._folder = folder
        self._stderr = b""
        self._first_line: "queue.SimpleQueue[bytes]" = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read_stdout, args=(self._child.stdout,), daemon=True),
            threading.Thread(target=self._read_stderr, args=(self._child.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_stdout(self, stdout: IO[bytes]) -> None:
        self._first_line.put(stdout.readline())
        while stdout.read(4096):
            pass

    def _read_stderr(self, stderr: IO[bytes]) -> None:
        while True:
            part = os.read(stderr.fileno(), 4096)
            if not part:
                return
            self._stderr = (self._stderr + part)[-_MAX_STDERR:]

    def ready(self, timeout: float) -> Dict[str, Any]:
        """Waits for the server to accept connections."""
        try:
            line = self._first_line.get(timeout=timeout)
        except queue.Empty:
            self.stop()
            raise TimeoutError(f"chatctl did not start within {timeout:g} s") from None
        except BaseException:
            self.stop()
            raise
        if line.endswith(b"\n"):
            ready: Dict[str, Any] = json.loads(line)
            return ready
        self.stop()
        cause = self._stderr.decode(errors="replace").strip()
        status = self._child.returncode
        raise RuntimeError(f"chatctl ended with status {status}" + (f": {cause}" if cause else ""))

    def stop(self) -> None:
        """Asks the server to end, and ends it where it does not."""
        assert self._child.stdin
        self._child.stdin.close()
        try:
            self._child.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for reader in self._readers:
            reader.join(_STOP_TIMEOUT)
        for stream in (self._child.stdout, self._child.stderr):
            assert stream
            stream.close()
        if self._folder:
            self._folder.cleanup()

"""Servers, and apps in them: an address, keys, and the forms that SDKs and programs take them in."""

import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Dict, Iterable, List, Mapping, Optional, Type, Union
from urllib.parse import quote

from ._http import TIMEOUT, call

_FULL_ACCESS = '{"*":["*"]}'

#: The time for an advance, in seconds: the server refuses one that stands still long before.
_ADVANCE_TIMEOUT = 600.0

Capability = Union[str, Mapping[str, Iterable[str]]]


@dataclass(frozen=True)
class Address:
    """Where a server is."""

    url: str
    endpoint: str
    port: int
    tls: bool
    #: The file with the server's certificate, with TLS.
    ca_file: Optional[str] = None
    #: The token for faults and the clock; it is as good as the server itself.
    admin_token: Optional[str] = field(default=None, repr=False)


@dataclass(frozen=True)
class _Reachable:
    address: Address
    #: Each `name:secret`.
    keys: List[str] = field(repr=False)

    @property
    def url(self) -> str:
        """`http://host:port`, or `https:` with TLS."""
        return self.address.url

    @property
    def endpoint(self) -> str:
        """The host, as SDKs take it."""
        return self.address.endpoint

    @property
    def port(self) -> int:
        return self.address.port

    @property
    def tls(self) -> bool:
        return self.address.tls

    @property
    def ca_file(self) -> Optional[str]:
        """The file with the server's certificate, with TLS."""
        return self.address.ca_file

    @property
    def key(self) -> str:
        """The first key."""
        return self.keys[0]

    @property
    def app_id(self) -> str:
        """The part of the keys before the dot."""
        return self.key.split(".", 1)[0]

    @property
    def client_options(self) -> Dict[str, Any]:
        """Arguments for `AblyRest(…)`."""
        port = "tls_port" if self.tls else "port"
        options = {"key": self.key, "endpoint": self.endpoint, port: self.port, "tls": self.tls}
        # The SDK sends no key without TLS.
        return options if self.tls else {**options, "use_token_auth": True}

    @property
    def realtime_options(self) -> Dict[str, Any]:
        """Arguments for `AblyRealtime(…)`, which takes the port as a part of the endpoint."""
        return {"key": self.key, "endpoint": f"{self.endpoint}:{self.port}", "tls": self.tls}

    @property
    def env(self) -> Dict[str, str]:
        """The variables by which SDKs, apps and chatctl find it."""
        env = {
            "ABLY_API_KEY": self.key,
            "ABLY_ENDPOINT": self.endpoint,
            "ABLY_PORT": str(self.port),
            "ABLY_TLS": str(self.tls).lower(),
            "ABLY_URL": self.url,
            "CHATCTL_URL": self.url,
        }
        if self.address.admin_token:
            env["CHATCTL_ADMIN_TOKEN"] = self.address.admin_token
        if self.ca_file:
            env.update(CHATCTL_CA_FILE=self.ca_file, NODE_EXTRA_CA_CERTS=self.ca_file)
        return env

    def reset(self) -> None:
        """Goes back to the initial state: later messages and members are deleted, those of the seed are restored."""
        self._call("POST", f"/apps/{self.app_id}/reset")

    @property
    def faults(self) -> "Faults":
        """Failures on demand, for the clients of this app."""
        return Faults(self)

    def cut(self, **whom: str) -> int:
        """Cuts connections, all of the app or those of `client="bob"`; returns how many."""
        return self.faults.now("cut", **whom)

    @property
    def _full_key(self) -> str:
        """A key with full access, which managing an app needs."""
        return self.key

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return call(self.url, method, path, key=self._full_key, body=body, ca_file=self.ca_file)

    def _call_admin(self, method: str, path: str, body: Any = None, *, timeout: float = TIMEOUT) -> Any:
        """Asks what is under `/chatctl/`, by the admin token."""
        token = self.address.admin_token
        if not token:
            raise RuntimeError(
                "there is no admin token: faults and the clock are for a server that this process has started, and "
                "within chatctl exec"
            )
        return call(self.url, method, f"/chatctl/{path}", token=token, body=body, ca_file=self.ca_file, timeout=timeout)


@dataclass(frozen=True)
class Faults:
    """The faults of one app. Rules and their keys are explained by `chatctl help faults`."""

    _of: _Reachable

    def now(self, fault: str, **keys: Any) -> int:
        """Does a fault at once, as in `now("offline", client="bob", **{"for": "3m"})`; returns to how many connections."""
        connections: int = self._call("POST", "faults/actions", {"do": fault, **keys})["connections"]
        return connections

    def add(self, fault: str, **keys: Any) -> str:
        """Adds a rule, as in `add("drop", at="out", action="MESSAGE", times=1)`; returns its id."""
        rule: str = self._call("POST", "faults", {"fault": [{"do": fault, **keys}]})["ids"][0]
        return rule

    def list(self) -> Any:
        """The rules, each with how often it matched and fired."""
        return self._call("GET", "faults")

    def clear(self, rule: Optional[str] = None) -> None:
        """Removes a rule, or all of them and what they have not ended."""
        self._call("DELETE", "faults" if rule is None else "faults/" + quote(rule, safe=""))

    def log(self) -> Any:
        """What was done, the oldest first."""
        return self._call("GET", "faults/log")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self._of._call_admin(method, f"{path}?app={self._of.app_id}", body)


@dataclass(frozen=True)
class Clock:
    """The clock of one server. Times are epoch milliseconds; `chatctl help clock` says what is virtual."""

    _of: _Reachable

    def now(self) -> int:
        """Returns the time of the server."""
        now: int = self._of._call_admin("GET", "clock")["now"]
        return now

    def advance(self, span: Union[int, str]) -> int:
        """Lets the time go on for milliseconds or a duration as `2m`. Returns the time once all is quiet then."""
        return self._advance({"for": span} if isinstance(span, str) else {"ms": span})

    def next(self) -> int:
        """Lets the time go on to the next deadline. Returns it once all is quiet then."""
        return self._advance({"next": True})

    def freeze(self) -> None:
        """Freezes the time: it goes on only when it is advanced."""
        self._of._call_admin("POST", "clock/freeze")

    def run(self) -> None:
        """Lets the time go on by itself."""
        self._of._call_admin("POST", "clock/run")

    def _advance(self, body: Any) -> int:
        now: int = self._of._call_admin("POST", "clock/advance", body, timeout=_ADVANCE_TIMEOUT)["now"]
        return now


@dataclass(frozen=True)
class App(_Reachable):
    """An isolated app, with rooms and keys of its own."""

    _manager: str = field(repr=False)

    @property
    def _full_key(self) -> str:
        return self._manager

    def delete(self) -> None:
        """Disconnects its clients and deletes its rooms."""
        self._call("DELETE", f"/apps/{self.app_id}")

    def __enter__(self) -> "App":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.delete()


@dataclass(frozen=True)
class Server(_Reachable):
    """A server in which apps can be made."""

    @property
    def clock(self) -> Clock:
        """Its clock, which `start(args=["--clock", "virtual"])` freezes until it is advanced."""
        return Clock(self)

    def app(self, *, capabilities: Iterable[Capability] = ()) -> App:
        """Makes an app: with one key that has full access, or with a key for each capability."""
        wanted = [{"capability": _text(capability)} for capability in capabilities]
        # The last one manages the app, whatever the others may do.
        made = self._call("POST", "/apps", {"keys": [*wanted, {"capability": _FULL_ACCESS}]})
        keys = [key["keyStr"] for key in made["keys"]]
        return App(self.address, keys[:-1] or keys, keys[-1])


def _text(capability: Capability) -> str:
    if isinstance(capability, str):
        return capability
    return json.dumps({channel: list(operations) for channel, operations in capability.items()})

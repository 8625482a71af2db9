"""Requests to a chatctl server: without the proxies of the environment, and trusting its own certificate."""

import base64
import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Optional
from urllib.parse import urlsplit

TIMEOUT = 10.0


def call(
    url: str,
    method: str,
    path: str,
    *,
    key: str = "",
    token: str = "",
    body: Any = None,
    ca_file: Optional[str] = None,
    timeout: float = TIMEOUT,
) -> Any:
    """Sends a request, and returns the JSON of the answer."""
    parts = urlsplit(url)
    where = f"{method} {url}{path}"
    connection: HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection = HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout, context=context)
    else:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    headers = {
        "Authorization": f"Bearer {token}" if token else "Basic " + base64.b64encode(key.encode()).decode(),
        "Content-Type": "application/json",
    }
    try:
        connection.request(method, path, json.dumps(body or {}) if method == "POST" else None, headers)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    except (OSError, HTTPException) as error:
        raise RuntimeError(f"{where}: {error}") from error
    finally:
        connection.close()
    if response.status >= 300:
        raise RuntimeError(f"{where}: {response.status} {text}")
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise RuntimeError(f"{where}: not a chatctl server: it answered '{text[:100]}'") from error

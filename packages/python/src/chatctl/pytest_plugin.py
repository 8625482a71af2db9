"""The pytest plugin: a server for the session, and an app in it for each test."""

import os
from typing import Any, Dict, Iterator

import pytest

from . import App, Server, connect, start


@pytest.fixture(scope="session")
def chatctl_options() -> Dict[str, Any]:
    """The options of the session's server, as `start` takes them. Override it to give some."""
    return {}


@pytest.fixture(scope="session")
def chatctl_server(chatctl_options: Dict[str, Any]) -> Iterator[Server]:
    """The session's server: the one that the environment names, as within `chatctl exec`, else one of its own."""
    if os.environ.get("CHATCTL_URL") and os.environ.get("ABLY_API_KEY") and not chatctl_options:
        yield connect()
        return
    with start(**chatctl_options) as server:
        yield server


@pytest.fixture
def chatctl_app(chatctl_server: Server) -> Iterator[App]:
    """An app for one test, which no other test sees."""
    with chatctl_server.app() as app:
        yield app

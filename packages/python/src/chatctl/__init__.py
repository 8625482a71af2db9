"""A chatctl server for the tests of an app."""

from ._app import App, Server
from ._binary import binary_path
from ._server import OwnServer, connect, start

__all__ = ["App", "OwnServer", "Server", "binary_path", "connect", "start"]

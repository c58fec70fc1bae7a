"""Run the server until it is told to stop."""

import contextlib
import os
import socket

from .errors import SettingsError
from .settings import Settings

# Longer than the streams are given to end by themselves, so that it only meets what hangs.
STOP_S = 3


def serve(settings: Settings) -> None:
    """Serve the page and the API; raises SettingsError for an unsafe host and for a port that is taken."""
    settings.require_safe_host()
    listener = _listen(settings)
    with listener:
        import uvicorn

        from .web import create_app

        config = uvicorn.Config(
            create_app(settings), log_level="warning", timeout_graceful_shutdown=STOP_S, server_header=False
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: Settings) -> socket.socket:
    """A socket that listens there, before anything slow is imported; raises SettingsError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with contextlib.ExitStack() as unless_it_listens:
            listener = unless_it_listens.enter_context(socket.socket(family, kind, protocol))
            if os.name == "posix":
                # A server that was just stopped must not keep its port for a minute; elsewhere this lets two share one.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(2048)
            unless_it_listens.pop_all()
            return listener
    except OSError as error:
        raise SettingsError(
            f"The server cannot listen on {settings.host} port {settings.port} ({error.strerror or error}): "
            "stop what uses it, or choose another with --port."
        ) from error

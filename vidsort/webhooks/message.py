"""One message to one address: signed, sent there and nowhere else."""

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

from pydantic import BaseModel

from .. import __version__

if TYPE_CHECKING:
    import httpx

    from ..settings import Webhook

ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER = "X-Vidsort-Id", "X-Vidsort-Timestamp", "X-Vidsort-Signature"
# To connect, and for each piece of the answer, of which only the status is waited for.
CONNECT_S, ANSWER_S = 5.0, 10.0


def body_of(told: BaseModel) -> bytes:
    """A message as it is sent and signed: JSON in ASCII, for a name that is no valid Unicode, too."""
    return json.dumps(told.model_dump(mode="json")).encode("ascii")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What proves that who knows the secret has sent this body at this time (seconds since the epoch)."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def client() -> "httpx.Client":
    """What sends messages: to the address that is set alone, whatever is answered and whatever the environment says."""
    import httpx

    return httpx.Client(
        trust_env=False, follow_redirects=False, timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        headers={"User-Agent": f"vidsort/{__version__}", "Content-Type": "application/json"},
    )


def send(by: "httpx.Client", webhook: "Webhook", message_id: str, body: bytes) -> str | None:
    """Send it once; None where it was taken, else why it was not, in a few words that show nothing of the address."""
    import httpx

    timestamp = str(int(time.time()))
    headers = {
        ID_HEADER: message_id, TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: signature(webhook.secret.get_secret_value(), timestamp, body),
    }
    try:
        # Of the answer no more is read than its head: it may have no end.
        with by.stream("POST", webhook.url, content=body, headers=headers) as answer:
            if answer.is_success:
                return None
            if answer.is_redirect:
                return f"it answered {answer.status_code}, and is not followed elsewhere: set the address that it names"
            return f"it answered {answer.status_code}"
    except httpx.TransportError as error:
        return f"it could not be reached ({str(error) or type(error).__name__})"
    except httpx.InvalidURL:
        return "its address is none"

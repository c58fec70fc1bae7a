"""Who else is told of what happens: `[[webhooks]]` in vidsort.toml, a table an address."""

from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

WebhookEvent = Literal["filed", "moved", "taken_back", "retrained"]
EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)
# Shorter ones are found by trying, from one message that was seen.
SHORTEST_SECRET = 16


def _address(url: str) -> str:
    """The address as it is; raises PydanticCustomError, which never shows it: who knows it may be who may send."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or not url.isascii() or not url.isprintable() or " " in url:
        raise PydanticCustomError("webhook_url", "write a whole address, like https://example.org/vidsort")
    if parts.username is not None or parts.password is not None:
        raise PydanticCustomError("webhook_url", "leave out the name and the password, as what is sent is signed")
    return url


def _not_guessed(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise PydanticCustomError("webhook_secret", "write {least} characters or more", {"least": SHORTEST_SECRET})
    return secret


class Webhook(BaseModel):
    """An address that is told of events, in messages signed by a secret; neither is shown in whole anywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(_address)] = Field(max_length=2000, repr=False)
    secret: Annotated[SecretStr, AfterValidator(_not_guessed)]
    events: tuple[WebhookEvent, ...] = Field(EVENTS, min_length=1)

    @property
    def receiver(self) -> str:
        """The address as it may be shown: without its path, which may hold what lets one in."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    def __str__(self) -> str:
        return f"{self.receiver} ({', '.join(self.events)})"


# As a file shows them that sets nothing; what is behind a "# " here is no line of a setting.
AS_COMMENT = f"""\
# addresses that are told of events, a table each, by signed messages: docs/webhooks.md
#   [[webhooks]]
#   url = "https://example.org/vidsort"
#   secret = "{SHORTEST_SECRET} characters or more, which nobody can guess"
#   events = {list(EVENTS)}
""".replace("'", '"')

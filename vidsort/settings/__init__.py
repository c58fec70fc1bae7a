"""What vidsort is told: defaults, `vidsort.toml`, the environment, flags, the later winning."""

from .loading import CONFIG_NAME, PATHS, absolute, base_dir, load_settings
from .values import LOOPBACK_NAMES, PLAIN, PREFIX, SECRETS, WEBHOOKS, Settings
from .webhooks import Webhook, WebhookEvent

__all__ = [
    "CONFIG_NAME", "LOOPBACK_NAMES", "PATHS", "PLAIN", "PREFIX", "SECRETS", "WEBHOOKS", "Settings", "Webhook",
    "WebhookEvent", "absolute", "base_dir", "load_settings",
]

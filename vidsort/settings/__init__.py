"""What vidsort is told: defaults, `vidsort.toml`, the environment, flags, the later winning."""

from .loading import CONFIG_NAME, PATHS, absolute, base_dir, load_settings
from .values import LOOPBACK_NAMES, PLAIN, PREFIX, WEBHOOKS, Settings
from .webhooks import Webhook, WebhookEvent

__all__ = [
    "CONFIG_NAME", "LOOPBACK_NAMES", "PATHS", "PLAIN", "PREFIX", "WEBHOOKS", "Settings", "Webhook", "WebhookEvent",
    "absolute", "base_dir", "load_settings",
]

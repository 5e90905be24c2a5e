"""Addresses in trust.toml: https, or this computer."""

import ipaddress
from urllib.parse import urlsplit


def safe_url(value: str) -> str:
    """`value` when it begins with https://, or leads to this computer. Raises ValueError for any other address."""
    parts = urlsplit(value)
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise ValueError("is no address of the form https://…")
    if parts.scheme == "http" and not is_this_computer(parts.hostname):
        raise ValueError("must begin with https:// (http is for this computer only)")
    return value


def is_this_computer(host: str) -> bool:
    """Whether a host's name or address means the computer itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

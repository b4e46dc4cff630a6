"""Bytes, as base64url (ABNF binaryValue)."""

import base64
import binascii


def read_binary(text: str) -> bytes | None:
    """The bytes that base64 spells, with the letters of either alphabet and with or without padding, or None."""
    digits = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def write_binary(value: bytes) -> str:
    """The literal for bytes."""
    return f"binary'{base64.urlsafe_b64encode(value).decode()}'"

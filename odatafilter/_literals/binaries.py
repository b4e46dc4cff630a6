"""Bytes, as base64url (ABNF binaryValue)."""


def read_binary(text: str) -> bytes | None:
    """The bytes that base64 spells, with the letters of either alphabet and with or without padding, or None."""
    import base64  # noqa: PLC0415 - slow to import, and few filters have bytes
    import binascii  # noqa: PLC0415

    digits = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def write_binary(value: bytes) -> str:
    """The literal for bytes."""
    import base64  # noqa: PLC0415

    return f"binary'{base64.urlsafe_b64encode(value).decode()}'"

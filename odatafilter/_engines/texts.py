"""What engines must be told of texts."""


def least_text_after(prefix: str) -> str | None:
    """The least text that is greater than all that begin with `prefix`, by code points; None where there is none."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)  # noqa: PLR2004 - surrogates are no characters

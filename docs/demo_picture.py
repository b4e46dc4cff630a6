"""Draws `docs/demo.svg` of what `odatafilter demo` shows. Run it after the demo has changed."""

import io
import re
from functools import partial
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from odatafilter.emulator import demo as shown

PICTURE = Path(__file__).with_name("demo.svg")
OWN_FONTS = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)  # none from the network


def main() -> None:
    """Runs the demo and draws it."""
    consoles: list[Console] = []

    def make(**options: bool) -> Console:
        consoles.append(Console(record=True, width=96, file=io.StringIO(), color_system="truecolor", **options))
        return consoles[-1]

    shown.Console = partial(make)
    shown.demo()
    PICTURE.write_text(consoles[0].export_svg(title="odatafilter demo", code_format=OWN_FONTS), "utf-8")


if __name__ == "__main__":
    main()

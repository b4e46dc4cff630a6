"""`python -m odatafilter`: the same as the command `odatafilter`."""

from odatafilter.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

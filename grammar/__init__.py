"""The language, as Lark files; `tables.json` is what Lark makes of them, saved so that nobody waits for it.

After a change of the grammar, `python -c "from odatafilter._parse import tables; tables.save()"` writes it anew.
"""

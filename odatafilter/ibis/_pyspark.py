"""The spellings of PySpark."""

from typing import Final

from odatafilter.ibis._spelling import Spelling, X, engine_function

_spark_quotient: Final = engine_function("div", ("int64", "int64"), "int64")


class PySpark(Spelling):
    """Spark 4, in a session whose time zone is UTC."""

    name = "PySpark"

    def quotient(self, one: X, other: X) -> X:
        return _spark_quotient(one, other)

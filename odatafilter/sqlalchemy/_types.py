"""The types of expressions, each made once: SQLAlchemy works out for each instance what a dialect makes of it."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

BOOLEAN: Final = sa.Boolean()
STRING: Final = sa.String()
TEXT: Final = sa.Text()
INTEGER: Final = sa.Integer()
BIG_INTEGER: Final = sa.BigInteger()
NUMERIC: Final = sa.Numeric()
DOUBLE: Final[sa.types.TypeEngine[float]] = sa.Double()
DATE: Final = sa.Date()
INTERVAL: Final = sa.Interval()
TIME: Final = sa.Time()
TIMESTAMP: Final = sa.DateTime(timezone=True)
WITHOUT_ZONE: Final = sa.DateTime()
JSON: Final = sa.JSON()
JSONB: Final = postgresql.JSONB()
# By families of kinds: types of the engine stand in its package, since `_kinds` must not import it.
COLUMN_TYPES: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "Boolean": BOOLEAN,
    "String": STRING,
    "Enum": STRING,
    "Int": BIG_INTEGER,
    "Decimal": NUMERIC,
    "Double": DOUBLE,
    "DateTimeOffset": TIMESTAMP,
    "Date": DATE,
    "TimeOfDay": TIME,
    "Duration": INTERVAL,
    "Guid": sa.Uuid(),
    "Binary": sa.LargeBinary(),
}


def bind(value: object, column_type: "sa.types.TypeEngine[Any]") -> sa.BindParameter[Any]:
    """A value as a bound parameter: what `sa.literal` gives, without its questions about what the value is."""
    return sa.BindParameter(None, value, type_=column_type, unique=True)

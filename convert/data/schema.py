"""What every row has to be before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from convert.data import FERPLUS, UNDECLARED, DataError, Source
from convert.dataset import LABELS, NO_LABEL, Split

MOST_VOTES = 100
"""FER+ asked ten people a face; a hundred for one answer is a broken table."""

ALLOWED = {
    "label": f"{NO_LABEL} (none) or 0 to {len(LABELS) - 1}: {' '.join(LABELS)}",
    "split": f"{UNDECLARED} (not declared) or 0 to 2: train validation test",
    **dict.fromkeys(FERPLUS, f"0 to {MOST_VOTES} votes"),
}


def check(table: pd.DataFrame, sources: Sequence[Source]) -> None:
    """Raise DataError about the first row that breaks the schema, and say how many do."""
    # pandera takes seconds to import; `--help` and the other commands need not wait for it.
    import pandera.pandas as pa  # noqa: PLC0415

    counts = {name: pa.Column("int64", pa.Check.in_range(0, MOST_VOTES)) for name in FERPLUS}
    schema = pa.DataFrameSchema(
        {
            "source": pa.Column("int64", pa.Check.in_range(0, len(sources) - 1)),
            "row": pa.Column("int64", pa.Check.ge(0)),
            "label": pa.Column("int64", pa.Check.in_range(NO_LABEL, len(LABELS) - 1)),
            "split": pa.Column("int64", pa.Check.in_range(UNDECLARED, max(Split))),
            "copied": pa.Column("bool"),
            "image": pa.Column("uint64"),
            "darkest": pa.Column("uint8"),
            "brightest": pa.Column("uint8"),
            **counts,
        },
        unique=["source", "row"],
        strict=True,
    )
    try:
        schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise DataError(_in_words(errors.failure_cases, table, sources)) from errors


def _in_words(failures: pd.DataFrame, table: pd.DataFrame, sources: Sequence[Source]) -> str:
    first = failures.iloc[0]
    if pd.isna(first["index"]):
        return f"{sources[0].path}: {first['column']}: {first['check']}"
    index = int(first["index"])
    column = str(first["column"])
    where = sources[int(table["source"][index])].where(int(table["row"][index]))
    more = len(failures) - 1
    return f"{where}: {column} = {first['failure_case']}; allowed: {ALLOWED[column]}" + (
        f" (and {more} more)" if more else ""
    )

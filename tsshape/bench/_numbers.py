"""The numbers of a run folder: what each may be, so that no sum, square or exponential of them overflows."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

# Text is no number, a truth value neither, and no further key is known.
CLOSED = ConfigDict(extra="forbid", strict=True)
# The default of a key that a record may lack, but not have as null.
ABSENT: Any = None

Count = Annotated[int, Field(ge=0, le=2**53)]
Natural = Annotated[int, Field(ge=1, le=2**53)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
# From -1 to 1, with room for errors of rounding.
Correlation = Annotated[float, Field(ge=-1.000001, le=1.000001, allow_inf_nan=False)]
# An error or a width, in the unit of the counts; and anything in that unit.
Size = Annotated[float, Field(ge=0, le=1e150, allow_inf_nan=False)]
Value = Annotated[float, Field(ge=-1e150, le=1e150, allow_inf_nan=False)]
# The logarithm of a ratio.
Log = Annotated[float, Field(ge=-709, le=709, allow_inf_nan=False)]
# A number of days as a key of JSON.
Days = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,6})$")]

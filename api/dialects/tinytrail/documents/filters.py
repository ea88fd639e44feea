"""What the document says of filters."""

from __future__ import annotations

from typing import Any, Final

from core.filters import FilterDimension

_DESCRIPTION: Final = """\
Which visits a report is about: `filter[country]=DE`. An extension.

The same dimension again means any of the values; `!` in front means is not, with several none of them; `*` is any run
of characters, and a backslash in front takes the rest as it stands; an empty value is none. Different dimensions are
combined by *and*. A filter on `page` or `group` looks at a view, one on `event` or `property:NAME` at an event, one on
`traffic` at everything, any other at the visit; what is counted is counted of the visits that have them.
"""
_VALUE: Final = {"type": "string", "maxLength": 1_024}

#: The parameter, one object for all dimensions.
FILTER: Final[dict[str, Any]] = {
    "name": "filter",
    "in": "query",
    "required": False,
    "style": "deepObject",
    "explode": True,
    "description": _DESCRIPTION,
    "schema": {
        "type": "object",
        "properties": {
            dimension.value: {"type": "string", "enum": ["human", "bot", "!human", "!bot"]}
            if dimension is FilterDimension.TRAFFIC
            else _VALUE
            for dimension in FilterDimension
            if dimension is not FilterDimension.PROPERTY
        },
        "patternProperties": {"^property:[^\\\\]+$": _VALUE},
        "additionalProperties": False,
    },
    "example": {"country": "DE", "page": "/blog/*"},
}

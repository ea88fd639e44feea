"""Who may ask: whoever has a token of this API."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends

from api.auth import bearer
from core.accounts import Api, Principal

#: Returns who asks, or raises HttpError 401.
token_owner: Final = bearer(Api.BEEP, refusal="unauthorized")

#: A parameter of a route for owners of tokens.
User = Annotated[Principal, Depends(token_owner)]

"""Reading a body to its end or to a bound, whichever comes first, decoded or not."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from ops.outbound.errors import OutboundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

#: What is decoded, and asked for.
ENCODINGS: Final = "gzip, deflate"
_GZIP: Final = 16 + zlib.MAX_WBITS
_ZLIB_METHOD: Final = 8


async def read_body(chunks: AsyncIterable[bytes], encoding: str, most: int) -> tuple[bytes, bool]:
    """Return the body and whether there is more of it.

    Args:
        chunks: it, as it comes.
        encoding: the header Content-Encoding; what is neither gzip nor deflate is left as it is.
        most: bytes that are taken, and that are kept after decoding.

    Raises:
        OutboundError: it is not encoded as it says.
    """
    decoder = _decoder(encoding.strip().lower())
    kept, taken = bytearray(), 0
    async for chunk in chunks:
        taken += len(chunk)
        kept += decoder.decode(chunk, most + 1 - len(kept)) if decoder else chunk
        if len(kept) > most or taken > most:
            return bytes(kept[:most]), True
    if decoder is not None and taken and not decoder.ended:
        raise OutboundError("The answer ended too early")
    return bytes(kept), False


def _decoder(encoding: str) -> _Inflater | None:
    if encoding in {"gzip", "x-gzip"}:
        return _Inflater(_GZIP)
    return _Inflater(None) if encoding == "deflate" else None


class _Inflater:
    """Decodes gzip, of one or more members, and deflate, with its header as it should be or without as some send it."""

    def __init__(self, form: int | None) -> None:
        self._form = form
        self._stream = None if form is None else zlib.decompressobj(form)

    @property
    def ended(self) -> bool:
        """Whether all was decoded that was begun."""
        return self._stream is not None and self._stream.eof

    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what the chunk brings, at most so many bytes, 1 or more: the bomb in it is never unpacked.

        Raises:
            OutboundError: this is something else.
        """
        decoded = bytearray()
        try:
            while chunk and len(decoded) < most:
                if self._stream is None:
                    self._form = zlib.MAX_WBITS if chunk[0] & 0x0F == _ZLIB_METHOD else -zlib.MAX_WBITS
                    self._stream = zlib.decompressobj(self._form)
                if self._stream.eof:
                    if self._form != _GZIP:
                        break
                    self._stream = zlib.decompressobj(_GZIP)
                decoded += self._stream.decompress(chunk, most - len(decoded))
                chunk = self._stream.unused_data
        except zlib.error as error:
            raise OutboundError("The answer is not compressed as it says") from error
        return bytes(decoded)

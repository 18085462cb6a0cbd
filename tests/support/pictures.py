"""Pictures of pages as small files: a palette of 256 colours, which is all that pages of text and tables have."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np

COLOURS = 256

_PIXELS = """async (png) => {
    const picture = new Image();
    picture.src = "data:image/png;base64," + png;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height), ink = canvas.getContext("2d");
    ink.drawImage(picture, 0, 0);
    const found = ink.getImageData(0, 0, picture.width, picture.height).data;
    let said = "";
    for (let i = 0; i < found.length; i += 30000) said += String.fromCharCode(...found.subarray(i, i + 30000));
    return [picture.width, picture.height, btoa(said)];
}"""


def small(browser: Any, png: bytes) -> bytes:
    """A picture that a browser took, in fewer bytes. Only colours that stand in few places are changed, to near ones."""
    page = browser.new_page()
    width, height, said = page.evaluate(_PIXELS, base64.b64encode(png).decode("ascii"))
    page.close()
    pixels = np.frombuffer(base64.b64decode(said), dtype=np.uint8).reshape(-1, 4)[:, :3]
    palette, places = _palette(pixels)
    return _png(width, height, palette, places.reshape(height, width))


def _palette(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The most frequent colours, and for each pixel which of them is nearest."""
    packed = (pixels.astype(np.uint32) << np.array([16, 8, 0], dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    colours, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    every = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int32)
    kept = np.sort(np.argsort(-counts, kind="stable")[:COLOURS])
    apart = ((every[:, None, :] - every[None, kept, :]) ** 2).sum(axis=2)
    return every[kept].astype(np.uint8), apart.argmin(axis=1).astype(np.uint8)[places]


def _png(width: int, height: int, palette: np.ndarray, places: np.ndarray) -> bytes:
    """A file as of the PNG specification: one byte a pixel, no filter, as little as zlib makes of it."""
    lines = np.hstack([np.zeros((height, 1), dtype=np.uint8), places]).tobytes()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

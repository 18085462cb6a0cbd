"""What tests of pages share."""

from __future__ import annotations

import logging

import pytest

from tests.support.browser import browser as open_browser


@pytest.fixture(scope="module")
def browser():
    with open_browser() as opened:
        yield opened


@pytest.fixture(autouse=True)
def reader_logs_no_cookie():
    """The client that stands for a browser would log the cookies that it gets, as no server of ours does."""
    logger = logging.getLogger("httpcore")
    before = logger.level
    logger.setLevel(logging.INFO)
    yield
    logger.setLevel(before)

"""How many tests run at once."""

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For ``-n auto``: more than there are cores, since what waits for a terminal or a socket needs none."""
    return 2 * (os.cpu_count() or 1)

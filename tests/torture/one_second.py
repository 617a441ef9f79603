"""A reducer whose fit takes a second, so that it can be killed in it."""

from __future__ import annotations

import time

from tests.bench.fakes import Fake


class OneSecond(Fake):
    def mischief(self, X):
        time.sleep(1)

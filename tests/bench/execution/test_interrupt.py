from __future__ import annotations

import signal

import pytest

from bench.execution.worker_handle import Interrupt


def test_ctrl_c_is_deferred_until_it_is_checked() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt:
        interrupt.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)  # the second one acts at once
    assert signal.getsignal(signal.SIGINT) is before

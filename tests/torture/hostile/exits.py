"""Ways to end: exceptions that are none of `Exception`, signals, and shutdowns that hang."""

from __future__ import annotations

import atexit
import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time

from tests.torture.hostile.base import Hostile, OverridesTransform


class ExitsInFit(Hostile):
    """`sys.exit` in `fit`"""

    status = "failed | crashed"

    def mischief(self, X):
        sys.exit(3)


class ExitsInTransform(OverridesTransform):
    """`sys.exit` in `transform`"""

    status = "failed | crashed"

    def lie_of_new(self, Z):
        sys.exit(0)


class ExitsAtOnce(Hostile):
    """`os._exit(0)`: ends as if all were well"""

    status = "crashed"
    says = "exit status 0"

    def mischief(self, X):
        os._exit(0)


class Interrupted(Hostile):
    """raises `KeyboardInterrupt`"""

    status = "failed | crashed"

    def mischief(self, X):
        raise KeyboardInterrupt


class Generated(Hostile):
    """raises `GeneratorExit`"""

    status = "failed | crashed"

    def mischief(self, X):
        raise GeneratorExit


class OwnBase(BaseException):
    """What no `except Exception` catches."""


class RaisesItsOwn(Hostile):
    """raises an exception that is none of `Exception`"""

    status = "failed | crashed"

    def mischief(self, X):
        raise OwnBase("mine")


class RaisesStop(Hostile):
    """raises `StopIteration`"""

    status = "failed"
    says = "StopIteration"

    def mischief(self, X):
        raise StopIteration


class Recurses(Hostile):
    """recurses without end"""

    status = "failed"
    says = "RecursionError"

    def mischief(self, X):
        return self.mischief(X)


class RecursesInC(Hostile):
    """overflows the stack of compiled code"""

    status = "crashed"
    says = "SIGSEGV | SIGABRT"

    def mischief(self, X):
        faulthandler._stack_overflow()


class Segfaults(Hostile):
    """reads address zero"""

    status = "crashed"
    says = "SIGSEGV"

    def mischief(self, X):
        ctypes.string_at(0)


class Aborts(Hostile):
    """aborts in compiled code"""

    status = "crashed"
    says = "SIGABRT"

    def mischief(self, X):
        os.abort()


class DividesByZero(Hostile):
    """is ended by a floating point exception"""

    status = "crashed"
    says = "SIGFPE"

    def mischief(self, X):
        signal.signal(signal.SIGFPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGFPE)


class RunsIntoAnAlarm(Hostile):
    """sets an alarm that ends the process while it sleeps"""

    status = "crashed"
    says = "SIGALRM"

    def mischief(self, X):
        signal.alarm(1)
        time.sleep(3600)


class FailsInTransform(OverridesTransform):
    """raises in `transform`"""

    status = "failed"
    says = "transform: RuntimeError: no luck"
    keeps_fit = True

    def lie_of_new(self, Z):
        raise RuntimeError("no luck")


class FailsWhenDeleted(Hostile):
    """raises in `__del__`"""

    status = "ok"

    def __del__(self):
        raise RuntimeError("not yet")


class HangsAtExit(Hostile):
    """hangs when the process should end"""

    status = "ok"

    def mischief(self, X):
        atexit.register(time.sleep, 3600)


class DiesAtExit(Hostile):
    """dies of a signal when the process should end"""

    status = "ok"

    def mischief(self, X):
        atexit.register(os.abort)


class DiesInAThread(Hostile):
    """a thread of it dies in compiled code while it fits"""

    status = "crashed"
    says = "SIGSEGV"

    def mischief(self, X):
        threading.Thread(target=ctypes.string_at, args=(0,)).start()
        time.sleep(5)


class RaisesInAThread(Hostile):
    """a thread of it raises while it fits"""

    status = "ok"

    def mischief(self, X):
        thread = threading.Thread(target=[].pop)
        thread.start()
        thread.join()


class FailsToBeCreated(Hostile):
    """raises when it is created with a seed"""

    status = "failed"
    says = "not with a seed"

    def __init__(self, n_components=2, random_state=None):
        super().__init__(n_components, random_state)
        if random_state is not None:
            raise ValueError("not with a seed")


class HangsToBeCreated(Hostile):
    """hangs when it is created"""

    status = "timeout"

    def __init__(self, n_components=2, random_state=None):
        super().__init__(n_components, random_state)
        time.sleep(3600)


class LiesOfItsParameters(Hostile):
    """`get_params` names parameters that it does not take"""

    status = "failed | ok"

    def get_params(self, deep=True):
        return {"n_components": 7, "n_jobs": 1, "random_state": 0, "perplexity": 30}


class HasNoParameters(Hostile):
    """`get_params` returns nothing"""

    status = "failed | ok"

    def get_params(self, deep=True):
        return None


class BreaksItsParameters(Hostile):
    """`get_params` raises"""

    status = "failed"
    says = "no parameters"

    def get_params(self, deep=True):
        raise RuntimeError("no parameters")

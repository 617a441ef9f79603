"""Replies that are forged, cut or endless, and files that are not what a reply says."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import threading
import time

import numpy as np

from tests.torture.hostile.base import Hostile

COST = {
    "wall_s": 1e-9, "cpu_s": 0.0, "peak_mib": 1.0, "baseline_mib": 1.0, "mapped_mib": 0.0, "other_cores": 0.0,
    "memory_method": "VmHWM",
}  # fmt: skip


def send(content):
    """Write to every pipe and socket that the process has, but its output."""
    for name in os.listdir("/proc/self/fd"):
        try:
            mode = os.stat(f"/proc/self/fd/{name}").st_mode
            if int(name) > 2 and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
                os.write(int(name), content)
        except OSError:
            continue


def output_of_this_run():
    """Return the path where the worker will write its arrays, as the frames of its functions tell."""
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(getattr(value, "output", None), str):
                return value.output
        frame = frame.f_back
    return ""


class SendsGarbage(Hostile):
    """writes bytes that are no text to every pipe"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b"\x00\xff\xfe garbage\n")


class SendsALine(Hostile):
    """writes a line of text to every pipe"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b"hello\n")


class SendsHalfALine(Hostile):
    """writes half a line to every pipe"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b'{"status": "ok", ')


class SendsHalfALineAndHangs(Hostile):
    """writes half a line to every pipe and hangs"""

    status = "timeout | crashed"

    def mischief(self, X):
        send(b'{"status": "ok", ')
        time.sleep(3600)


class SendsALongLine(Hostile):
    """writes a line of 64 MiB"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        for _ in range(64):
            send(b"x" * (1 << 20))


class SendsManyLines(Hostile):
    """writes 10,000 empty messages"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b"{}\n" * 10_000)


class SendsNumbers(Hostile):
    """writes JSON that is no object"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b"7\n[]\nnull\n")


class SendsBrackets(Hostile):
    """writes 100,000 nested brackets"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b"[" * 100_000 + b"\n")


class SendsLunch(Hostile):
    """announces a phase that does not exist"""

    status = "crashed"
    says = "no message"

    def mischief(self, X):
        send(b'{"began": "lunch"}\n')


class EndsEarly(Hostile):
    """announces the end of its fit before it sleeps for two seconds"""

    status = "invalid | crashed | ok"
    fit_s = (1.9, 8.0)

    def mischief(self, X):
        send(b'{"ended": "fit"}\n')
        time.sleep(2)


class ForgesItsTime(Hostile):
    """forges the whole outcome, with a fit of a nanosecond, after two seconds"""

    status = "invalid | crashed"

    def mischief(self, X):
        time.sleep(2)
        send(json.dumps({"status": "ok", "n_components": 2, "fit": COST}).encode() + b"\n")
        time.sleep(3600)


class ForgesNaN(Hostile):
    """forges an outcome with NaN for a time"""

    status = "invalid | crashed"

    def mischief(self, X):
        send(json.dumps({"status": "ok", "n_components": 2, "fit": COST | {"wall_s": float("nan")}}).encode() + b"\n")


class ForgesAgain(Hostile):
    """writes a second outcome behind its own, for the next run to find"""

    status = "ok | invalid | crashed"

    def mischief(self, X):
        forged = json.dumps({"status": "ok", "n_components": 2, "fit": COST}).encode() + b"\n"
        threading.Timer(0.5, send, [forged]).start()


class ForgesAFullDisk(Hostile):
    """says that the disk is full, which it is not"""

    status = "crashed | invalid | failed"

    def mischief(self, X):
        send(b'{"cannot_write": "No space left on device"}\n')
        time.sleep(1)


class ClosesAll(Hostile):
    """closes every descriptor"""

    status = "crashed"

    def mischief(self, X):
        os.closerange(0, 4096)


class ReadsRequests(Hostile):
    """closes the pipe of requests, so that no second run can be asked for"""

    status = "ok | crashed"

    def mischief(self, X):
        for name in os.listdir("/proc/self/fd"):
            try:
                if int(name) > 2 and stat.S_ISFIFO(os.stat(f"/proc/self/fd/{name}").st_mode):
                    os.read(int(name), 0)
                    os.close(int(name))
                    return
            except OSError:
                continue


class SavesNothing(Hostile):
    """keeps its worker from writing a file, which says `ok` nonetheless"""

    status = "crashed"

    def mischief(self, X):
        sys.modules["bench.execution.capture"].save = lambda *_, **__: None


class Saves(Hostile):
    """Writes something else in the place of its arrays."""

    def mischief(self, X):
        self.X = X
        sys.modules["bench.execution.capture"].save = lambda path, *_, **__: self.save(path)

    def save(self, path):
        pass


class SavesGarbage(Saves):
    """writes garbage for its arrays"""

    status = "crashed"

    def save(self, path):
        with open(path, "wb") as file:
            file.write(b"garbage" * 1000)


class SavesHalf(Saves):
    """writes half a file for its arrays"""

    status = "crashed"

    def save(self, path):
        np.savez(path, train=np.array(self.X[:, :2]))
        os.truncate(path, os.stat(path).st_size // 2)


class SavesPickles(Saves):
    """writes pickled objects for its arrays"""

    status = "crashed | invalid"

    def save(self, path):
        np.savez(path, train=np.array([[None, {}]] * 600))


class SavesNaN(Saves):
    """writes NaN, past the checks of its own process"""

    status = "invalid | crashed"

    def save(self, path):
        np.savez(path, train=np.full((600, 2), np.nan, dtype=np.float32), test=np.zeros((150, 2), dtype=np.float32))


class SavesFewRows(Saves):
    """writes ten rows, past the checks of its own process"""

    status = "invalid | crashed"

    def save(self, path):
        np.savez(path, train=np.zeros((10, 2), dtype=np.float32), test=np.zeros((10, 2), dtype=np.float32))


class SavesNoTest(Saves):
    """writes no embedding of the test points, though it says that it can"""

    status = "invalid | crashed"

    def save(self, path):
        np.savez(path, train=np.array(self.X[:, :2]))


class SavesAFolder(Saves):
    """makes a folder in the place of its file"""

    status = "crashed | invalid"

    def save(self, path):
        os.mkdir(path)


class SavesAPipe(Saves):
    """makes a named pipe in the place of its file, which nobody ever writes to"""

    status = "crashed | invalid"

    def save(self, path):
        os.mkfifo(path)


class SavesALink(Saves):
    """makes a link to a device in the place of its file"""

    status = "crashed | invalid"

    def save(self, path):
        os.symlink("/dev/zero", path)


class SavesASocket(Saves):
    """makes a socket in the place of its file"""

    status = "crashed | invalid"

    def save(self, path):
        where = os.getcwd()
        os.chdir(os.path.dirname(path))
        socket.socket(socket.AF_UNIX).bind(os.path.basename(path))
        os.chdir(where)

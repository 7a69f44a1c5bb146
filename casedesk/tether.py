"""Runs a program that must not outlive the process that started it.

Used as a script: `python -I -S tether.py PARENT_PID PROGRAM ARGUMENT…`. It imports nothing of the
project, because it runs before every child process.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""Source: prctl(2); the request survives execve."""


def hold_on(parent: int) -> bool:
    """Ask the kernel for SIGTERM when the parent ends; False if the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == parent


if __name__ == "__main__":
    if not hold_on(int(sys.argv[1])):
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  # no shell is meant; the pid must stay

"""What the kernel says about a process: processor time and memory."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used, its threads included.

    Source:
        proc(5), /proc/pid/stat: utime and stime are the 14th and 15th field.
    """
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def memory_mb(pid: int) -> float:
    """Return the memory that a process holds now, in MB."""
    return _status(pid, "VmRSS") / 1000


def peak_memory_mb(pid: int) -> float:
    """Return the most memory that a process has held, in MB."""
    return _status(pid, "VmHWM") / 1000


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0])
    raise KeyError(name)

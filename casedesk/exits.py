"""Leaving a process that has used the Temporal SDK."""

import os
import sys
from typing import NoReturn


def leave(status: int) -> NoReturn:
    """Flush and end the process with *status*.

    The SDK may crash the interpreter at its ordinary exit, after all work is done
    (temporalio sdk-python issue 300), so the exit status would lie.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)

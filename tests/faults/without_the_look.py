"""Show that the fault tests have teeth: take the look before a repeat out and they must fail.

`python -m tests.faults.without_the_look` copies the project to a temporary folder, takes one look
out of the copy's activities at a time, and runs the fault tests that the look is for; an untouched
copy must pass them first. Exit status 0: every mutilated copy failed, with assertions or cases
that do not end. 1: a copy passed, so a look is not guarded. 2: the untouched copy failed, or a
look was not found where it should be, so that nothing can be said.
"""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", "var", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "*.db*"
)
_TESTS_FAILED = 1


@dataclass(frozen=True)
class Mutant:
    """One look taken out, and the tests that must notice."""

    look: str
    file: str
    before: str
    after: str
    tests: str
    """Selects by pytest's -k."""


MUTANTS = (
    Mutant(
        look="at the chat before a message is said again",
        file="activities/shop.py",
        before="""if may_have_run(cmd.key):
            said = await""",
        after="""if False:
            said = await""",
        tests="message and (drop_reply or person)",
    ),
    Mutant(
        look="at the chat before a coupon is sent again",
        file="activities/shop.py",
        before="""if may_have_run(cmd.key):
            for message in""",
        after="""if False:
            for message in""",
        tests="coupon and drop_reply",
    ),
    Mutant(
        look="at the order and its cancellations before it is cancelled again",
        file="activities/cancelling.py",
        before="    if order is None:\n        return None\n    entries",
        after="    if True:\n        return None\n    entries",
        tests="(cancellation and drop_reply) or single_lines",
    ),
    Mutant(
        look="for a step that a person retries in a new activity",
        file="activities/shop.py",
        before="return key.tried_before or activity.info().attempt > 1",
        after="return activity.info().attempt > 1",
        tests="person or outage",
    ),
    Mutant(
        look="for a second attempt of the same activity",
        file="activities/shop.py",
        before="return key.tried_before or activity.info().attempt > 1",
        after="return key.tried_before",
        tests="drop_reply and (message or coupon)",
    ),
)


def main() -> int:
    """Run the untouched copy, then every mutant; say on stdout what was noticed."""
    if _status_of(None) != 0:
        _say("CANNOT TELL  the untouched copy fails too")
        return 2
    return max(_noticed(mutant) for mutant in MUTANTS)


def _noticed(mutant: Mutant) -> int:
    status = _status_of(mutant)
    if status is None:
        _say(f"OUT OF DATE  without the look {mutant.look}: it is not in {mutant.file}")
        return 2
    noticed = status == _TESTS_FAILED
    _say(f"{'noticed' if noticed else 'NOT NOTICED'}  without the look {mutant.look}")
    return 0 if noticed else 1


def _status_of(mutant: Mutant | None) -> int | None:
    """Return how pytest ended on a copy; None if the look to take out is not there."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(_ROOT, copy, ignore=_LEFT_OUT)
        if mutant is None:
            return _run(copy, " or ".join(f"({each.tests})" for each in MUTANTS))
        source = copy / mutant.file
        text = source.read_text(encoding="utf-8")
        if text.count(mutant.before) != 1:
            return None
        source.write_text(text.replace(mutant.before, mutant.after), encoding="utf-8")
        return _run(copy, mutant.tests)


def _run(copy: Path, tests: str) -> int:
    command = [sys.executable, "-m", "pytest", "tests/faults", "-q", "-x", "-k", tests]
    command += ["-p", "no:cacheprovider", "--tb=line"]
    ran = subprocess.run(  # noqa: S603  # our own interpreter on our own copy
        command, cwd=copy, capture_output=True, text=True, check=False
    )
    sys.stderr.write(ran.stdout[-2000:] + ran.stderr[-2000:])
    return ran.returncode


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

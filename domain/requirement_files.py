"""Reading evidence rules: strict about typos and overlaps, each entry versioned by its content."""

from collections.abc import Iterable
from itertools import combinations

from domain.errors import PlaybookError
from domain.playbook_files import content_version
from domain.requirements import EvidenceMatrix, MarketEvidence, MatrixEntry
from domain.yaml_lines import Document


def parse_evidence(text: str, *, filename: str) -> MarketEvidence:
    """Return the evidence rules of one market's file.

    Args:
        text: The content of the file.
        filename: Its name, for the refusals.

    Returns:
        The entries, the version of each a short hash of its content.

    Raises:
        PlaybookError: Not YAML, an unknown or missing key, a bad value, a version that somebody
            wrote, an entry that ends before it begins, or two entries for the same days; names
            file and line.
    """
    document = Document(text, filename=filename)
    read = document.read_as(MarketEvidence)
    for number, entry in enumerate(read.entries):
        _check_entry(document, number, entry)
    for (_, first), (number, second) in combinations(enumerate(read.entries), 2):
        if _clash(first, second):
            reason = (
                f"a second entry for {second.scenario} is in force on the same days as the one "
                f"of {first.valid_from:%Y-%m-%d}; end that one with valid_until"
            )
            raise document.refusal(("entries", number), reason)
    versioned = (one.model_copy(update={"version": content_version(one)}) for one in read.entries)
    return read.model_copy(update={"entries": tuple(versioned)})


def matrix_of(files: Iterable[MarketEvidence]) -> EvidenceMatrix:
    """Return the matrix of all files.

    Raises:
        PlaybookError: Two files are of the same market.
    """
    markets = tuple(files)
    names = [each.market for each in markets]
    for name in names:
        if names.count(name) > 1:
            raise PlaybookError("evidence rules", f"two files are of {name}; join them in one")
    return EvidenceMatrix(markets=markets)


def _check_entry(document: Document, number: int, entry: MatrixEntry) -> None:
    at = ("entries", number)
    if entry.version:
        raise document.refusal(
            (*at, "version"), "version is computed from the content; remove the key"
        )
    if entry.valid_until is not None and entry.valid_until < entry.valid_from:
        raise document.refusal((*at, "valid_until"), "ends before it begins; correct a date")


def _clash(first: MatrixEntry, second: MatrixEntry) -> bool:
    same = first.scenario is second.scenario and set(first.violations) & set(second.violations)
    return bool(same) and (first.in_force(second.valid_from) or second.in_force(first.valid_from))

"""The shelf of evidence rules: which proofs win, in files that people edit."""

from pathlib import Path

from activities.playbooks import FileReader
from domain.errors import PlaybookError
from domain.requirement_files import matrix_of, parse_evidence
from domain.requirements import EvidenceMatrix


class EvidenceShelf:
    """Evidence rules of one installation.

    A file is read again when it has changed on disk, so an edit reaches new appeals without a
    restart; open appeals keep the set they pinned.
    """

    def __init__(self, folder: Path) -> None:
        """Take the files of *folder*, one per market, such as playbooks/evidence."""
        self._folder = folder
        self._files = FileReader(parse_evidence)

    def matrix(self) -> EvidenceMatrix:
        """Return everything that the files know, by file name.

        Raises:
            PlaybookError: There is no file, or one does not hold together; names file and line.
        """
        paths = sorted(self._folder.glob("*.yaml"))
        if not paths:
            raise PlaybookError(self._folder.name, "holds no evidence rules; add a market's file")
        return matrix_of(self._files.read(path) for path in paths)

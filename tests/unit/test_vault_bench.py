"""The bench of the vault on something small: it measures what it says and leaves nothing."""

from pathlib import Path

from bench.vault import measure, table


def test_a_small_run_measures_everything(tmp_path: Path) -> None:
    figures = measure(tmp_path, size=12_000_000, entries=40, rounds=2)

    assert (12, 40) == (figures.size_mb, figures.entries)
    assert 0 < figures.ratio < 10
    assert 0 < figures.intake_rate
    assert 0 < figures.sha256_rate
    assert 0 <= figures.memory_mb < 200
    assert 0 <= figures.library_seconds
    assert 0 < figures.verifier_seconds
    assert not [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    shown = table(figures)
    assert 6 == len(shown.splitlines())
    assert "intake of the same file" in shown
    assert max(len(line) for line in shown.splitlines()) < 80

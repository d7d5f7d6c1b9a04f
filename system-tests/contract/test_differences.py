"""The list of differences stays true to the tests."""

from pathlib import Path

from differences import DIFFERENCES

TESTS = " ".join(p.read_text() for p in Path(__file__).parent.rglob("test_*.py") if p.name != Path(__file__).name)


def test_every_difference_is_shown_by_a_test_and_has_a_reason():
    for name, difference in DIFFERENCES.items():
        assert any(f"{quote}{name}{quote}" in TESTS for quote in "'\""), f"no test asks for {name!r}"
        assert difference.why
        assert difference.stock != difference.rigbus

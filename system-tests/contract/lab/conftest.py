"""What every test of the lab may ask for. The lab is ours; clients and exporters are stock unless a test says otherwise."""

import itertools

import pytest
from lab.labs import Lab

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def lab():
    with Lab() as lab:
        lab.client("ann", {"team": "a"})
        lab.client("bob", {"team": "b"})
        yield lab


@pytest.fixture
def fresh():
    """A name that nothing else has."""
    return lambda what: f"{what}{next(NUMBERS)}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the lab had to say."""
    report = yield
    for lab in getattr(item, "funcargs", {}).values():
        if report.failed and isinstance(lab, Lab):
            report.sections.append(("log of the lab", lab.log[-8000:]))
    return report

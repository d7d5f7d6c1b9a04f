"""Writes what passed into docs/conformance.md.

    python -m pytest wire --peer stock  --junitxml=stock.xml
    python -m pytest wire --peer rigbus --junitxml=rigbus.xml
    python -m pytest lab --junitxml=lab.xml
    python conformance_table.py --stock stock.xml --rigbus rigbus.xml --lab lab.xml

The rows come from the names of the tests, so that a point without a test has no row; a peer that is not named keeps what
the page says of it. `--check` writes nothing and fails if the page lacks a row or says of a given peer what is not so.
"""

import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

from driver_rows import CALLS, CASES

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "conformance.md"
PEERS = ("stock", "rigbus")
# Tests of a lab: there is no stock one without Kubernetes to compare with.
LAB = ("lab",)
LAB_TABLES = ("controller", "regressions of the lab")
# The points of the protocol that concern an exporter; the others are about clients, routers and controllers.
POINTS = [*range(1, 7), *range(9, 33), *range(34, 49), *range(50, 78), 79]
# Those of the controller; their numbers are a list of their own.
LAB_POINTS = range(1, 97)
HEADS = {
    "points": ("Point", "What it says", "File"),
    "fixtures": ("Recordings", "", ""),
    "hostile": ("Input", "", "File"),
    "controller": ("Point", "What it says", "File"),
    "regressions of the lab": ("Regression", "", "File"),
    "calls": ("Driver", "Calls, streams, keys", "Tests"),
    "cases": ("Stock tests of", "Case", "Tests"),
}


def tests_in(file):
    return re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)


def words(name):
    return name.replace("_", " ")


def point_rows():
    """(key, cells) of every point, the key being what the names of its tests begin with."""
    found = defaultdict(list)
    for file in sorted((HERE / "wire").glob("test_point_*.py")):
        for test in tests_in(file):
            number, says = re.match(r"test_point_(\d+)_(\w+)", test).groups()
            found[int(number)].append((words(says), file.name))
    missing = [number for number in POINTS if number not in found]
    assert not missing, f"points without a test: {missing}"
    for number in sorted(found):
        says, files = zip(*found[number])
        yield f"test_point_{number:02d}_", (str(number), "; ".join(says), f"`{files[0]}`")


def fixture_rows():
    sys.path[:0] = [str(HERE), str(HERE / "wire")]
    import expectations
    import fixtures

    groups = defaultdict(int)
    for name in fixtures.load():
        if name not in expectations.NOT_REPLAYED:
            groups[name.partition("-")[0]] += 1
    for group, count in sorted(groups.items()):
        yield ("fixture", group), (f"`{group}` ({count})", "", "")


def hostile_rows():
    for test in tests_in(HERE / "wire" / "test_bad_input.py"):
        yield test, (words(test.removeprefix("test_")), "", "`test_bad_input.py`")


def lab_rows():
    """(key, cells) of every point of the controller: the key is the file and what the names of its tests begin with."""
    found = defaultdict(list)
    for file in sorted((HERE / "lab").glob("test_*.py")):
        for test in tests_in(file):
            point = re.match(r"test_point_(\d+)_(\w+)", test)
            if point:
                found[int(point[1])].append((words(point[2]), file.name))
    for number in LAB_POINTS:
        says, files = zip(*found[number]) if number in found else (("no test",), ())
        named = ", ".join(f"`{name}`" for name in dict.fromkeys(files))
        yield f"test_point_{number:02d}_", (str(number), "; ".join(says), named)


def regression_rows():
    for file in sorted((HERE / "lab").glob("test_*.py")):
        for test in tests_in(file):
            number = re.match(r"test_(r\d+)_(\w+)", test)
            if number:
                yield test, (number[1].upper() + ": " + words(number[2]), "", f"`{file.name}`")


def driver_rows(listed):
    """Rows of the drivers; the key is all that has to pass, as (file, test)."""
    for driver, what, file, names in listed:
        tests = [f"test_{name}" for name in names.split()]
        missing = set(tests) - set(tests_in(HERE / "interop" / f"{file}.py"))
        assert not missing, f"{file}: no tests {sorted(missing)}"
        yield tuple((file, test) for test in tests), (driver, what, f"`{file}.py`: {len(tests)}")


def results(file):
    """[passed, run] per test function, the same with its file, and per group of recordings."""
    counts = defaultdict(lambda: [0, 0])
    for case in ElementTree.parse(file).iter("testcase"):
        name, _, parameters = case.get("name").partition("[")
        passed = not any(case.find(bad) is not None for bad in ("failure", "error", "skipped"))
        keys = [name, (case.get("classname").rpartition(".")[2], name)]
        if name == "test_fixture":
            group = re.split(r"[-\]]", re.sub(r"^(stock|rigbus)-|-(stock|rigbus)\]$", "", parameters))[0]
            keys = [("fixture", group)]
        for key in keys:
            counts[key][0] += passed
            counts[key][1] += 1
    return counts


def verdict(counts, key):
    prefix = isinstance(key, str) and key.startswith("test_point_")
    if isinstance(key, tuple) and isinstance(key[0], tuple):
        hits = [counts[each] for each in key]
        if not all(run for _, run in hits):
            return "–"
    else:
        hits = [v for k, v in counts.items() if k == key or (prefix and isinstance(k, str) and k.startswith(key))]
    passed, run = (sum(v[i] for v in hits) for i in (0, 1))
    if not run:
        return "–"
    return "yes" if passed == run else f"no ({passed} of {run})"


def table(head, rows, given, before, peers):
    """The lines of one table; `before` has the verdicts that the page holds now."""
    used = [i for i, title in enumerate(head) if title]
    lines = ["| " + " | ".join([*(head[i] for i in used), *peers]) + " |", "|" + " --- |" * (len(used) + len(peers))]
    for key, cells in rows:
        shown = [cells[i] for i in used]
        old = before.get(tuple(shown), {})
        verdicts = [verdict(given[p], key) if p in given else old.get(p, "") for p in peers]
        if peers == LAB and verdicts == ["–"]:
            verdicts = [old.get("lab", "")]  # not among the tests of this run
        lines.append("| " + " | ".join([*shown, *verdicts]) + " |")
    return lines


def verdicts_of(lines, peers):
    cells = [[c.strip() for c in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
    return {tuple(row[: -len(peers)]): dict(zip(peers, row[-len(peers) :])) for row in cells[2:]}


def rewritten(text, given):
    rows = {
        "points": point_rows,
        "fixtures": fixture_rows,
        "hostile": hostile_rows,
        "controller": lab_rows,
        "regressions of the lab": regression_rows,
        "calls": lambda: driver_rows(CALLS),
        "cases": lambda: driver_rows(CASES),
    }
    for name, head in HEADS.items():
        peers = LAB if name in LAB_TABLES else PEERS
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        above, _, rest = text.partition(begin)
        now, found, below = rest.partition(end)
        assert found, f"{PAGE} has no table {name}"
        lines = table(head, rows[name](), given, verdicts_of(now.splitlines(), peers), peers)
        text = above + begin + "\n".join(lines) + "\n" + end + below
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for peer in (*PEERS, *LAB):
        parser.add_argument(f"--{peer}", type=Path, metavar="JUNIT_XML")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is not up to date")
    options = parser.parse_args()
    given = {peer: results(getattr(options, peer)) for peer in (*PEERS, *LAB) if getattr(options, peer)}
    before = PAGE.read_text()
    after = rewritten(before, given)
    if options.check:
        sys.exit(f"{PAGE} is not up to date: run conformance_table.py" if after != before else 0)
    PAGE.write_text(after)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The ledger's part of a run, from a table of callgrind_annotate and the run's folder.

usage: ledger_bench.py TABLE RUN     see ledger_bench.sh
"""
import glob
import os
import re
import sys

# By the mangled names of functions that no other of these calls.
PARTS = {
    "events of changed records": ["12RecordChangeV5write"],
    "lines of records that ended or were kept": ["10LedgerLineO5write"],
}


def count(text):
    return int(text.replace(",", ""))


def main(table, run):
    total, parts = 0, dict.fromkeys(PARTS, 0)
    for line in open(table, errors="replace"):
        found = re.match(r"\s*([\d,]+) \(\s*[\d.]+%\)\s+(.*)", line)
        if not found:
            continue
        if "PROGRAM TOTALS" in line:
            total = count(found[1])
        for part, names in PARTS.items():
            if any(name in found[2] for name in names) and "'2" not in found[2]:
                parts[part] += count(found[1])
    written = events = 0
    for path in glob.glob(os.path.join(run, "cache", "*", "records.lines")):
        for line in open(path, "rb"):
            written += len(line)
            if b"\t" in line:
                events += len(line) - line.index(b"\t")
    size = os.path.getsize(os.path.join(run, "ledger.jsonl"))
    written += size + sum(map(os.path.getsize, glob.glob(os.path.join(run, "data", "*.jsonl"))))
    for part, instructions in parts.items():
        print(f"{part}: {100 * instructions / total:.2f} % of {total / 1e9:.2f} G instructions")
    print(f"both: {100 * sum(parts.values()) / total:.2f} %")
    print(f"events in the stages' files {events / 1e6:.1f} MB, ledger {size / 1e6:.1f} MB, "
          f"of {written / 1e6:.1f} MB written")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

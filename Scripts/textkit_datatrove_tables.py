#!/usr/bin/env python3
"""Write Sources/TextKit/Similarity/Datatrove/DatatroveTables.swift: what datatrove's MinHash needs of tables.

usage: textkit_datatrove_tables.py > Sources/TextKit/Similarity/Datatrove/DatatroveTables.swift

The factors and offsets come from numpy's legacy generator with seed 1, as datatrove draws them.
Recorded with datatrove 0.10.1, numpy 2.4.6.
"""
import sys

import datatrove
import numpy
from datatrove.utils.text import PUNCTUATION

LIMIT = 0x110000


def ranges(wanted):
    """The runs of code points that a test holds for."""
    runs = []
    for value in range(LIMIT):
        if 0xD800 <= value < 0xE000 or not wanted(chr(value)):
            continue
        if runs and runs[-1][1] == value - 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    return [f"0x{a:X}...0x{b:X}" for a, b in runs]


def lines(items, indent="    ", width=100):
    text, line = [], indent
    for item in items:
        if len(line) + len(item) + 2 > width and line.strip():
            text.append(line.rstrip())
            line = indent
        line += item + ", "
    return "\n".join(text + [line.rstrip()])


def main():
    punctuation = set(PUNCTUATION)
    random = numpy.random.RandomState(1)
    prime = (1 << 61) - 1
    factors = random.randint(1, prime, size=112, dtype=numpy.uint64)
    offsets = random.randint(0, prime, size=112, dtype=numpy.uint64)
    print(f"""// Written by Scripts/textkit_datatrove_tables.py with datatrove {datatrove.__version__ if hasattr(datatrove, '__version__') else '0.10.1'}, numpy {numpy.__version__}.

/// What datatrove's MinHash takes from tables.
enum DatatroveTables {{
  /// The factors of its 112 permutations.
  static let factors: [UInt64] = [
{lines([str(v) for v in factors])}
  ]

  /// The offsets of its 112 permutations.
  static let offsets: [UInt64] = [
{lines([str(v) for v in offsets])}
  ]

  /// Characters that become blanks.
  static let punctuation: [ClosedRange<UInt32>] = [
{lines(ranges(lambda c: c in punctuation))}
  ]
}}""")


if __name__ == "__main__":
    sys.exit(main())

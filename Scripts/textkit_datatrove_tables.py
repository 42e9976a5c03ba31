#!/usr/bin/env python3
"""Write Sources/TextKit/Similarity/Datatrove/DatatroveTables.swift: what datatrove's MinHash needs of tables.

usage: textkit_datatrove_tables.py > Sources/TextKit/Similarity/Datatrove/DatatroveTables.swift

The factors and offsets come from numpy's legacy generator with seed 1, as datatrove draws them; the
rules of words are those of spaCy's blank English that can meet a text after simplify_text.
Recorded with datatrove 0.10.1, spaCy 3.8.18, numpy 2.4.6.
"""
import re
import sys

import datatrove
import numpy
import spacy
from datatrove.utils.text import PUNCTUATION, simplify_text

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


def quoted(text):
    return '"' + text + '"'


def main():
    punctuation = set(PUNCTUATION)
    tokenizer = spacy.blank("en").tokenizer
    plain = lambda c: c not in punctuation and not c.isspace() and simplify_text(c) == c
    prefix = ranges(lambda c: plain(c) and tokenizer.prefix_search(c) is not None)
    suffix = ranges(lambda c: plain(c) and tokenizer.suffix_search(c) is not None)
    infix = ranges(lambda c: plain(c) and any(m.group() for m in tokenizer.infix_finditer(c)))
    after_digit = sorted(
        c for c in map(chr, range(LIMIT))
        if plain(c) and not 0xD800 <= ord(c) < 0xE000
        and tokenizer.suffix_search("0" + c) and not tokenizer.suffix_search(c))
    units = set(after_digit)
    for piece in spacy.blank("en").Defaults.suffixes:
        if piece.startswith("(?<=[0-9])(?:") and "km" in piece:
            units |= {u for u in piece[13:-1].split("|") if simplify_text(u) == u}
    splits = {}
    for text, tokens in tokenizer.rules.items():
        words = [token[spacy.attrs.ORTH] for token in tokens]
        if simplify_text(text) == text:
            splits[text] = " ".join(words)
    random = numpy.random.RandomState(1)
    prime = (1 << 61) - 1
    factors = random.randint(1, prime, size=112, dtype=numpy.uint64)
    offsets = random.randint(0, prime, size=112, dtype=numpy.uint64)
    print(f"""// Written by Scripts/textkit_datatrove_tables.py with datatrove {datatrove.__version__ if hasattr(datatrove, '__version__') else '0.10.1'}, spaCy {spacy.__version__}, numpy {numpy.__version__}.

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

  /// Characters that are words by themselves at the start of a word.
  static let prefixes: [ClosedRange<UInt32>] = [
{lines(prefix)}
  ]

  /// Characters that are words by themselves at the end of a word.
  static let suffixes: [ClosedRange<UInt32>] = [
{lines(suffix)}
  ]

  /// Characters that are words by themselves within a word.
  static let infixes: [ClosedRange<UInt32>] = [
{lines(infix)}
  ]

  /// What is a word by itself behind a digit.
  static let units: Set<String> = [
{lines(sorted(map(quoted, units)))}
  ]

  /// Words that are several, such as cannot.
  static let splits: [String: String] = [
{lines([quoted(k) + ": " + quoted(v) for k, v in sorted(splits.items())])}
  ]
}}""")


if __name__ == "__main__":
    sys.exit(main())

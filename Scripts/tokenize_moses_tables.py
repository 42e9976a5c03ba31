#!/usr/bin/env python3
"""Writes Sources/Tokenize/Moses/MosesData.swift: the characters and abbreviations of the Moses tokenizer.

usage: python3 Scripts/tokenize_moses_tables.py

Needs: pip install sacremoses (its version is written into the file). The sets are those its expressions are built of.
"""
import importlib.metadata
import os

from sacremoses.corpus import NonbreakingPrefixes, Perluniprops
from sacremoses.tokenize import MosesDetokenizer, MosesTokenizer

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Sources", "Tokenize", "Moses", "MosesData.swift")
CJK = {"hangul": "Hangul", "han": "Han", "hiragana": "Hiragana", "katakana": "Katakana"}


def gaps(characters):
    items, place, codes = [], 0, sorted(set(map(ord, characters)))
    index = 0
    while index < len(codes):
        first = last = codes[index]
        while index + 1 < len(codes) and codes[index + 1] == last + 1:
            index, last = index + 1, last + 1
        items.append(f"{first - place:X}.{last - first + 1:X}")
        place, index = last + 1, index + 1
    return items


def wrapped(items, separator=" "):
    lines, line = [], ""
    for item in items:
        if line and len(line) + len(item) + 1 > 94:
            lines.append(line)
            line = ""
        line += (separator if line else "") + item
    return "\n".join("    " + l for l in lines + [line])


def main():
    uniprops, prefixes = Perluniprops(), NonbreakingPrefixes()
    sets = {"alphanumeric": MosesTokenizer.IsAlnum, "alphabetic": MosesTokenizer.IsAlpha, "number": MosesTokenizer.IsN,
            "lower": MosesTokenizer.IsLower, "detokenizerAlphabetic": MosesDetokenizer.IsAlpha,
            "currency": MosesDetokenizer.IsSc, **{k: "".join(uniprops.chars(v)) for k, v in CJK.items()}}
    with open(OUT, "w", encoding="utf-8") as file:
        file.write(f"// Made by Scripts/tokenize_moses_tables.py with sacremoses {importlib.metadata.version('sacremoses')};"
                   " do not edit.\n\n/// The characters and abbreviations of the Moses tokenizer.\nenum MosesData {\n")
        for name, characters in sets.items():
            file.write(f'  /// Ranges: `gap.length`.\n  static let {name} = """\n{wrapped(gaps(characters))}\n    """\n\n')
        file.write("  /// Abbreviations by language, each ended by a bar.\n  static let prefixes: [String: String] = [\n")
        for language in sorted(set(prefixes.available_langs.values())):
            words = [w.strip() + "|" for w in prefixes.words(language)]
            assert all(w.count("|") == 1 and "\\" not in w and '"' not in w for w in words), language
            file.write(f'    "{language}": """\n{wrapped(words, "")}\n    """,\n'.replace("\n    ", "\n      "))
        file.write("  ]\n}\n")
    print(os.path.getsize(OUT), "bytes")


main()

#!/usr/bin/env python3
"""Writes Sources/Tokenize/Unicode/UnicodeData*.swift from what Hugging Face's tokenizers really do.

usage: python3 Scripts/tokenize_unicode_tables.py [UNICODE_CLASSES_JSON]

Needs: pip install tokenizers==0.23.3 regex (for the names of scripts; the versions the tables were made with are written into them).
Every class and mapping is asked of the library itself, scalar by scalar, because its parts carry tables
of different Unicode versions: Oniguruma's for \\p{…}, the regex crate's for \\w, an old category table for
BERT's punctuation, Rust's own for lower case, and normalization tables older than Unicode 12.1.
With a file name, the classes and maps are compared with that recording too.
"""
import json
import os
import sys
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
OUT = os.path.join(ROOT, "Sources", "Tokenize", "Unicode")
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
TEXT = "".join(map(chr, SCALARS))
HANGUL = range(0xAC00, 0xAC00 + 11172)


def regex_class(pattern):
    return set(SCALARS) - {ord(c) for c in normalizers.Replace(Regex(pattern), "").normalize_str(TEXT)}


def dropped(normalizer, separator="\n"):
    """The scalars that a normalizer removes from a text."""
    return {c for c, new in single_map(normalizer, separator).items() if not new}


def split_class(pre_tokenizer):
    """The scalars a pre-tokenizer sets apart when they stand between two letters 'a'."""
    text = "".join(f"a{chr(c)}a" for c in SCALARS if chr(c) != "a")
    found = set()
    for piece, _ in pre_tokenizer.pre_tokenize_str(text):
        if len(piece) == 1 and piece != "a":
            found.add(ord(piece))
    return found


def word_class():
    """\\w of the regex crate: what Whitespace joins with a letter to one word."""
    text = " ".join(f"a{chr(c)}" for c in SCALARS)
    words = pre_tokenizers.Whitespace().pre_tokenize_str(text)
    return {ord(w[1]) for w, _ in words if len(w) == 2 and w[0] == "a"}


def classes():
    bert = lambda **kw: normalizers.BertNormalizer(
        **{**dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False), **kw})
    chinese = "".join(f"a{chr(c)}" for c in SCALARS)
    spaced = bert(handle_chinese_chars=True).normalize_str(chinese).split(" ")
    return [
        ("letter", regex_class(r"\p{L}")),
        ("number", regex_class(r"\p{N}")),
        ("whitespace", regex_class(r"\s")),
        ("mark", regex_class(r"\p{M}")),
        ("upper", regex_class(r"[\p{Lu}\p{Lt}]")),
        ("lower", regex_class(r"\p{Ll}")),
        ("otherLetter", regex_class(r"[\p{Lm}\p{Lo}]")),
        ("punctuation", regex_class(r"\p{P}")),
        ("symbol", regex_class(r"\p{S}")),
        ("bertPunctuation", split_class(pre_tokenizers.Punctuation())),
        ("bertDropped", dropped(bert(clean_text=True), "x")),
        ("bertAccent", dropped(bert(strip_accents=True))),
        ("chinese", {ord(p) for p in spaced if len(p) == 1 and p != "a"}),
        ("digit", split_class(pre_tokenizers.Digits(individual_digits=True))),
        ("word", word_class()),
        ("accent", dropped(normalizers.StripAccents())),
    ]


CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn").split()


def runs_of(value):
    """Runs of equal values from U+0000 on, as 'length.value'; surrogates have the value before them."""
    runs, start, last = [], 0, value[0]
    for c in range(1, 0x110000):
        new = last if 0xD800 <= c < 0xE000 else value[c]
        if new != last:
            runs.append(f"{c - start:X}.{last:X}")
            start, last = c, new
    return runs + [f"{0x110000 - start:X}.{last:X}"]


def partition(names):
    """The number of the one class of the regex engine that each scalar is in; every scalar is in one."""
    value = {}
    for number, name in enumerate(names):
        for c in regex_class(r"\p{" + name + "}"):
            assert c not in value, (hex(c), name)
            value[c] = number
    assert len(value) == len(SCALARS)
    return value


def script_names():
    """The scripts the regex engine knows; the first two hold what has no script."""
    from regex import _regex_core
    numbers = _regex_core.PROPERTIES["SCRIPT"][1]
    found = {}
    for name in sorted(numbers, key=lambda n: (numbers[n], len(n) == 4, -len(n))):
        if numbers[name] in found:
            continue
        try:
            Regex(r"\p{" + name + "}")
            found[numbers[name]] = name
        except Exception:
            pass
    rest = [n for n in found.values() if n not in ("UNKNOWN", "COMMON")]
    return ["UNKNOWN", "COMMON"] + sorted(rest)


def split_scripts():
    """The scripts of UnicodeScripts, numbered from 1 in order of appearance; 0 where it never cuts."""
    pre = pre_tokenizers.UnicodeScripts()
    joins = lambda a, b: len(pre.pre_tokenize_str(a + b)) == 1
    value = {c: 0 for c in SCALARS if joins("a", chr(c)) and joins("\u044f", chr(c))}
    first = []
    last = None
    for c in SCALARS:
        if c in value:
            continue
        if last is None or not joins(chr(last), chr(c)):
            number = next((n for n, r in enumerate(first) if joins(chr(r), chr(c))), len(first))
            if number == len(first):
                first.append(c)
        value[c], last = number + 1, c
    return value


def class_runs(table):
    """Runs of equal class sets, as 'length.index' over a palette of the sets that occur."""
    bits = [0] * 0x110000
    for position, (_, members) in enumerate(table):
        for c in members:
            bits[c] |= 1 << position
    palette, runs, start = [], [], 0
    for c in range(1, 0x110001):
        if c == 0x110000 or bits[c] != bits[start]:
            if bits[start] not in palette:
                palette.append(bits[start])
            runs.append(f"{c - start:X}.{palette.index(bits[start]):X}")
            start = c
    return palette, runs


def single_map(normalizer, separator="\n"):
    """What each scalar alone becomes, for those that change; the separator itself is taken not to."""
    sources = [c for c in SCALARS if chr(c) != separator]
    lines = normalizer.normalize_str(separator.join(map(chr, sources))).split(separator)
    assert len(lines) == len(sources)
    return {c: [ord(d) for d in new] for c, new in zip(sources, lines) if new != chr(c)}


def mapping_items(mapping):
    """'distance from the previous source:first+second+…', all hexadecimal."""
    items, last = [], 0
    for source in sorted(mapping):
        items.append(f"{source - last:X}:" + "+".join(f"{d:X}" for d in mapping[source]))
        last = source
    return items


def combining_classes():
    """The canonical combining class of each scalar, found by how NFD reorders it against probes."""
    nfd = normalizers.NFD()
    def order(pairs):
        lines = nfd.normalize_str("\n".join(f"a{x}{y}" for x, y in pairs)).split("\n")
        return [x != y and line[1:] == y + x for line, (x, y) in zip(lines, pairs)]
    plain = [chr(c) for c in SCALARS if c != 10 and nfd.normalize_str(chr(c)) == chr(c)]
    above = order([(c, "\u0334") for c in plain])          # class above 1
    below = order([("\u0345", c) for c in plain])          # class from 1 to 239
    moved = [c for c, a, b in zip(plain, above, below) if a or b]
    result = {}
    probes = {}
    for c in moved:
        probes.setdefault(unicodedata.combining(c), c)
    assert 0 not in probes, "a scalar that reorders has no class in this Python's tables"
    for value, probe in sorted(probes.items()):
        after = order([(c, probe) for c in moved])          # class(c) > value
        before = order([(probe, c) for c in moved])         # class(c) < value
        for c, a, b in zip(moved, after, before):
            if not a and not b:
                result[ord(c)] = value
    odd = [hex(ord(c)) for c in moved if ord(c) not in result]
    assert not odd, odd
    for c, value in result.items():
        assert value == unicodedata.combining(chr(c)), hex(c)
    return result


def class_ranges(values):
    """'gap.length.value' runs of equal non-zero combining class."""
    items, position, sources = [], 0, sorted(values)
    index = 0
    while index < len(sources):
        start = sources[index]
        end = start
        while index + 1 < len(sources) and sources[index + 1] == end + 1 and values[end + 1] == values[start]:
            index += 1
            end += 1
        items.append(f"{start - position:X}.{end - start + 1:X}.{values[start]:X}")
        position = end + 1
        index += 1
    return items


def compositions(decomposed, composed):
    """Primary composites: [first, second, composite], from what NFC keeps composed."""
    nfc = normalizers.NFC()
    found = {}
    for c, parts in decomposed.items():
        if c in HANGUL or c in composed or len(parts) < 2:
            continue
        first = nfc.normalize_str("".join(map(chr, parts[:-1])))
        assert len(first) == 1 and nfc.normalize_str(first + chr(parts[-1])) == chr(c), hex(c)
        found[c] = [ord(first), parts[-1]]
    return found


HEADER = """// Made by Scripts/tokenize_unicode_tables.py with tokenizers {version}; do not edit.

extension UnicodeData {{
"""


def block(name, comment, items):
    lines, line = [], ""
    for item in items:
        if len(line) + len(item) + 1 > 94:
            lines.append(line)
            line = ""
        line += (" " if line else "") + item
    lines.append(line)
    doc = "\n".join(f"  /// {c}" for c in comment.split("\n"))
    body = "\n".join("    " + l for l in lines)
    return f'{doc}\n  static let {name} = """\n{body}\n    """\n'


def write(name, blocks):
    path = os.path.join(OUT, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(HEADER.format(version=tokenizers.__version__) + "\n".join(blocks) + "}\n")
    print(name, os.path.getsize(path), "bytes")


def ranges(members):
    out = []
    for c in sorted(members):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def gaps(found):
    items, place = [], 0
    for first, last in found:
        items.append(f"{first - place:X}.{last - first + 1:X}")
        place = last + 1
    return items


def compare(path, table, maps):
    recorded = json.load(open(path, encoding="utf-8"))
    names = {"letter": "onig:L", "number": "onig:N", "whitespace": "onig:\\s", "mark": "onig:M",
             "lower": "onig:Ll", "punctuation": "onig:P", "symbol": "onig:S",
             "bertPunctuation": "hf:punctuation", "bertAccent": "bert:mn_dropped",
             "bertDropped": "bert:clean_dropped", "chinese": "bert:chinese", "digit": "rust:is_numeric",
             "accent": "strip_accents_dropped"}
    for name, members in table:
        if name in names:
            same = ranges(members) == [list(r) for r in recorded[names[name]]]
            print("same" if same else "DIFFERENT", name, len(members))
    for name, mapping in maps.items():
        other = {int(k, 16): [ord(c) for c in v] for k, v in recorded[name].items()}
        print("same" if other == mapping else "DIFFERENT", name, len(mapping))


def main():
    table = classes()
    palette, runs = class_runs(table)
    lower = single_map(normalizers.Lowercase())
    nfd, nfkd = single_map(normalizers.NFD()), single_map(normalizers.NFKD())
    nfc, nfkc = single_map(normalizers.NFC()), single_map(normalizers.NFKC())
    canonical = {c: d for c, d in nfd.items() if c not in HANGUL}
    compatible = {c: d for c, d in nfkd.items() if nfd.get(c) != d and c not in HANGUL}
    if len(sys.argv) > 1:
        compare(sys.argv[1], table, dict(lowercase_map=lower, NFD_single_map=canonical, NFC_single_map=nfc,
                                         NFKD_single_map={c: d for c, d in nfkd.items() if c not in HANGUL},
                                         NFKC_single_map=nfkc))
    names = ", ".join(f"{i} {name}" for i, (name, _) in enumerate(table))
    print("classes:", names)
    write("UnicodeDataClasses.swift", [
        block("classPalette", "The class sets that occur, as bit sets in the order of `ScalarClasses`.",
              [f"{p:X}" for p in palette]),
        block("classRuns", "Runs from U+0000 up: `length.index into the palette`.", runs)])
    alphabetic = regex_class(r"\p{Alphabetic}") - regex_class(r"[\p{L}\p{Nl}]")
    names = script_names()
    write("UnicodeDataScripts.swift", [
        block("categories", "General categories of the regex engine, in the order of their numbers.", CATEGORIES),
        block("categoryRuns", "Runs from U+0000 up: `length.category`.", runs_of(partition(CATEGORIES))),
        block("otherAlphabetic", "What is alphabetic without being a letter: `gap.length`.",
              gaps(ranges(alphabetic))),
        block("scripts", "Scripts of the regex engine, in the order of their numbers.", names),
        block("scriptRuns", "Runs from U+0000 up: `length.script`.", runs_of(partition(names))),
        block("splitScriptRuns", "Runs from U+0000 up: `length.script`, as UnicodeScripts has them.",
              runs_of(split_scripts()))])
    write("UnicodeDataLowercase.swift", [
        block("lowercase", "Lower case, scalar by scalar: `distance from the previous source:result`.",
              mapping_items(lower))])
    write("UnicodeDataCanonical.swift", [
        block("canonicalDecompositions", "Full canonical decompositions without Hangul.", mapping_items(canonical)),
        block("canonicalCompositions", "Primary composites: `distance:first+second`.",
              mapping_items(compositions(nfd, nfc))),
        block("combiningClasses", "Runs of one combining class: `gap.length.class`.",
              class_ranges(combining_classes()))])
    write("UnicodeDataCompatibility.swift", [
        block("compatibilityDecompositions", "Full compatibility decompositions where they differ from canonical.",
              mapping_items(compatible))])


main()

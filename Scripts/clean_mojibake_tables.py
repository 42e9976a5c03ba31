#!/usr/bin/env python3
"""Writes Sources/Clean/Mojibake/MojibakeTables.swift: what ftfy knows of characters, as numbers.

usage: python Scripts/clean_mojibake_tables.py      (needs ftfy 6.3.1; run from the project's root)

Its two expressions over characters are taken apart: each alternative becomes a sequence of sets of
characters, and each character a number of bits, one a set that it is in. Codecs become the 128
characters of their upper half.
"""
import re
import sys
from importlib.metadata import version

import ftfy.bad_codecs  # registers the sloppy codecs
from ftfy import badness, chardata

try:
    import re._parser as sre
except ImportError:
    import sre_parse as sre

LAST = 0x110000
sets = []   # (kind, frozenset or None)


def number(kind, members=None):
    entry = (kind, members)
    if entry not in sets:
        sets.append(entry)
    return sets.index(entry)


def members_of(items):
    """The set of one class of characters: its kind, and the characters where they are listed."""
    found, kind = set(), "listed"
    for op, value in items:
        op = str(op)
        if op == "NEGATE":
            kind = "negated"
        elif op == "LITERAL":
            found.add(value)
        elif op == "RANGE":
            found.update(range(value[0], value[1] + 1))
        elif op == "CATEGORY":
            assert len(items) == 1
            return {"CATEGORY_WORD": ("word", None), "CATEGORY_SPACE": ("space", None)}[str(value)]
        else:
            sys.exit(f"unknown item {op}")
    return kind, frozenset(found)


def expand(pattern):
    """All sequences of sets that a parsed pattern stands for; -1 is the start of the text."""
    result = [[]]
    for op, value in pattern:
        op = str(op)
        if op == "LITERAL":
            parts = [[number("listed", frozenset([value]))]]
        elif op == "NOT_LITERAL":
            parts = [[number("negated", frozenset([value]))]]
        elif op == "ANY":
            parts = [[number("negated", frozenset([10]))]]
        elif op == "IN":
            parts = [[number(*members_of(value))]]
        elif op == "AT":
            assert str(value) == "AT_BEGINNING"
            parts = [[-1]]
        elif op == "BRANCH":
            parts = [s for branch in value[1] for s in expand(branch)]
        elif op == "SUBPATTERN":
            parts = expand(value[3])
        elif op == "MAX_REPEAT":
            assert value[0] == 0 and value[1] == 1
            parts = [[]] + expand(value[2])
        else:
            sys.exit(f"unknown part {op}")
        result = [a + b for a in result for b in parts]
    return result


rules = expand(sre.parse(badness.BADNESS_RE.pattern, badness.BADNESS_RE.flags))
rules = [r for i, r in enumerate(rules) if r not in rules[:i]]
# Listed sets are bits of a table; the others are asked by rules of their own.
listed = [i for i, s in enumerate(sets) if s[0] == "listed"]
other = [i for i, s in enumerate(sets) if s[0] != "listed"]
order = {old: new for new, old in enumerate(listed + other)}
kinds = {("word", None): "W", ("space", None): "S",
         ("negated", frozenset(range(65, 91)) | frozenset(range(97, 123))): "N",
         ("negated", frozenset([10])): "A"}
names = [kinds[sets[i]] for i in other]
assert len(sets) <= 128, len(sets)


def runs(pairs):
    """Ranges of characters in a row with the same value, as hexadecimal text."""
    rows, start, last, value = [], None, None, None
    for code, bits in pairs:
        if start is not None and code == last + 1 and bits == value:
            last = code
            continue
        if start is not None:
            rows.append((start, last, value))
        start, last, value = code, code, bits
    rows.append((start, last, value))
    return rows


bits = {}
for old in listed:
    for code in sets[old][1]:
        bits[code] = bits.get(code, 0) | 1 << order[old]
clues = {}
for bit, name in enumerate(("utf8_first_of_2", "utf8_first_of_3", "utf8_first_of_4",
                            "utf8_continuation", "utf8_continuation_strict")):
    parsed = sre.parse(f"[{chardata.UTF8_CLUES[name]}]")
    op, value = list(parsed)[0]
    for code in members_of(value)[1]:
        clues[code] = clues.get(code, 0) | 1 << bit

entities = [f"{name[1:]} {' '.join(f'{ord(c):X}' for c in text)}"
            for name, text in sorted(chardata.HTML_ENTITIES.items())
            if name[1:] not in __import__("html.entities").entities.html5]


def wrap(words, width=98):
    lines, line = [], ""
    for word in words:
        if len(line) + 1 + len(word) > width and line:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return lines + [line]


def block(name, comment, lines):
    text = "".join(f"  /// {c}\n" for c in comment)
    body = "".join(f"    {line}\n" for line in lines)
    return f'{text}  static let {name}: StaticString = """\n{body}    """\n\n'


codecs = []
for name in chardata.CHARMAP_ENCODINGS:
    upper = bytes(range(128, 256)).decode(name)
    assert bytes(range(0x1A)).decode(name) == "".join(map(chr, range(0x1A)))
    codecs.append(f"{name} {' '.join(f'{ord(c):X}' for c in upper)}")
cp1252 = [f"{ord(bytes([b]).decode('cp1252', 'replace')):X}" for b in range(0x80, 0xA0)]

with open("Sources/Clean/Mojibake/MojibakeTables.swift", "w", encoding="utf-8") as out:
    out.write(
        f"// Generated by Scripts/clean_mojibake_tables.py from ftfy {version('ftfy')}; do not edit.\n\n"
        "/// What tells mojibake from text: classes of characters, sequences of classes, codecs.\n"
        "enum MojibakeTables {\n")
    out.write(block("classes", [
        "Ranges of characters, hexadecimal, and a bit for each set that they are in."],
        wrap([f"{a:X}-{b:X}:{v:X}" if a != b else f"{a:X}:{v:X}" for a, b, v in runs(sorted(bits.items()))])))
    out.write(block("others", [
        "What the sets behind those of `classes` hold: W letters, digits and _; S white space; N all",
        "but the letters of ASCII; A all but a line feed."], [" ".join(names)]))
    out.write(block("rules", [
        "Sequences of sets that hardly occur but in mojibake; ^ is the start of the text."],
        wrap([",".join("^" if s < 0 else str(order[s]) for s in rule) for rule in rules])))
    out.write(block("clues", [
        "What characters stand for in UTF-8 that was read as something else: 1, 2, 4 begin sequences",
        "of 2, 3 and 4 bytes, 8 continues one, 16 continues one and hardly occurs otherwise."],
        wrap([f"{a:X}-{b:X}:{v:X}" if a != b else f"{a:X}:{v:X}" for a, b, v in runs(sorted(clues.items()))])))
    out.write(block("codecs", [
        "Codecs in the order they are tried: a name, then the characters of the bytes from 80 on."],
        [line for codec in codecs for line in wrap(codec.split()) + [""]][:-1]))
    out.write(block("windows", ["The bytes from 80 to 9F in Windows-1252; FFFD for none."], wrap(cp1252)))
    out.write(block("ligatures", ["Ligatures and what they are made of, hexadecimal."],
        wrap([f"{k:X}:{'+'.join(f'{ord(c):X}' for c in v)}" for k, v in sorted(chardata.LIGATURES.items())])))
    out.write(block("widths", ["Wide and narrow forms and the usual ones, hexadecimal."],
        wrap([f"{k:X}:{'+'.join(f'{ord(c):X}' for c in v)}" for k, v in sorted(chardata.WIDTH_MAP.items())])))
    out.write(block("entities", [
        "Names of characters in capitals, which HTML does not have."],
        wrap([e.replace(";", "").replace(" ", ":", 1).replace(" ", "+") for e in entities])).rstrip("\n") + "\n}\n")
print(len(sets), "sets", len(rules), "rules", len(bits), "characters", names)

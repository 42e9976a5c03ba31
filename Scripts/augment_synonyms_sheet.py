#!/usr/bin/env python3
"""Draws edits of `augment.synonyms` for people to judge, as a TSV sheet with two empty columns.

    Scripts/augment_synonyms_sheet.py --anneal .build/release/anneal --out sheet.tsv \\
        --source 'Tatoeba, CC BY 2.0 FR' deu.txt.gz \\
        --source 'MedQuAD, CC BY 4.0' medquad_qa.jsonl.gz:answer

A source is a file of lines (of TSV the first column) or JSONL with the field behind a colon; .gz is
read. Texts are cut into sentences of 5 to 40 words. As many sentences are drawn from each source, the
stage runs over them with its defaults (or --set), and of each sentence that it changed one edit may be
drawn: shown alone, with the article that it changes. What is drawn depends on the seed and the
sentences alone. The judges' columns stay empty; give each judge a copy without the other's.
"""

import argparse
import difflib
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys

ARTICLES = {"a", "an"}


def texts(path):
    """The texts of a source."""
    path, _, field = path.partition(":")
    opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as lines:
        for line in lines:
            line = line.rstrip("\n")
            yield json.loads(line).get(field) or "" if field else line.split("\t")[0]


def sentences(path):
    """The sentences of a source, each once, in order."""
    seen = dict()
    for text in texts(path):
        # Lists and blanks that lay a page out are no prose.
        text = re.sub(r"\s*\n\s*", "\n", text)
        for part in re.split(r"\n|(?<=[.!?])\s+(?=[A-Z])|\s{3,}", text):
            part = part.strip()
            if 5 <= len(part.split()) <= 40 and re.fullmatch(r"[A-Z].*[.!?]", part):
                seen.setdefault(part)
    return list(seen)


def drawn(path, count, seed):
    """A fixed draw of sentences."""
    all_of_them = sentences(path)
    if len(all_of_them) < count:
        sys.exit(f"{path}: {len(all_of_them)} sentences, {count} are wanted")
    return random.Random(f"{seed}/{path.rsplit('/', 1)[-1]}").sample(all_of_them, count)


def children(anneal, parents, options):
    """The child of each sentence that has one, by the sentence's place."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in parents)
    flags = [part for option in options for part in ("--" + option).split("=", 1)]
    command = [anneal, "augment.synonyms", "--provenance", "true", *flags]
    result = subprocess.run(command, input=lines, capture_output=True, text=True)
    if result.returncode:
        sys.exit(result.stderr)
    found = {}
    for line in result.stdout.splitlines():
        record = json.loads(line)
        origin = record.get("anneal", {})
        if origin.get("parent"):
            found[origin["source"]["line"] - 1] = record["text"]
    return found


def pieces(text):
    """Words and what is between them."""
    return re.findall(r"\w+|\W", text)


def edits(before, after):
    """The words that differ: (start, end, replacement) in pieces of the sentence."""
    left, right = pieces(before), pieces(after)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    changes = [
        (a, b, "".join(right[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    ]
    joined = []
    for change in changes:
        if joined and left[joined[-1][0]].lower() in ARTICLES and change[0] == joined[-1][1] + 1:
            start, end, article = joined.pop()
            change = (start, change[1], article + "".join(left[end:change[0]]) + change[2])
        joined.append(change)
    return joined


def sheet(options):
    """The rows: what is marked, what stands there instead, and the sentence with it."""
    share = options.sentences // len(options.source)
    rows = []
    for name, path in options.source:
        parents = drawn(path, share, options.seed)
        changed = children(options.anneal, parents, options.set)
        print(f"{name}: {len(changed)} of {len(parents)} sentences changed", file=sys.stderr)
        for place, after in sorted(changed.items()):
            before = parents[place]
            key = hashlib.sha256(f"{options.seed}/{before}".encode()).hexdigest()
            found = edits(before, after)
            start, end, word = found[int(key[:8], 16) % len(found)]
            left = pieces(before)
            head, old, tail = ("".join(part) for part in (left[:start], left[start:end], left[end:]))
            rows.append((key, f"{head}[[{old}]]{tail}", word, head + word + tail))
    if len(rows) < options.edits:
        sys.exit(f"{len(rows)} edits, {options.edits} are wanted: raise --sentences")
    return [row[1:] for row in sorted(rows)[: options.edits]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anneal", default=".build/release/anneal")
    parser.add_argument("--source", nargs=2, action="append", required=True, metavar=("NAME", "PATH"))
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the stage")
    parser.add_argument("--out", default="/dev/stdout")
    options = parser.parse_args()
    rows = sheet(options)
    version = subprocess.run([options.anneal, "--version"], capture_output=True, text=True).stdout.strip()
    with open(options.out, "w", encoding="utf-8") as out:
        out.write(f"# {options.edits} edits of augment.synonyms ({' '.join(options.set) or 'defaults'}) in ")
        out.write(f"{options.sentences} sentences, seed {options.seed}, anneal {version}\n")
        for name, _ in options.source:
            out.write(f"# sentences: {name}\n")
        out.write("# judge: 1 = says the same and is good English, 0 = it does not\n")
        out.write("id\tsentence\treplacement\tafter\tjudge-1\tjudge-2\n")
        for number, row in enumerate(rows, 1):
            out.write("\t".join([f"{number:03}", *row, "", ""]) + "\n")


if __name__ == "__main__":
    main()

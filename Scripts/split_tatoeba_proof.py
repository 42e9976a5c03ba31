#!/usr/bin/env python3
"""Prove that a split of Tatoeba's English-German pairs leaks no source sentence; uses nothing of Anneal's code.

usage: split_tatoeba_proof.py ANNEAL deu.txt.gz [PAIRS]

Splits the pairs once at random, 9 to 1, and once by `ANNEAL split`, and counts the test pairs whose
English sentence is on the training side too: as it stands, without case and punctuation, and with at
least 0.8 of its runs of three words in common (Jaccard; every such pair is found through an
inverted index). Exit code 1 where Anneal's split leaks.
"""
import collections
import gzip
import json
import random
import re
import subprocess
import sys
import tempfile


def words(text):
    return re.findall(r"\w+", text.casefold())


def runs(text):
    found = words(text)
    return {tuple(found[i:i + 3]) for i in range(max(1, len(found) - 2))}


def leaks(pairs, side):
    """The share of test pairs whose source is in training: equal, equal in words, near."""
    train = [text for (text, _), where in zip(pairs, side) if where == "train"]
    test = [text for (text, _), where in zip(pairs, side) if where == "test"]
    exact, plain = set(train), {tuple(words(text)) for text in train}
    index = collections.defaultdict(set)
    sets = {text: runs(text) for text in exact}
    for text, own in sets.items():
        for run in own:
            index[run].add(text)

    def has_near(text):
        own, shared = runs(text), collections.Counter()
        for run in own:
            shared.update(index.get(run, ()))
        return any(
            5 * n >= 4 * (len(own) + len(sets[other]) - n) for other, n in shared.items())

    near = {text: has_near(text) for text in set(test)}
    count = max(1, len(test))
    return {
        "test": len(test), "train": len(train),
        "equal": sum(text in exact for text in test) / count,
        "equal words": sum(tuple(words(text)) in plain for text in test) / count,
        "near": sum(near[text] for text in test) / count}


def main():
    anneal, path = sys.argv[1], sys.argv[2]
    limit = int(sys.argv[3]) if len(sys.argv) > 3 else None
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pairs = [tuple(line.rstrip("\n").split("\t")[:2]) for line in file][:limit]
    draw = random.Random(0)
    chance = ["test" if draw.random() < 0.1 else "train" for _ in pairs]
    print("random 90/10:", json.dumps(leaks(pairs, chance)))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for number, (source, target) in enumerate(pairs):
            row = {"prompt": source, "completion": target, "number": number}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()
        done = subprocess.run(
            [anneal, "split", file.name, "--train", "0.9", "--validation", "0", "--test", "0.1",
             "--provenance"], check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    # Bridges are dropped, so a record may have no side.
    side = [None] * len(pairs)
    for line in done.stdout.split("\n"):
        if line:
            row = json.loads(line)
            side[row["number"]] = row["anneal"]["side"]
    ours = leaks(pairs, side)
    print("anneal split:", json.dumps({**ours, "dropped": side.count(None)}))
    return 1 if ours["equal"] or ours["equal words"] or ours["near"] else 0


if __name__ == "__main__":
    sys.exit(main())

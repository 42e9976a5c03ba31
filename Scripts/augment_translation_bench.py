#!/usr/bin/env python3
"""How many everyday questions survive a way to another language and back, and how fast.

usage: augment_translation_bench.py ANNEAL OPTIONS CLINC150.json.gz BANKING77.csv.gz [MEDICAL.jsonl[.gz]]

OPTIONS are those of `anneal augment.back-translation` in one word, such as '--model en-de --back de-en'.
1,000 distinct questions of at most 12 words, half of each set, are drawn by the hashes of their texts. A
question survives with a child that differs from it, holds the same numbers, and has a chrF of 40 to 95
to it by sacreBLEU; what the stage calls a child is checked here anew. Round trips a second count every
question once, with the time to load the models and to filter; the best of three runs. Sentences of
medical texts are reported beside. Prints JSON; exit code 1 where a child breaks the contract.
"""
import csv
import gzip
import hashlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

import sacrebleu

COUNT, WORDS = 1000, 12
ASKS = re.compile(
    r"(?i)^(what|who|whose|where|when|why|how|which|is|are|am|was|were|do|does|did|can|could|will|would"
    r"|should|may|have|has)\b.*|.*\?$")


def drawn(texts, count):
    """Texts of few words that ask, in the order of their hashes."""
    texts = {text.strip() for text in texts}
    asking = [text for text in texts if len(text.split()) <= WORDS and ASKS.match(text)]
    return sorted(asking, key=lambda text: hashlib.sha256(text.encode()).digest())[:count]


def clinc(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [text for part in json.load(file).values() for text, _ in part]


def banking(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


def medical(path):
    """The first sentences of texts of 5 to 40 words."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    firsts = {re.split(r"(?<=[.!?]) ", text.strip())[0] for text in texts}
    fit = [text for text in firsts if 5 <= len(text.split()) <= 40]
    return sorted(fit, key=lambda text: hashlib.sha256(text.encode()).digest())[:COUNT]


def children(anneal, options, texts):
    """The child of each text that has one, and the seconds it took."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    # What is drawn hangs on the file's name, and what was translated before must not be found again.
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/texts.jsonl", "w", encoding="utf-8") as file:
            file.write(lines)
        start = time.time()
        run = subprocess.run(
            [anneal, "augment.back-translation", *shlex.split(options), "texts.jsonl"], cwd=folder,
            check=True, stdout=subprocess.PIPE, env=dict(os.environ, ANNEAL_CACHE=f"{folder}/cache"))
        seconds = time.time() - start
    found, place = {}, 0
    for line in io.StringIO(run.stdout.decode("utf-8"), newline="\n"):
        text = json.loads(line)["text"]
        # Children stand behind their parent.
        if place < len(texts) and text == texts[place]:
            place += 1
        else:
            found[texts[place - 1]] = text
    assert place == len(texts), f"{place} of {len(texts)} texts came back"
    return found, seconds


def is_kept(parent, child):
    digits = [sorted(re.findall(r"\d+", text)) for text in (parent, child)]
    score = sacrebleu.sentence_chrf(child, [parent]).score
    same = re.sub(r"\W+", "", parent.casefold()) == re.sub(r"\W+", "", child.casefold())
    return digits[0] == digits[1] and 40 <= score <= 95 and not same


def report(anneal, options, texts):
    runs = [children(anneal, options, texts) for _ in range(3)]
    kept = runs[0][0]
    broken = {parent: child for parent, child in kept.items() if not is_kept(parent, child)}
    return {
        "texts": len(texts), "survive": round(len(kept) / len(texts), 3), "broken": broken,
        "round trips a second": round(len(texts) / min(seconds for _, seconds in runs), 1),
        "samples": dict(list(kept.items())[:10]),
    }


def main():
    anneal, options, intents, bank, *rest = sys.argv[1:]
    anneal = os.path.abspath(anneal)
    texts = drawn(clinc(intents), COUNT // 2) + drawn(banking(bank), COUNT // 2)
    found = {"everyday questions": report(anneal, options, texts)}
    if rest:
        found["medical sentences"] = report(anneal, options, medical(rest[0]))
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    print()
    sys.exit(any(part["broken"] for part in found.values()))


if __name__ == "__main__":
    main()

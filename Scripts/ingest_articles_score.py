#!/usr/bin/env python3
"""Scores texts of pages against the gold of the article extraction benchmark, by its own method.

The method is that of github.com/scrapinghub/article-extraction-benchmark: shingles of four words,
counted page by page so that long pages weigh no more than short ones; precision and recall are means
over pages, F1 is made of these two.

    ingest_articles_score.py GOLD PREDICTIONS [--half working|held-out] [--worst N]

GOLD is ground-truth.json(.gz). PREDICTIONS is JSON of the benchmark ({page: {"articleBody": …}}), or
records as `anneal ingest --provenance true` writes them, one a line, whose id begins with the page's name.
The pages in the order of their names make two halves: the even ones were worked on, the odd ones were
looked at only at the end.
"""
import argparse
import collections
import gzip
import json
import re

WORD = re.compile(r"\w+")


def read(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        text = file.read()
    try:
        pages = json.loads(text)
        return {page: fields.get("articleBody") or "" for page, fields in pages.get("output", pages).items()}
    except (json.JSONDecodeError, AttributeError):
        records = (json.loads(line) for line in text.split("\n") if line)
        return {page_of(record): record.get("text") or "" for record in records}


def page_of(record):
    own = record.get("anneal") or {}
    name = record.get("id") or own.get("id") or ""
    return name.rsplit("/", 1)[-1].split(".", 1)[0]


def shingles(text, size=4):
    words = WORD.findall(text)
    return collections.Counter(
        tuple(words[start : start + size]) for start in range(max(1, len(words) - size + 1))
    )


def page_score(gold, found):
    gold, found = shingles(gold), shingles(found)
    hits = sum((gold & found).values())
    extra, missed = sum((found - gold).values()), sum((gold - found).values())
    precision = hits / (hits + extra) if hits + extra else float(not missed)
    recall = hits / (hits + missed) if hits + missed else float(not extra)
    return precision, recall


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold")
    parser.add_argument("predictions")
    parser.add_argument("--half", choices=["working", "held-out"])
    parser.add_argument("--worst", type=int, default=0)
    options = parser.parse_args()
    gold, found = read(options.gold), read(options.predictions)
    pages = sorted(gold)
    if options.half:
        pages = pages[0 if options.half == "working" else 1 :: 2]
    scores = {page: page_score(gold[page], found.get(page, "")) for page in pages}
    precision = sum(p for p, _ in scores.values()) / len(scores)
    recall = sum(r for _, r in scores.values()) / len(scores)
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    missing = sum(page not in found for page in pages)
    print(
        f"pages {len(pages)}  missing {missing}  "
        f"F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}"
    )
    for page in sorted(scores, key=lambda page: sum(scores[page]))[: options.worst]:
        print(f"  {page}  precision {scores[page][0]:.3f}  recall {scores[page][1]:.3f}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes Tests/Fixtures/Evaluate/bm25.json: scores of passages by rank_bm25's BM25Okapi.

    pip install rank_bm25==0.2.2
    Scripts/evaluate_bm25_reference.py > Tests/Fixtures/Evaluate/bm25.json
"""

import importlib.metadata
import json

from rank_bm25 import BM25Okapi

PASSAGES = [
    "Aspirin thins the blood and lowers fever .",
    "The blood carries oxygen to the organs of the body .",
    "Fever is a rise of the temperature of the body .",
    "Der Blutdruck ist der Druck des Blutes in den Gefäßen .",
    "阿司匹林 可以 降低 发热",
    "The the the the",
    "Aspirin",
    "An organ is a group of tissues with one function , the heart for one .",
    "The heart pumps the blood through the body , day and night , without a pause .",
    "Night follows day",
    "Temperature and pressure of the air",
    "Oxygen is an element ; the air holds it",
]
QUERIES = [
    "aspirin thins the blood",
    "the",
    "the blood the blood",
    "druck des blutes",
    "阿司匹林 发热",
    "unheard words",
]


def main():
    index = BM25Okapi([text.lower().split() for text in PASSAGES])
    print(
        json.dumps(
            {
                "generator": "Scripts/evaluate_bm25_reference.py",
                "rank_bm25": importlib.metadata.version("rank_bm25"),
                "passages": PASSAGES,
                "queries": [
                    {"query": query, "scores": list(map(float, index.get_scores(query.split())))}
                    for query in QUERIES
                ],
            },
            ensure_ascii=False,
            indent=1,
        )
    )


main()

#!/usr/bin/env python3
"""Compares `anneal classify` with transformers on the same model.

    python Scripts/evaluate_classifier_reference.py check .build/release/anneal MODEL LINES.jsonl

MODEL is a folder with a head of classes, such as runs/entailment/model; lines have text, or sentence1 and
sentence2. Prints the largest difference of a probability and how many labels differ; fails above 1e-4.
"""

import argparse
import json
import subprocess
import sys

import torch
import transformers


def expected(folder, lines):
    """The probabilities of each line in transformers, one by one, so that nothing is padded."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    limit = model.config.max_position_embeddings
    for line in lines:
        texts = [line["sentence1"], line["sentence2"]] if "sentence1" in line else [line["text"]]
        batch = tokenizer(*texts, truncation=True, max_length=limit, return_tensors="pt")
        with torch.no_grad():
            row = torch.softmax(model(**batch).logits[0].double(), -1)
        yield {model.config.id2label[place]: value for place, value in enumerate(row.tolist())}


def check(binary, folder, path):
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    out = subprocess.run(
        [binary, "classify", "--model", folder, path], check=True, capture_output=True, text=True
    ).stdout
    found = [json.loads(line) for line in out.splitlines()]
    assert len(found) == len(lines), f"{len(found)} lines for {len(lines)}"
    worst, others = 0.0, 0
    for own, other in zip(found, expected(folder, lines)):
        worst = max(worst, *(abs(own["scores"][label] - other[label]) for label in other))
        others += own["label"] != max(other, key=other.get)
    print(
        f"{len(lines)} lines, transformers {transformers.__version__}: "
        f"largest difference {worst:.2e}, {others} other labels"
    )
    return worst < 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["check"])
    parser.add_argument("binary")
    parser.add_argument("model")
    parser.add_argument("lines")
    options = parser.parse_args()
    sys.exit(0 if check(options.binary, options.model, options.lines) else 1)


main()

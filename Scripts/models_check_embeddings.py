#!/usr/bin/env python3
"""Compares the sentence vectors of a real encoder with those of transformers.

    python Scripts/models_check_embeddings.py MODEL_FOLDER TEXTS [--anneal .build/release/anneal]

TEXTS has one sentence a line; the first 500 are read. Token vectors come from `anneal forward`, are
averaged over each sentence and brought to length 1 on both sides. Prints the largest difference of
a number and fails above 1e-4.
"""

import argparse
import json
import subprocess
import sys

import torch
import transformers


def unit(rows):
    return torch.nn.functional.normalize(rows.mean(0), dim=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("texts")
    parser.add_argument("--anneal", default=".build/release/anneal")
    options = parser.parse_args()
    with open(options.texts, encoding="utf-8") as file:
        texts = [line.strip() for line in file if line.strip()][:500]
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    model = transformers.AutoModel.from_pretrained(options.model, dtype=torch.float32).eval()
    ids = [tokenizer(text, truncation=True, max_length=256)["input_ids"] for text in texts]
    answers = subprocess.run(
        [options.anneal, "forward", "--model", options.model, "--task", "encoding"],
        input="".join(json.dumps({"input_ids": row}) + "\n" for row in ids),
        capture_output=True, text=True, check=True).stdout.splitlines()
    largest = 0.0
    with torch.no_grad():
        for row, answer in zip(ids, answers, strict=True):
            ours = unit(torch.tensor(json.loads(answer)["last_hidden_state"]))
            theirs = unit(model(torch.tensor([row])).last_hidden_state[0])
            largest = max(largest, (ours - theirs).abs().max().item())
    print(f"{len(ids)} sentences, largest difference {largest:.2e}")
    sys.exit(largest > 1e-4)


if __name__ == "__main__":
    main()

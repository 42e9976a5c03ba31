#!/usr/bin/env python3
"""Writes what transformers computes for lines of `anneal forward`.

    python Scripts/pipeline_forward_reference.py

Tests/Fixtures/Pipeline/forward.json: for tiny models of Tests/Fixtures/Models, changes to their
config.json, a line, the values and the loss. The versions stand in the same file.
"""

import json
import pathlib

import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = ROOT / "Tests/Fixtures/Models"

BATCH = {
    "input_ids": [[3, 19, 46, 35, 19], [7, 30, 5, 0, 0]],
    "attention_mask": [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]],
}
PAIR = {"input_ids": [3, 19, 26, 35, 19, 30], "token_type_ids": [0, 0, 0, 1, 1, 1]}
SOURCES = {
    "input_ids": [[3, 19, 26, 35, 2], [7, 30, 2, 36, 36]],
    "attention_mask": BATCH["attention_mask"],
}
TARGETS = [[5, 8, 13, 21, 2], [9, -100, 2, -100, -100]]


def cases():
    bert = "BertForSequenceClassification"
    multi = {"problem_type": "multi_label_classification"}
    yield "tiny-bert", bert, {}, BATCH | {"labels": [2, 0]}
    yield "tiny-bert", bert, {}, BATCH | {"labels": [2, -100]}
    yield "tiny-bert", bert, {}, PAIR | {"labels": 1}
    yield "tiny-bert", bert, {}, BATCH | {"labels": [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]}
    yield "tiny-bert", bert, multi, PAIR | {"labels": [1.0, 0.0, 0.5]}
    regression = {"problem_type": "regression"}
    yield "tiny-bert", bert, regression, BATCH | {"labels": [[1.5, -2.0, 0.25], [3.0, 0.0, 1.0]]}
    yield "tiny-bert", "BertModel", {}, BATCH
    yield "tiny-gpt2", "GPT2LMHeadModel", {}, BATCH | {"labels": [[3, 19, 46, -100, 19], [7, 30, 5, -100, -100]]}
    yield "tiny-gpt2", "GPT2LMHeadModel", {}, {"input_ids": [5, 9, 60]}
    yield "tiny-t5", "T5ForConditionalGeneration", {}, SOURCES | {"labels": TARGETS}
    yield "tiny-t5", "T5ForConditionalGeneration", {}, {"input_ids": [4, 9, 1], "decoder_input_ids": [0, 11, 12]}
    yield "tiny-marian", "MarianMTModel", {}, SOURCES | {"labels": TARGETS}
    yield "tiny-fsmt", "FSMTForConditionalGeneration", {}, SOURCES | {
        "labels": [[5, 8, 13, 2], [9, 11, 4, 2]], "decoder_input_ids": [[2, 5, 8, 13], [2, 9, 11, 4]]}


def compute(name, architecture, changes, line):
    model = getattr(transformers, architecture).from_pretrained(MODELS / name).eval()
    for key, value in changes.items():
        setattr(model.config, key, value)
    isbatch = isinstance(line["input_ids"][0], list)
    inputs = {k: torch.tensor(v if isbatch else [v]) for k, v in line.items()}
    with torch.no_grad():
        out = model(**inputs)
    values = out.last_hidden_state if architecture == "BertModel" else out.logits
    row = {
        "model": name, "configuration": {"architectures": [architecture]} | changes, "line": line,
        "name": "last_hidden_state" if architecture == "BertModel" else "logits",
        "values": (values if isbatch else values[0]).tolist(),
    }
    if "labels" in line:
        row["loss"] = out.loss.item()
    return row


def main():
    torch.set_num_threads(1)
    rows = [compute(*case) for case in cases()]
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    path = ROOT / "Tests/Fixtures/Pipeline/forward.json"
    path.write_text(json.dumps({"versions": versions, "cases": rows}) + "\n")


if __name__ == "__main__":
    main()

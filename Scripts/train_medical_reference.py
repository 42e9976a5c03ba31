#!/usr/bin/env python3
"""Trains transformers on the data files that an Anneal run wrote, with the same settings.

    python Scripts/train_medical_reference.py RUN/data --model FOLDER [--compile] [--epochs 4]

The reference for `pipelines/medical-abstracts.yaml`: full fine-tuning of all-MiniLM-L6-v2 in
fp32, AdamW with decay groups, 10 % warm-up then linear, clipping at 1, length-bucketed batches
with dynamic padding, and the epoch with the best weighted F1 on the validation side. Prints one
JSON object: seconds of every epoch (training only), F1 of each epoch, and the test side's F1.
"""

import argparse
import json
import math
import pathlib
import random
import time

import torch
import transformers
from sklearn.metrics import accuracy_score, f1_score


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--model", required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--max-length", type=int, default=256)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--warmup-ratio", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--limit-steps", type=int, help="stop every epoch early, to time it")
    parser.add_argument("--compile", action="store_true", help="torch.compile(dynamic=True)")
    return parser.parse_args()


def read(path):
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [(row["text"], str(row["label"])) for row in rows]


def encode(tokenizer, rows, length, index):
    ids = tokenizer([text for text, _ in rows], truncation=True, max_length=length)["input_ids"]
    return [(row, index[label]) for row, (_, label) in zip(ids, rows)]


def batches(examples, size, generator):
    """Windows of 50 batches of a shuffled order, sorted by length inside, batches shuffled."""
    order = list(range(len(examples)))
    if generator is None:
        order.sort(key=lambda i: len(examples[i][0]))
        return [order[i:i + size] for i in range(0, len(order), size)]
    generator.shuffle(order)
    result = []
    for start in range(0, len(order), 50 * size):
        window = sorted(order[start:start + 50 * size], key=lambda i: len(examples[i][0]))
        result += [window[i:i + size] for i in range(0, len(window), size)]
    generator.shuffle(result)
    return result


def collate(examples, indices):
    width = max(len(examples[i][0]) for i in indices)
    ids = torch.zeros(len(indices), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, i in enumerate(indices):
        ids[row, :len(examples[i][0])] = torch.tensor(examples[i][0])
        mask[row, :len(examples[i][0])] = 1
    return {"input_ids": ids, "attention_mask": mask,
            "labels": torch.tensor([examples[i][1] for i in indices])}


def evaluate(model, examples, size):
    model.eval()
    references, predictions = [], []
    with torch.no_grad():
        for indices in batches(examples, size, None):
            batch = collate(examples, indices)
            references += batch.pop("labels").tolist()
            predictions += model(**batch).logits.argmax(-1).tolist()
    return {"f1.weighted": f1_score(references, predictions, average="weighted"),
            "accuracy": accuracy_score(references, predictions)}


def groups(model, decay):
    names = set(transformers.Trainer.get_decay_parameter_names(None, model))
    return [
        {"params": [p for n, p in model.named_parameters() if n in names], "weight_decay": decay},
        {"params": [p for n, p in model.named_parameters() if n not in names],
         "weight_decay": 0.0}]


def train_epoch(model, examples, order, optimizer, schedule):
    model.train()
    started, total = time.perf_counter(), 0.0
    for indices in order:
        loss = model(**collate(examples, indices)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        total += loss.item()
    return time.perf_counter() - started, total / len(order)


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    generator = random.Random(options.seed)
    sides = {side: read(options.data / f"{side}.jsonl") for side in ("train", "validation", "test")}
    labels = sorted({label for _, label in sides["train"]})
    index = {label: i for i, label in enumerate(labels)}
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    data = {side: encode(tokenizer, rows, options.max_length, index)
            for side, rows in sides.items()}
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        options.model, num_labels=len(labels), dtype=torch.float32)
    runner = torch.compile(model, dynamic=True) if options.compile else model
    steps = math.ceil(len(data["train"]) / options.batch_size)
    steps = min(steps, options.limit_steps or steps)
    optimizer = torch.optim.AdamW(groups(model, options.weight_decay), lr=options.learning_rate)
    total = steps * options.epochs
    schedule = transformers.get_linear_schedule_with_warmup(
        optimizer, math.ceil(total * options.warmup_ratio), total)
    report = {"epochs": [], "threads": options.threads, "compiled": options.compile,
              "seed": options.seed, "torch": torch.__version__, "examples": len(data["train"]),
              "transformers": transformers.__version__}
    best, weights = -1.0, None
    for _ in range(options.epochs):
        order = batches(data["train"], options.batch_size, generator)[:steps]
        seconds, loss = train_epoch(runner, data["train"], order, optimizer, schedule)
        scores = evaluate(model, data["validation"], options.batch_size)
        report["epochs"].append({"seconds": round(seconds, 2), "loss": loss, "validation": scores})
        if scores["f1.weighted"] > best:
            best = scores["f1.weighted"]
            weights = {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(weights)
    report["test"] = evaluate(model, data["test"], options.batch_size)
    print(json.dumps(report))


if __name__ == "__main__":
    main()

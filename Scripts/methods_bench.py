#!/usr/bin/env python3
"""Trains a classifier by several methods with Anneal and with transformers, peft or adapters, and compares.

    python Scripts/methods_bench.py ANNEAL DATA.tsv --model FOLDER --out FOLDER [--methods lora,head] [--seeds 1,2,3]
        [--adapters-python PYTHON] [--text NAME --label NAME]

DATA is a table with a header; each seed splits it anew, and the reference reads the sides that Anneal wrote. Same
batches by size and length, learning rate, schedule, decay groups and clipping on both sides, fp32; the epoch with the
best weighted F1 on the validation side is scored on the test side. houlsby's reference is AdapterHub's `adapters`, by
another Python where it needs another transformers. Every result is a line of FOLDER/results.jsonl; those that are
there are not made again. Prints a table of means over the seeds: weighted and macro F1 on the test side, seconds of
all epochs, trained values, peak memory of the process.
"""

import argparse
import json
import math
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import time

# What each method is called here, and the rate it learns at.
METHODS = {
    "full": ("full", 1e-4),
    "lora": ("lora: {rank: 8, alpha: 16}", 1e-3),
    "houlsby": ("bottleneck: {kind: houlsby}", 1e-3),
    "prefix": ("prefix: {virtual-tokens: 20}", 1e-2),
    "bitfit": ("bitfit", 1e-3),
    "head": ("head", 1e-2),
}

PIPELINE = """name: methods
seed: {seed}
stages:
  - ingest: {{path: "{data}", format: tsv, quotes: false, fields: {{text: {text}, label: {label}}}}}
  - clean.duplicates: {{method: exact}}
  - tokenize: {{tokenizer: model, max-length: {length}}}
  - split: {{train: 0.8, validation: 0.1, test: 0.1, stratify: label}}
train:
  model: {model}
  objective: classification
  method: {{{method}}}
  epochs: {epochs}
  batch-size: 32
  max-length: {length}
  learning-rate: {rate}
  weight-decay: 0.01
  warmup-ratio: 0.1
  max-grad-norm: 1.0
  best-metric: f1.weighted
evaluate: [accuracy, f1]
"""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("anneal")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--max-length", type=int, default=64)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--adapters-python", default=sys.executable)
    parser.add_argument("--reference", help="METHOD,SEED: train that reference in this process")
    return parser.parse_args()


def anneal(options, method, seed):
    name, rate = METHODS[method]
    run = options.out / f"{method}-{seed}"
    file = options.out / f"{method}-{seed}.yaml"
    file.write_text(PIPELINE.format(
        seed=seed, data=options.data.resolve(), text=options.text, label=options.label, model=options.model.resolve(),
        method=name if ":" in name else f"{name}: {{}}", length=options.max_length, epochs=options.epochs, rate=rate))
    told = subprocess.run(
        [options.anneal, "run", file, "--out", run, "--threads", str(options.threads)], check=True,
        stderr=subprocess.PIPE, text=True).stderr
    trained = next(line for line in told.splitlines() if " parameters" in line)
    training = json.loads((run / "timings.json").read_text())["training"]
    scores = json.loads((run / "metrics.json").read_text())["test"]
    return {
        "f1": scores["f1.weighted"], "macro": scores["f1.macro"],
        "seconds": sum(epoch["seconds"] for epoch in training["epochs"]),
        "trained": int(trained.split(" of ")[0].split()[-1].replace(",", "")),
        "megabytes": training["peak_memory_bytes"] / 1e6}


def reference(options, method, seed):
    python = options.adapters_python if method == "houlsby" else sys.executable
    told = subprocess.run(
        [python, __file__, options.anneal, options.data, "--model", options.model, "--out", options.out, "--epochs",
         str(options.epochs), "--max-length", str(options.max_length), "--threads", str(options.threads),
         "--reference", f"{method},{seed}"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(told.splitlines()[-1])


def adapted(model, method):
    """The model with all but what the method trains frozen."""
    if method == "lora":
        import peft
        return peft.get_peft_model(model, peft.LoraConfig(
            task_type="SEQ_CLS", r=8, lora_alpha=16, target_modules=["query", "value"]))
    if method == "prefix":
        import peft
        return peft.get_peft_model(model, peft.PrefixTuningConfig(task_type="SEQ_CLS", num_virtual_tokens=20))
    if method == "houlsby":
        import adapters
        adapters.init(model)
        model.add_adapter("task", config="double_seq_bn")
        model.train_adapter("task")
        for name, parameter in model.named_parameters():
            if name.startswith("classifier"):
                parameter.requires_grad = True
    for name, parameter in model.named_parameters():
        if method in ("bitfit", "head"):
            parameter.requires_grad = name.startswith("classifier") or (method == "bitfit" and name.endswith("bias"))
    return model


def train_reference(options, method, seed):
    import torch
    import transformers
    from sklearn.metrics import f1_score
    from train_medical_reference import batches, collate, encode, read

    torch.set_num_threads(options.threads)
    torch.manual_seed(seed)
    generator = random.Random(seed)
    folder = options.out / f"{method}-{seed}" / "data"
    sides = {side: read(folder / f"{side}.jsonl") for side in ("train", "validation", "test")}
    labels = sorted({label for _, label in sides["train"]})
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    index = {label: place for place, label in enumerate(labels)}
    data = {side: encode(tokenizer, rows, options.max_length, index) for side, rows in sides.items()}
    model = adapted(transformers.AutoModelForSequenceClassification.from_pretrained(
        options.model, num_labels=len(labels), dtype=torch.float32), method)
    decayed = set(transformers.Trainer.get_decay_parameter_names(None, model))
    trained = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": [value for name, value in trained if (name in decayed) == kind], "weight_decay": 0.01 * kind}
         for kind in (True, False)], lr=METHODS[method][1])
    total = math.ceil(len(data["train"]) / 32) * options.epochs
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, math.ceil(total * 0.1), total)

    def scores(side):
        model.eval()
        truth, found = [], []
        with torch.no_grad():
            for places in batches(data[side], 32, None):
                batch = collate(data[side], places)
                truth += batch.pop("labels").tolist()
                found += model(**batch).logits.argmax(-1).tolist()
        return {name: f1_score(truth, found, average=kind) for name, kind in (("f1", "weighted"), ("macro", "macro"))}

    seconds, best, result = 0.0, -1.0, {}
    for _ in range(options.epochs):
        model.train()
        start = time.perf_counter()
        for places in batches(data["train"], 32, generator):
            model(**collate(data["train"], places)).loss.backward()
            torch.nn.utils.clip_grad_norm_([value for _, value in trained], 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        seconds += time.perf_counter() - start
        score = scores("validation")["f1"]
        if score > best:
            best, result = score, scores("test")
    return {**result, "seconds": seconds, "trained": sum(value.numel() for _, value in trained),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}


def table(results):
    print("| method | test F1, ours | theirs | difference | macro F1, ours | theirs | trained values, ours | theirs |"
          " seconds, ours | theirs | peak memory, ours | theirs |")
    print("|---|" + "---:|" * 11)
    for method in METHODS:
        sides = [[row for row in results if row["method"] == method and row["side"] == side]
                 for side in ("anneal", "reference")]
        if not all(sides):
            continue
        (f1, other), (macro, others), (seconds, slower), (memory, more) = (
            [statistics.mean(row[key] for row in rows) for rows in sides]
            for key in ("f1", "macro", "seconds", "megabytes"))
        counts = [rows[0]["trained"] for rows in sides]
        print(f"| {method} | {f1:.4f} | {other:.4f} | {f1 - other:+.4f} | {macro:.4f} |"
              f" {others:.4f} | {counts[0]:,} | {counts[1]:,} |"
              f" {seconds:.0f} | {slower:.0f} | {memory:,.0f} MB | {more:,.0f} MB |")


def main():
    options = arguments()
    if options.reference:
        method, seed = options.reference.split(",")
        print(json.dumps(train_reference(options, method, int(seed))))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "results.jsonl"
    results = [json.loads(line) for line in file.open()] if file.exists() else []
    for seed in map(int, options.seeds.split(",")):
        for method in options.methods.split(","):
            for side, work in (("anneal", anneal), ("reference", reference)):
                if any((row["side"], row["method"], row["seed"]) == (side, method, seed) for row in results):
                    continue
                row = {"side": side, "method": method, "seed": seed, **work(options, method, seed)}
                results.append(row)
                with file.open("a") as lines:
                    lines.write(json.dumps(row) + "\n")
                print(json.dumps(row), file=sys.stderr)
    table(results)


if __name__ == "__main__":
    main()

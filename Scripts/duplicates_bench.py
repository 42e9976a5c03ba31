#!/usr/bin/env python3
"""The records of the benchmark of near duplicates, and datatrove's side of it.

usage: duplicates_bench.py make CORPUS OUT.jsonl     CORPUS has a document a line
       duplicates_bench.py datatrove FILE.jsonl [RECORDS]

make: a record a document, and in place of 15 % of them, by a seed, a copy of an earlier document of which up
to one word in twenty is changed. datatrove: its four steps with 4 tasks on 4 processes, as its
examples have them (no Jaccard is verified there); prints seconds and records a second.
"""
import json
import os
import random
import shutil
import sys
import tempfile
import time


def make(corpus, out):
    draw = random.Random(15)
    texts = [line.rstrip("\n") for line in open(corpus, encoding="utf-8")]
    with open(out, "w", encoding="utf-8") as file:
        for number, text in enumerate(texts):
            if number and draw.random() < 0.15:
                words = texts[draw.randrange(number)].split(" ")
                for _ in range(draw.randrange(len(words) // 20 + 1)):
                    words[draw.randrange(len(words))] = f"noise{draw.randrange(1000)}"
                text = " ".join(words)
            file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")


def datatrove(path, limit):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature)
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    folder = tempfile.mkdtemp()
    config = MinhashConfig()
    tasks = 4
    os.makedirs(f"{folder}/in")
    # One file a task, as a task reads whole files.
    with open(path, encoding="utf-8") as file:
        lines = [line for line, _ in zip(file, range(limit))]
    for task in range(tasks):
        with open(f"{folder}/in/{task}.jsonl", "w", encoding="utf-8") as file:
            file.writelines(lines[task::tasks])
    reader = lambda: JsonlReader(f"{folder}/in")

    def run(name, steps, count):
        LocalPipelineExecutor(
            pipeline=steps, tasks=count, workers=min(4, count),
            logging_dir=f"{folder}/logs/{name}").run()

    start = time.perf_counter()
    run("signatures", [reader(), MinhashDedupSignature(f"{folder}/signatures", config=config)], tasks)
    run("buckets", [MinhashDedupBuckets(
        f"{folder}/signatures", f"{folder}/buckets", config=config)], config.num_buckets)
    run("clusters", [MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config=config)], 1)
    run("filter", [
        reader(), MinhashDedupFilter(f"{folder}/remove"),
        JsonlWriter(f"{folder}/out", compression=None)], tasks)
    seconds = time.perf_counter() - start
    kept = 0
    for name in os.listdir(f"{folder}/out"):
        with open(f"{folder}/out/{name}", encoding="utf-8") as file:
            kept += sum(1 for _ in file)
    shutil.rmtree(folder)
    print(f"datatrove: {len(lines)} records in {seconds:.2f} s, "
          f"{len(lines) / seconds:.0f} a second, {kept} kept")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) == 4:
        make(sys.argv[2], sys.argv[3])
    elif sys.argv[1:2] == ["datatrove"] and len(sys.argv) in (3, 4):
        datatrove(sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 10 ** 9)
    else:
        sys.exit(__doc__)

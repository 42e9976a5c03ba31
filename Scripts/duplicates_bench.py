#!/usr/bin/env python3
"""The records of the benchmark of near duplicates, and datatrove's side of it.

usage: duplicates_bench.py make CORPUS OUT.jsonl     CORPUS has a document a line
       duplicates_bench.py datatrove FILE.jsonl [RECORDS]

make: a record a document, and in place of 15 % of them, by a seed, a copy of an earlier document of which up
to one word in twenty is changed. datatrove: its four steps with 4 tasks on 4 processes, as its
examples have them (no Jaccard is verified there); prints seconds and records a second.
"""
import json
import random
import sys

from datatrove_bench import lines_of, timed


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

    config = MinhashConfig()
    tasks = 4
    lines = lines_of(path, limit)

    def run(folder):
        def step(name, steps, count):
            LocalPipelineExecutor(
                pipeline=steps, tasks=count, workers=min(4, count),
                logging_dir=f"{folder}/logs/{name}").run()

        reader = lambda: JsonlReader(f"{folder}/in")
        step("signatures", [
            reader(), MinhashDedupSignature(f"{folder}/signatures", config=config)], tasks)
        step("buckets", [MinhashDedupBuckets(
            f"{folder}/signatures", f"{folder}/buckets", config=config)], config.num_buckets)
        step("clusters", [
            MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config=config)], 1)
        step("filter", [
            reader(), MinhashDedupFilter(f"{folder}/remove"),
            JsonlWriter(f"{folder}/out", compression=None)], tasks)

    seconds, kept = timed(lines, tasks, run)
    print(f"datatrove: {len(lines)} records in {seconds:.2f} s, "
          f"{len(lines) / seconds:.0f} a second, {kept} kept")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) == 4:
        make(sys.argv[2], sys.argv[3])
    elif sys.argv[1:2] == ["datatrove"] and len(sys.argv) in (3, 4):
        datatrove(sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 10 ** 9)
    else:
        sys.exit(__doc__)

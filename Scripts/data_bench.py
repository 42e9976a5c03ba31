#!/usr/bin/env python3
"""The records of the benchmark of cleaning, and the peers' side of it.

usage: data_bench.py make RECORDS.jsonl FOLDER [LINES]     instruction records of alpaca form are taken
       data_bench.py datatrove|datasets FILE.jsonl [TASKS]

make: FOLDER/records.jsonl, at most so many lines, and the pipeline FOLDER/clean.yaml. By a seed, every fifth answer becomes HTML, every tenth takes compatibility characters and
invisible ones, every tenth blanks and control characters; behind 15 % of the records stands a copy of
one of those so far. The peers' cleaning is the usual one of Python: tags by a pattern, references by
the html module, NFKC, control characters and runs of blanks by patterns. datatrove reads, cleans and
writes on 4 processes and looks for no duplicates (it has no exact step for records); datasets cleans
by map on 4 processes, drops equal records by their hash and writes JSON lines.
"""
import hashlib
import html
import itertools
import json
import os
import random
import re
import sys
import tempfile
import time
import unicodedata

from datatrove_bench import timed

FIELDS = ("instruction", "input", "output")
SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.S | re.I)
TAG = re.compile(r"<[^>]{0,400}>")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\ufeff]")
BLANKS = re.compile(r"[^\S\n]+")
LINES = re.compile(r"\n{3,}")
PIPELINE = """\
name: clean
stages:
  - ingest: {path: records.jsonl}
  - clean.unicode: {form: NFKC}
  - clean.whitespace
  - clean.html
  - clean.duplicates: {method: exact}
"""


def noisy(text, draw):
    kind = draw.random()
    if kind < 0.2:
        lines = text.replace(" and ", " &amp; ").replace("\n", "<br/>\n")
        return f'<div class="a"><p>{lines}</p>&nbsp;<script>var x=1<2;</script></div>'
    if kind < 0.3:
        wide = {digit: digit + 0xFEE0 for digit in range(48, 58)}
        return text.replace("fi", "\ufb01").replace("...", "\u2026").translate(wide) + "\u200b\ufeff"
    if kind < 0.4:
        return "  " + text.replace(" ", " \t ", 5) + "\x07\x01\r\n\n\n\n"
    return text


def noisy_records(records):
    draw = random.Random(0)
    for index, record in enumerate(records):
        yield dict(record, output=noisy(record["output"], draw))
        if draw.random() < 0.15:
            yield records[draw.randrange(index + 1)]


def make(path, folder, lines):
    with open(path, encoding="utf-8") as file:
        records = [r for r in map(json.loads, file) if all(isinstance(r.get(f), str) for f in FIELDS)]
    with open(f"{folder}/records.jsonl", "w", encoding="utf-8") as file:
        for record in itertools.islice(noisy_records(records), lines):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    with open(f"{folder}/clean.yaml", "w", encoding="utf-8") as file:
        file.write(PIPELINE)


def clean(text):
    if "<" in text:
        text = TAG.sub(" ", SCRIPT.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
    text = CONTROL.sub("", unicodedata.normalize("NFKC", text))
    return LINES.sub("\n\n", BLANKS.sub(" ", text)).strip()


def run_datatrove(path, tasks):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    class Clean(PipelineStep):
        name = "clean"
        type = "clean"

        def run(self, data, rank=0, world_size=1):
            for document in data:
                document.text = clean(document.text)
                yield document

    def adapter(_, data, path, place):
        return {"text": "\x1f".join(data[f] for f in FIELDS), "id": f"{path}/{place}", "metadata": {}}

    def run(folder):
        LocalPipelineExecutor(
            pipeline=[JsonlReader(f"{folder}/in", adapter=adapter), Clean(),
                      JsonlWriter(f"{folder}/out", compression=None)],
            tasks=tasks, workers=tasks, start_method="fork", logging_dir=f"{folder}/logs").run()

    with open(path, encoding="utf-8") as file:
        return timed(file.readlines(), tasks, run)


def run_datasets(path, tasks):
    os.environ["HF_HUB_OFFLINE"] = "1"
    import datasets
    datasets.disable_progress_bars()

    def step(record):
        for field in FIELDS:
            record[field] = clean(record[field] or "")
        text = "\x1f".join(record[f] for f in FIELDS)
        record["hash"] = hashlib.md5(text.encode()).hexdigest()
        return record

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        data = datasets.load_dataset(
            "json", data_files=path, split="train", cache_dir=f"{folder}/cache")
        data = data.map(step, num_proc=tasks)
        seen = set()
        keep = [i for i, key in enumerate(data["hash"]) if not (key in seen or seen.add(key))]
        data.select(keep).remove_columns("hash").to_json(
            f"{folder}/out.jsonl", force_ascii=False, num_proc=tasks)
        return time.perf_counter() - start, len(keep)


def peer(name, path, tasks):
    seconds, kept = {"datatrove": run_datatrove, "datasets": run_datasets}[name](path, tasks)
    megabytes = os.path.getsize(path) / 1e6
    print(f"{name}: {seconds:.2f} s, {megabytes / seconds:.1f} MB/s, {kept} kept")


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) in (4, 5):
        make(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) == 5 else None)
    elif sys.argv[1:2] in (["datatrove"], ["datasets"]) and len(sys.argv) in (3, 4):
        peer(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 4)
    else:
        sys.exit(__doc__)

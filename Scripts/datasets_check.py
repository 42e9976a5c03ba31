"""Opens data sets that 'anneal write' made with datasets.load_dataset and compares their rows.

pip install datasets==5.2.0 pyarrow==26.0.1
python3 Scripts/datasets_check.py .build/release/anneal

Each input is written in each format; the rows that load_dataset gives must be those of the JSON lines.
Nothing is fetched: HF_HUB_OFFLINE is set.
"""
import json, os, random, shutil, subprocess, sys, tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
WORK = tempfile.mkdtemp()
os.environ["HF_HOME"] = f"{WORK}/home"
import datasets, pyarrow.parquet as pq

ANNEAL = os.path.abspath(sys.argv[1])
random.seed(3)
WORDS = "model train data 中文 é 🙂 \"quoted\" line\nbreak tab\t, comma".split(" ")


def text(n=8): return " ".join(random.choice(WORDS) for _ in range(1 + random.randrange(n)))


def alpaca(i): return {"instruction": text(), "input": text(3), "output": text(), "id": i, "score": i / 8, "tags": ["a"] * (i % 3)}
def chat(i):
    turns = [{"role": "user", "content": text()}, {"role": "assistant", "content": text()}]
    if i % 4 == 0: turns.append({"role": "assistant", "content": None, "tool_calls": [{"id": str(i), "type": "function", "function": {"name": "f", "arguments": "{}"}}]})
    return {"messages": turns, "meta": {"source": "x", "n": i, "deep": {"list": [[1], [2, i]]}}}
def preference(i): return {"prompt": text(), "chosen": text(), "rejected": text(), "margin": i * 0.5}
def label(i): return {"text": text(), "label": random.choice(["a", "b"]), "flag": i % 2 == 0}


def same(a, b):
    """Whether two values are equal where a missing member is null, as tables have it."""
    if isinstance(a, dict) and isinstance(b, dict):
        return all(same(a.get(k), b.get(k)) for k in set(a) | set(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


def flat(row):
    """A row as cells of CSV hold it: lists and objects are JSON."""
    return {k: json.dumps(v, ensure_ascii=False, separators=(",", ":")) if isinstance(v, (dict, list)) else v for k, v in row.items()}


checked = 0
for make in (alpaca, chat, preference, label):
    rows = [make(i) for i in range(500)]
    source = f"{WORK}/{make.__name__}.jsonl"
    with open(source, "w") as file:
        for row in rows: file.write(json.dumps(row, ensure_ascii=False) + "\n")
    for kind in ("jsonl", "json", "csv", "parquet"):
        for compression in (("zstd", "snappy", "none") if kind == "parquet" else ("zstd",)):
            out = f"{WORK}/{make.__name__}-{kind}-{compression}"
            subprocess.run([ANNEAL, "write", source, "--format", kind, "--shards", "3", "--path", out, "--compression", compression,
                            "--license", "cc-by-4.0", "--name", "Check: one"], check=True, stderr=subprocess.DEVNULL)
            loaded = datasets.load_dataset(out)
            assert list(loaded) == ["train"], loaded
            found = loaded["train"].to_list()
            assert len(found) == len(rows), (kind, len(found))
            for row, wanted in zip(found, rows):
                wanted = flat(wanted) if kind == "csv" else wanted
                assert same(row, wanted), (make.__name__, kind, row, wanted)
            if kind == "parquet":
                read = [r for n in sorted(os.listdir(f"{out}/data")) for r in pq.read_table(f"{out}/data/{n}").to_pylist()]
                assert all(same(a, b) for a, b in zip(read, rows)) and len(read) == len(rows)
            checked += 1
            print("equal", make.__name__, kind, compression, flush=True)
shutil.rmtree(WORK)
print(checked, "data sets opened with equal rows by datasets", datasets.__version__)

#!/usr/bin/env python3
"""Compares ids, offsets and decoded texts with Hugging Face's tokenizers on real text.

usage: python3 Scripts/tokenize_compare.py DATA TOKENIZER.json[.gz]… [--megabytes 50] [--command 'anneal tokenizer']

DATA is a folder of text, CSV, TSV, JSON and JSON-lines files, packed with gzip or not, searched whole; lines of
up to 20 kB are the texts; of every 20th the ids are decoded too. Needs: pip install tokenizers==0.23.3. Files are taken in the order of their names, each
for its share of the bytes, so that all languages of the folder are seen.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer


def opened(path):
    return gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")


def lines_of(folder, total):
    """Lines of all files below a folder, each file for an equal share of the bytes."""
    kinds = (".txt", ".csv", ".tsv", ".jsonl", ".json", ".en", ".de", ".md")
    files = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names
                   if name.removesuffix(".gz").endswith(kinds))
    texts = []
    for index, path in enumerate(files):
        share = (total - sum(len(t) for t in texts)) // (len(files) - index)
        for line in opened(path):
            if share <= 0:
                break
            line = line[:20000].decode("utf-8", "ignore").rstrip("\n")
            share -= len(line.encode())
            texts.append(line)
    return texts


def ours(command, path, values):
    """One answer a value, in order, from the JSON lines of the command."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
        for value in values:
            file.write(json.dumps(value) + "\n")
    with open(file.name) as requests:
        process = subprocess.Popen(command.split() + ["--tokenizer", path], stdin=requests, stdout=subprocess.PIPE)
        for line in process.stdout:
            yield json.loads(line)
    os.unlink(file.name)
    if process.wait() != 0:
        sys.exit(f"the command failed for {path}")


def unpacked(path):
    if not path.endswith(".gz"):
        return path
    name = os.path.join(tempfile.gettempdir(), os.path.basename(path)[:-3])
    with gzip.open(path) as packed, open(name, "wb") as file:
        file.write(packed.read())
    return name


def compare(path, texts, command):
    path = unpacked(path)
    reference = Tokenizer.from_file(path)
    reference.no_truncation()
    reference.no_padding()
    answers = ours(command + " encode", path, ({"text": text} for text in texts))
    differences = tokens = count = 0
    sample = []
    for start in range(0, len(texts), 1000):
        for text, wanted in zip(texts[start:start + 1000], reference.encode_batch(texts[start:start + 1000])):
            found = next(answers)
            tokens += len(wanted.ids)
            count += 1
            if count % 20 == 0:
                sample.append(wanted.ids)
            if found["ids"] == wanted.ids and found["offsets"] == [list(o) for o in wanted.offsets]:
                continue
            differences += 1
            if differences <= 3:
                print(f"  {text[:200]!r}\n    wanted {wanted.ids[:20]}\n    found  {found['ids'][:20]}")
    # Hugging Face tells special tokens by how they look after normalization, and Llama-2's look like none then.
    decoded = ours(command + " decode", path, ({"ids": ids} for ids in sample))
    wrong = sum(reference.decode(ids, skip_special_tokens=False) != found["text"] for ids, found in zip(sample, decoded))
    print(f"{os.path.basename(path)}: {count} texts, {tokens} tokens, {differences} differences; "
          f"{len(sample)} decoded, {wrong} differences", flush=True)
    return differences + wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("tokenizers", nargs="+")
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--command", default=".build/release/anneal tokenizer")
    options = parser.parse_args()
    texts = lines_of(options.data, int(options.megabytes * 1e6))
    print(f"{len(texts)} texts, {sum(len(t.encode()) for t in texts) / 1e6:.1f} MB")
    sys.exit(1 if sum(compare(path, texts, options.command) for path in options.tokenizers) else 0)


if __name__ == "__main__":
    main()

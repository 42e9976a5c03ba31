#!/usr/bin/env python3
"""Compares ids, offsets and decoded texts with Hugging Face's tokenizers on real text.

usage: python3 Scripts/tokenize_compare.py DATA TOKENIZER.json[.gz]… [--megabytes 50] [--processes 2]
       [--command 'anneal tokenizer']

DATA is a folder of text, CSV, TSV, XML, JSON and JSON-lines files, packed with gzip or not, and archives of such,
searched whole. Texts are the lines, or what JSON lines have for texts, up to 20,000 characters of each; of every 20th
the ids are decoded too. The smallest files are taken first, each for its share of the bytes, so that all languages of
the folder are seen. Needs: pip install tokenizers==0.23.3.
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

from tokenizers import Tokenizer


def lines_in(path):
    """The lines of a file, or of all files of an archive, as bytes."""
    if path.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            for member in archive:
                yield from archive.extractfile(member) if member.isfile() else ()
    else:
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
            yield from file


def texts_in(path):
    """The lines of a file; of JSON lines, what their objects have for texts."""
    for line in lines_in(path):
        if ".jsonl" in path:
            try:
                yield from strings(json.loads(line))
                continue
            except ValueError:
                pass
        yield line.decode("utf-8", "ignore").rstrip("\n")


def strings(value):
    """The longer texts in a JSON value."""
    if isinstance(value, str):
        if len(value) > 20:
            yield value.encode("utf-8", "ignore").decode()
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def lines_of(folder, total):
    """Texts of all files below a folder, each file for an equal share of the bytes that are left."""
    kinds = (".txt", ".csv", ".tsv", ".jsonl", ".json", ".en", ".de", ".md", ".tar", ".xml")
    files = sorted((os.path.join(at, name) for at, _, names in os.walk(folder) for name in names
                    if name.removesuffix(".gz").endswith(kinds)), key=os.path.getsize)
    texts, taken = [], 0
    for index, path in enumerate(files):
        share = (total - taken) // (len(files) - index)
        for text in texts_in(path):
            if share <= 0:
                break
            text = text[:20000]
            size = len(text.encode())
            share -= size
            taken += size
            texts.append(text)
    return texts


def ours(command, path, values):
    """One answer a value, in order, from the JSON lines of the command."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        for value in values:
            file.write(json.dumps(value) + "\n")
        file.flush()
        with open(file.name) as requests:
            result = subprocess.run(command.split() + ["--tokenizer", path], stdin=requests, stdout=subprocess.PIPE)
    if result.returncode != 0:
        raise RuntimeError(f"the command failed for {path}")
    return map(json.loads, result.stdout.splitlines())


def unpacked(path):
    if not path.endswith(".gz"):
        return path
    name = os.path.join(tempfile.gettempdir(), os.path.basename(path)[:-3])
    with gzip.open(path) as packed, open(name, "wb") as file:
        file.write(packed.read())
    return name


def begin(path):
    """Reads the library's tokenizer, once a process."""
    global reference
    reference = Tokenizer.from_file(path)
    reference.no_truncation()
    reference.no_padding()


class Chunk:
    """What comparing some of the texts found."""

    def __init__(self, texts, path, command):
        self.texts, self.tokens, self.differences, self.wrong = len(texts), 0, [], 0
        sample = []
        wanted = reference.encode_batch(texts)
        for number, (text, found) in enumerate(zip(texts, ours(command + " encode", path, ({"text": t} for t in texts)))):
            ids, offsets = wanted[number].ids, wanted[number].offsets
            self.tokens += len(ids)
            if number % 20 == 0:
                sample.append(ids)
            if found["ids"] != ids or found["offsets"] != [list(o) for o in offsets]:
                self.differences.append(shown(text, wanted[number], found))
        # Hugging Face tells special tokens by how they look after normalization, and Llama-2's look like none then.
        decoded = ours(command + " decode", path, ({"ids": ids} for ids in sample))
        self.decoded = len(sample)
        self.wrong = sum(reference.decode(ids, skip_special_tokens=False) != found["text"]
                         for ids, found in zip(sample, decoded))


def shown(text, wanted, found):
    """The first difference between two encodings of a text."""
    ours_ = list(zip(found["ids"], map(tuple, found["offsets"])))
    theirs = list(zip(wanted.ids, wanted.offsets))
    at = next((i for i, (a, b) in enumerate(zip(ours_, theirs)) if a != b), min(len(ours_), len(theirs)))
    place = theirs[min(at, len(theirs) - 1)][1][0] if theirs else 0
    return f"{text[max(0, place - 30):place + 30]!r} from token {at}\n    wanted {theirs[at:at + 6]}\n    found  {ours_[at:at + 6]}"


def compare(path, texts, options):
    path = unpacked(path)
    chunks = [texts[start:start + 4000] for start in range(0, len(texts), 4000)]
    count = tokens = differences = decoded = wrong = 0
    with ProcessPoolExecutor(options.processes, initializer=begin, initargs=(path,)) as pool:
        for chunk in pool.map(Chunk, chunks, repeat(path), repeat(options.command)):
            count += chunk.texts
            tokens += chunk.tokens
            decoded += chunk.decoded
            wrong += chunk.wrong
            for difference in chunk.differences[:max(0, 3 - differences)]:
                print("  " + difference, flush=True)
            differences += len(chunk.differences)
            if differences > 100:
                print("  no further texts are compared", flush=True)
                pool.shutdown(cancel_futures=True)
                break
    print(f"{os.path.basename(path)}: {count} texts, {tokens} tokens, {differences} differences; "
          f"{decoded} decoded, {wrong} differences", flush=True)
    return differences + wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("tokenizers", nargs="+")
    parser.add_argument("--megabytes", type=float, default=50)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--command", default=".build/release/anneal tokenizer")
    options = parser.parse_args()
    # Each process tokenizes on one thread.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    texts = lines_of(options.data, int(options.megabytes * 1e6))
    print(f"{len(texts)} texts, {sum(len(t.encode()) for t in texts) / 1e6:.1f} MB", flush=True)
    sys.exit(1 if sum(compare(path, texts, options) for path in options.tokenizers) else 0)


if __name__ == "__main__":
    main()

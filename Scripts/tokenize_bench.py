#!/usr/bin/env python3
"""Times encoding by another library on a corpus and prints a line of JSON for each round.

    python Scripts/tokenize_bench.py huggingface|tiktoken|sentencepiece TOKENIZER CORPUS
        ids|offsets THREADS [--rounds 1] [--documents N]

The peer of Benchmarks/Sources/tokenization: the lines of CORPUS are the documents, every round loads the
tokenizer anew, and special tokens are not added. TOKENIZER is a tokenizer.json, of which tiktoken takes the
vocabulary and the pattern, or for sentencepiece a .model. `repeats CORPUS` instead prints what share of the
documents repeat an earlier one. Measured with tokenizers 0.23.3, tiktoken 0.14.0 and sentencepiece 0.2.3.
"""
import argparse
import array
import json
import os
import sys
import time
import zlib

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def memory(name):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name)) * 1024


def documents_of(path, most):
    with open(path, encoding="utf-8", newline="\n") as corpus:
        lines = [line.rstrip("\n") for line in corpus]
    return [line for line in lines if line][:most]


def huggingface(path, threads):
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(documents, tracks):
        method = tokenizer.encode_batch if tracks else tokenizer.encode_batch_fast
        return [encoding.ids for encoding in method(documents, add_special_tokens=False)]
    return encode


def byte_alphabet():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(0x100 + i): b for i, b in enumerate(others)}


def pattern_of(step):
    steps = step.get("pretokenizers", [step])
    found = [s["pattern"]["Regex"] for s in steps if s["type"] == "Split"]
    return found[0] if found else GPT2


def tiktoken(path, threads):
    import tiktoken
    with open(path, encoding="utf-8") as file:
        root = json.load(file)
    alphabet = byte_alphabet()
    added = {token["content"] for token in root["added_tokens"]}
    ranks = {bytes(alphabet[c] for c in token): rank
             for token, rank in root["model"]["vocab"].items() if token not in added}
    encoding = tiktoken.Encoding(
        "bench", pat_str=pattern_of(root["pre_tokenizer"]), mergeable_ranks=ranks, special_tokens={})

    def encode(documents, tracks):
        return encoding.encode_ordinary_batch(documents, num_threads=threads)
    return encode


def sentencepiece(path, threads):
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_file=path)

    def encode(documents, tracks):
        return processor.encode(documents, num_threads=threads)
    return encode


def measure(options, documents):
    before = memory("VmRSS:")
    started = time.perf_counter()
    encode = globals()[options.peer](options.tokenizer, options.threads)
    loaded = time.perf_counter()
    ids = encode(documents, options.mode == "offsets")
    seconds = time.perf_counter() - loaded
    peak = memory("VmHWM:") - before
    size = sum(len(d.encode()) for d in documents)
    checksum = 0
    for document in ids:
        checksum = zlib.crc32(array.array("i", document).tobytes(), checksum)
    return {"mb_s": round(size / 1e6 / seconds, 2), "seconds": round(seconds, 4),
            "load_ms": round((loaded - started) * 1e3, 1), "peak_mb": round(peak / 1e6, 1),
            "tokens": sum(map(len, ids)), "checksum": checksum, "mode": options.mode,
            "threads": options.threads}


def main():
    if sys.argv[1:2] == ["repeats"]:
        documents = documents_of(sys.argv[2], None)
        share = 1 - len(set(documents)) / len(documents)
        size = sum(len(d.encode()) for d in documents)
        print(f"{len(documents)} documents, {size / 1e6:.1f} MB, {share:.2%} repeat an earlier one")
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("peer", choices=["huggingface", "tiktoken", "sentencepiece"])
    parser.add_argument("tokenizer")
    parser.add_argument("corpus")
    parser.add_argument("mode", choices=["ids", "offsets"])
    parser.add_argument("threads", type=int)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--documents", type=int, help="take only the first so many documents")
    options = parser.parse_args()
    # Read before the library counts its threads.
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if options.threads > 1 else "false"
    documents = documents_of(options.corpus, options.documents)
    for _ in range(options.rounds):
        print(json.dumps(measure(options, documents), separators=(",", ":")), flush=True)


main()

#!/usr/bin/env python3
"""Trains vocabularies with Hugging Face's tokenizers and with Anneal on the same text, and compares them.

usage: python3 Scripts/tokenize_training_check.py CORPUS.txt [--only NAME…] [--command 'anneal tokenizer train']

Needs: pip install tokenizers==0.23.3. BPE must have equal tokens, ids and merges. WordPiece, and BPE with a prefix or
suffix, must have equal tokens but for those that tie in frequency with the last ones, because the library numbers
their symbols by chance. Unigram must have equal pieces, with scores that differ by at most 1e-6 but for characters that
are no pieces any more, which the library numbers by chance.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

ALPHABET = pre_tokenizers.ByteLevel.alphabet()


def bpe(pre, byte_level=False, **options):
    tokenizer = Tokenizer(models.BPE(unk_token=None if byte_level else "<unk>"))
    tokenizer.pre_tokenizer = pre
    specials = ["<|endoftext|>"] if byte_level else ["<unk>", "<|endoftext|>"]
    return tokenizer, trainers.BpeTrainer(special_tokens=specials, show_progress=False,
                                          initial_alphabet=ALPHABET if byte_level else [], **options)


def wordpiece(**options):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer, trainers.WordPieceTrainer(special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
                                                show_progress=False, **options)


def unigram(**options):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(),
                                                 normalizers.Replace(__import__("tokenizers").Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer, trainers.UnigramTrainer(special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>",
                                              show_progress=False, **options)


byte_level = lambda: pre_tokenizers.ByteLevel(add_prefix_space=False)
CASES = {
    "bpe": (lambda: bpe(byte_level(), True, vocab_size=32000, min_frequency=2), ["--vocabulary", "32000"]),
    "bpe-length": (lambda: bpe(byte_level(), True, vocab_size=8000, min_frequency=2, max_token_length=6),
                   ["--vocabulary", "8000", "--max-token-length", "6"]),
    "bpe-plain": (lambda: bpe(pre_tokenizers.Whitespace(), vocab_size=16000, min_frequency=0),
                  ["--vocabulary", "16000", "--min-frequency", "1", "--pre-tokenizer", "whitespace"]),
    "bpe-limit": (lambda: bpe(pre_tokenizers.Metaspace(), vocab_size=8000, min_frequency=3, limit_alphabet=90),
                  ["--vocabulary", "8000", "--min-frequency", "3", "--pre-tokenizer", "metaspace",
                   "--limit-alphabet", "90"]),
    "bpe-suffix": (lambda: bpe(pre_tokenizers.WhitespaceSplit(), vocab_size=12000, min_frequency=2,
                               end_of_word_suffix="</w>"),
                   ["--vocabulary", "12000", "--pre-tokenizer", "whitespace-split", "--end-of-word-suffix", "</w>"]),
    "wordpiece": (lambda: wordpiece(vocab_size=20000, min_frequency=2), ["--model", "wordpiece", "--vocabulary", "20000"]),
    "unigram": (lambda: unigram(vocab_size=8000), ["--model", "unigram", "--vocabulary", "8000"]),
}


def reference(name, corpus):
    tokenizer, trainer = CASES[name][0]()
    start = time.perf_counter()
    tokenizer.train([corpus], trainer)
    return json.loads(tokenizer.to_str())["model"], time.perf_counter() - start


def ours(name, corpus, command):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "tokenizer.json")
        start = time.perf_counter()
        subprocess.run(command.split() + CASES[name][1] + ["--out", out, "--quiet", corpus], check=True)
        took = time.perf_counter() - start
        Tokenizer.from_file(out)
        return json.load(open(out, encoding="utf-8"))["model"], took


def merges(model):
    return [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in model["merges"]]


def compare_exact(wanted, found):
    equal = wanted["vocab"] == found["vocab"] and merges(wanted) == merges(found)
    same = sum(found["vocab"].get(t) == i for t, i in wanted["vocab"].items())
    return equal, f"{same} of {len(wanted['vocab'])} tokens with their ids, merges equal: {merges(wanted) == merges(found)}"


def compare_sets(wanted, found):
    a, b = set(wanted["vocab"]), set(found["vocab"])
    return len(a - b) <= len(a) // 500, f"{len(a & b)} of {len(a)} tokens, {sorted(a - b)[:5]} and {sorted(b - a)[:5]} differ"


def compare_pieces(wanted, found):
    a, b = (dict(map(tuple, m["vocab"])) for m in (wanted, found))
    common = a.keys() & b.keys()
    worst = max((abs(a[p] - b[p]) for p in common if len(p) > 1), default=0)
    return a.keys() == b.keys() and worst < 1e-6, (
        f"{len(common)} of {len(a)} pieces, scores differ by at most {worst:.1e}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("--only", nargs="+", default=list(CASES))
    parser.add_argument("--command", default=".build/release/anneal tokenizer train")
    options = parser.parse_args()
    failed = False
    for name in options.only:
        found, ours_took = ours(name, options.corpus, options.command)
        wanted, took = reference(name, options.corpus)
        if name == "unigram":
            good, text = compare_pieces(wanted, found)
        elif name in ("wordpiece", "bpe-suffix"):
            good, text = compare_sets(wanted, found)
        else:
            good, text = compare_exact(wanted, found)
        failed |= not good
        print(f"{name}: {'good' if good else 'DIFFERENT'}: {text}; {ours_took:.2f} s, tokenizers {took:.2f} s", flush=True)
    sys.exit(failed)


main()

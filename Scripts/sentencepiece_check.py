#!/usr/bin/env python3
"""Compares ids, pieces and decoded texts of sentencepiece models with the sentencepiece library.

usage: python3 Scripts/sentencepiece_check.py DATA [MODEL.model…] [--megabytes 3] [--fixtures FOLDER]
                                              [--command 'anneal tokenizer']

Without models it trains one for each of the combinations below on a few sentences of its own. DATA is a folder of real
text, as for tokenize_compare.py; odd texts of every kind of space, mark and sign come on top, and ids drawn at random
are decoded. `--fixtures` writes the models below 20 kB (those without a map of all of Unicode) and what the library makes
of the odd texts, for the tests.
Needs: pip install sentencepiece==0.2.3.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

import sentencepiece

from tokenize_compare import lines_of, ours

# Every combination is a model; rules of its own are read from a file, as `spm_train` takes them.
MODELS = {
    "unigram": dict(model_type="unigram", vocab_size=150),
    "unigram-cf-bytes": dict(model_type="unigram", vocab_size=400, normalization_rule_name="nmt_nfkc_cf", byte_fallback=True),
    "unigram-identity": dict(model_type="unigram", vocab_size=150, normalization_rule_name="identity",
                             remove_extra_whitespaces=False),
    "unigram-defined": dict(model_type="unigram", vocab_size=150, user_defined_symbols=["<sep>", "▁the", "  ", "fe", "ﬁ"],
                            rules={"x": "the", "f": "F", "ﬁ": "fi"},
                            control_symbols=["<ctl>", "fever"]),
    "unigram-no-prefix": dict(model_type="unigram", vocab_size=150, add_dummy_prefix=False, rules={"▁": " ", "à": "a"}),
    "unigram-suffix": dict(model_type="unigram", vocab_size=150, treat_whitespace_as_suffix=True, rules={"x": " x "}),
    "unigram-only-spaces": dict(model_type="unigram", vocab_size=120, allow_whitespace_only_pieces=True,
                                remove_extra_whitespaces=False, split_digits=True),
    "unigram-rules": dict(model_type="unigram", vocab_size=150, rules={"x": "the", "ab": " ", "Ä": "ae", "q": "", "é": "é "}),
    "bpe": dict(model_type="bpe", vocab_size=200),
    "bpe-bytes": dict(model_type="bpe", vocab_size=450, byte_fallback=True, normalization_rule_name="identity",
                      remove_extra_whitespaces=False, split_digits=True),
    "bpe-defined": dict(model_type="bpe", vocab_size=200, user_defined_symbols=["<sep>", "▁the", "  ", "fe"],
                        normalization_rule_name="nfkc_cf", unk_surface=" <?> "),
    "bpe-no-prefix": dict(model_type="bpe", vocab_size=200, add_dummy_prefix=False, normalization_rule_name="nfkc"),
    "bpe-suffix": dict(model_type="bpe", vocab_size=200, treat_whitespace_as_suffix=True),
    "bpe-identity": dict(model_type="bpe", vocab_size=200, normalization_rule_name="identity"),
    "bpe-denormalized": dict(model_type="bpe", vocab_size=200, rules={"é": "e"}, decoded_rules={"a": "Aa", "the": "THE", " ": "_"}),
    "word": dict(model_type="word", vocab_size=60, rules={"\u3000": " ", ",": " , "}),
    "char": dict(model_type="char", vocab_size=80, rules={"\u3000": " ", "ß": "ss"}),
}

SENTENCES = [
    "the patient reports chest pain and fever since monday", "the doctor said that the fever is falling",
    "no allergy was found today, the cough is better", "she takes 3.5 mg twice a day for two weeks",
    "der patient klagt über schmerzen im rücken", "seit gestern größere müdigkeit und übelkeit",
    "die ärztin fragt nach fieber, husten und schnupfen", "患者出现发热和咳嗽两天", "无过敏史,建议休息多喝水",
    "复查血压正常,体温三十七度", "The First Patient, Dr. Fischer, lives in Köln", "120/80 mmHg, 37.5 °C at 10:30",
]

ODD = [
    "", " ", "  ", "a", " a", "a ", "  a  b  ", "\t\n", "a\tb\nc\r\nd", "a\u00a0b\u3000c\u2009d", "▁", "▁▁", "a▁b", " ▁ ", "▁ ▁a▁ ",
    "\u0000", "a\u0000b", "\ufeff", "a\u200bb", "e\u0301", "\u0301", "ﬁne ﬀ", "①②③", "Ａｂｃ", "ÄÖÜ ẞ ß", "ÀÉÎ", "가각", "\u1100\u1161\u11a8",
    "<sep>", "a<sep>b", " <sep> ", "<s>", "</s>", "<unk>", "a<unk>b", "<ctl>", "the", " the", "the  the", "fefever", "fever",
    "<0x41>", "<0x41><0x42>", "👩\u200d⚕️", "🇩🇪", "𠮷𠮷", "中文 字 中", "\ufffd", "\ud7ff\ue000", "…", "½", "㎞", "ﷺ", "x", "xab", "Ä",
    "q", "qq", " q ", "é", "éé ", "aé", "123 4567", "1 2", "a" * 300, " " * 50 + "b" + " " * 50, "ab" * 100, "\u0130I", "ΑΣ", "ſ", "\u00ad",
    "\x01\x02a\x7f", "\u2028\u2029", "a \u0301b", "¨´", "゛", "\u3099", "か\u3099", "ｶﾞ", "\u0345\u0301", "the patient. THE PATIENT!",
]


def train(name, options, folder):
    options = dict(options)
    prefix = os.path.join(folder, name)
    for kind, option in (("rules", "normalization_rule_tsv"), ("decoded_rules", "denormalization_rule_tsv")):
        if rules := options.pop(kind, None):
            options[option] = f"{prefix}.{kind}.tsv"
            with open(options[option], "w", encoding="utf-8") as file:
                for source, target in rules.items():
                    file.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 3), model_prefix=prefix, hard_vocab_limit=False, minloglevel=2, num_threads=1,
        **options)
    return prefix + ".model"


def random_ids(model, count):
    draw = random.Random(1)
    return [[draw.randrange(model.get_piece_size()) for _ in range(draw.randrange(12))] for _ in range(count)]


def decoded(command, path, lists):
    lines = "".join(json.dumps({"ids": ids}) + "\n" for ids in lists)
    result = subprocess.run(command.split() + ["decode", "--tokenizer", path, "--skip-special-tokens"],
                            input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["text"] for line in result.stdout.splitlines()]


def compare(path, texts, command):
    model = sentencepiece.SentencePieceProcessor(model_file=path)
    texts = ODD + texts
    wrong = tokens = 0

    def differ(what, text, wanted, found):
        nonlocal wrong
        wrong += 1
        if wrong <= 5:
            at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
            print(f"  {what} of {text[:80]!r} at {at}\n    wanted {wanted[max(0, at - 5):at + 15]!r}\n    found  {found[max(0, at - 5):at + 15]!r}")

    all_ids = []
    for text, answer in zip(texts, ours(command + " encode --no-special-tokens --tokenizer", path, texts), strict=True):
        wanted = model.encode(text)
        tokens += len(wanted)
        all_ids.append(wanted)
        if answer["ids"] != wanted:
            differ("ids", text, [model.id_to_piece(i) for i in wanted], [model.id_to_piece(i) for i in answer["ids"]])
    all_ids += random_ids(model, 2000)
    for ids, found in zip(all_ids, decoded(command, path, all_ids), strict=True):
        wanted = model.decode(ids)
        if wanted != found:
            differ("text", str([model.id_to_piece(i) for i in ids]), wanted, found)
    print(f"{os.path.basename(path)}: {len(texts)} texts, {tokens} tokens, {wrong} differences", flush=True)
    return wrong


def fixture(path):
    model = sentencepiece.SentencePieceProcessor(model_file=path)
    texts = [text for text in ODD if len(text) <= 60] + SENTENCES[:2] + SENTENCES[5:8]
    lists = random_ids(model, 40)
    if model.piece_to_id("<0xDB>") != model.unk_id():
        lists.append([model.piece_to_id(piece) for piece in ("<0xDB>", "</s>", "<0xB0>", "<0xDB>", "<0xB0>")])
    return {"file": os.path.basename(path),
            "texts": [{"text": text, "ids": model.encode(text), "decoded": model.decode(model.encode(text))} for text in texts],
            "decodings": [{"ids": ids, "decoded": model.decode(ids)} for ids in lists]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("models", nargs="*")
    parser.add_argument("--megabytes", type=float, default=3)
    parser.add_argument("--fixtures")
    parser.add_argument("--command", default=".build/release/anneal tokenizer")
    options = parser.parse_args()
    texts = lines_of(options.data, int(options.megabytes * 1e6))
    folder = options.fixtures or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    models = options.models or [train(name, given, folder) for name, given in MODELS.items()]
    wrong = sum(compare(path, texts, options.command) for path in models)
    if options.fixtures:
        header = {"sentencepiece": sentencepiece.__version__, "command": "python3 Scripts/sentencepiece_check.py DATA --fixtures FOLDER"}
        with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
            small = [path for path in models if os.path.getsize(path) < 20_000]
            json.dump({**header, "models": [fixture(path) for path in small]}, file, separators=(",", ":"))
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if path not in small and name != "expected.json":
                os.unlink(path)
    sys.exit(1 if wrong else 0)


main()

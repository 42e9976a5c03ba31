#!/usr/bin/env python3
"""Makes random tokenizer.json files and texts, and compares what Anneal and Hugging Face's tokenizers make of them.

usage: python3 Scripts/tokenize_fuzz.py [--seed 1] [--files 200] [--texts 10] [--command 'anneal tokenizer']
       python3 Scripts/tokenize_fuzz.py --seed 7 --files 90 --texts 3 --write Tests/Fixtures/Tokenize/random.json
       python3 Scripts/tokenize_fuzz.py --cut --seed 3 --files 24 --texts 2 --write Tests/Fixtures/Tokenize/windows.json

Needs: pip install tokenizers==0.23.3. A file has a random normalizer, pre-tokenizer, model, post-processor, decoder and
added tokens; files that the library refuses are left out, as are texts at which it panics. Ids, offsets, types, special
masks and decoded texts must be equal. With --write nothing is compared: the library's answers become a fixture.
With --cut, files cut texts to a length, some texts are pairs, and windows of what is cut off must be equal too.

Left out of the files: a prefix or suffix of symbols together with byte fallback, where the library spells the prefix in
bytes too, and gives offsets beyond the text.
"""
import argparse
import base64
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

import tokenizers
from tokenizers import Tokenizer

PARTS = ["a", "b", "ab", "the", "The", "dog", " ", "  ", "   ", "\n", "\t", "\u00a0", "\u2009", "\u3000", "é", "e\u0301",
         "ß", "İ", "中", "文", "中文", "한", "👍", "👩\u200d👩", "1", "12", "345", "½", "²", "٣", "'s", "'LL", "'", "!", "!?",
         "...", "-", "_", "<s>", "</s>", "[MASK]", "<|x|>", "▁", "Ġ", "##", "\u00ad", "\u200b", "\ufeff", "\0", "\x01",
         "\ufffd", "ﬁ", "①", "Ⅷ", "\r\n", "$", "€", "a1b", "x", "z", "Z", "Ǆ", "\u0345", "ａ", "Ａ", "~"]
CHARACTERS = sorted(set("".join(PARTS)))
EXPRESSIONS = [
    r"\s+", r"\d", r"\w+", r"[a-c]+", r"\p{L}+|\p{N}", r" ?\p{L}+|\s+(?!\S)|\s+", " ", "[\u4e00-\u9fff]", "(?=a)", "x*",
    r"'s|'t| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
SCHEMES = ["always", "first", "never"]
# Words longer than those that are remembered by their bytes.
LONG = ["ab" * 9, "abthe" * 3, "abcabcabcabcabc", "the" * 5 + "é", "dog\u0301" * 4]
# A character map of sentencepiece without keys.
NO_MAP = base64.b64encode(struct.pack("<I", 1024) + bytes(1025)).decode()
LLAMA = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
                                             {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}


def byte_alphabet():
    """GPT-2's characters of the 256 bytes."""
    bytes_ = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in bytes_]
    return sorted([chr(byte) for byte in bytes_] + [chr(256 + n) for n in range(len(others))])


ALPHABET = byte_alphabet()


class Maker:
    """Random files and texts."""

    def __init__(self, seed, cuts=False):
        self.random = random.Random(seed)
        self.cuts = cuts

    def maybe(self, rate=0.5):
        return self.random.random() < rate

    def pick(self, *choices):
        """One of some values; functions are called."""
        value = self.random.choice(choices)
        return value() if callable(value) else value

    def text(self):
        parts = [self.random.choice(PARTS) for _ in range(self.random.randrange(self.pick(2, 4, 6, 9, 13, 21)))]
        while self.maybe(0.3):
            parts.insert(self.random.randrange(len(parts) + 1), self.random.choice(LONG))
        return "".join(parts)

    def request(self):
        """A text, or a pair of them."""
        if self.cuts and self.maybe(0.4):
            return {"text": self.text(), "pair": self.text()}
        return {"text": self.text()}

    def truncation(self):
        # Where a length is below what the template adds, the library cuts nothing.
        length = self.random.randrange(6, 13)
        return {"direction": self.pick("Left", "Right"), "max_length": length, "stride": self.random.randrange(length // 2),
                "strategy": self.pick("LongestFirst", "LongestFirst", "OnlyFirst", "OnlySecond")}

    def words(self):
        return sorted({"".join(self.random.choice(PARTS) for _ in range(self.random.randrange(1, 4)))
                       for _ in range(self.random.randrange(5, 60))})

    def pattern(self):
        if self.maybe(0.35):
            return {"String": self.pick(" ", "a", "ab", "▁", "  ", "é")}
        return {"Regex": self.random.choice(EXPRESSIONS)}

    def bert_normalizer(self):
        return {"type": "BertNormalizer", "clean_text": self.maybe(), "handle_chinese_chars": self.maybe(),
                "strip_accents": self.pick(None, True, False), "lowercase": self.maybe()}

    def known_pair(self):
        """A normalizer and a pre-tokenizer of real models that Anneal has ways of its own for."""
        visible = lambda: {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"},
            {"type": "Metaspace", "replacement": self.pick("▁", "▁", "_", "é"), "prepend_scheme": self.pick("always", *SCHEMES),
             "split": self.maybe(0.7)}]}
        return self.pick(lambda: (LLAMA, None), lambda: (self.bert_normalizer(), {"type": "BertPreTokenizer"}),
                         lambda: ({"type": "Precompiled", "precompiled_charsmap": NO_MAP}, visible()))

    def normalizer(self, depth=0):
        maybe, pick = self.maybe, self.pick
        kinds = [
            lambda: {"type": "Replace", "content": pick("▁", " ", "", "b", "xy"),
                     "pattern": pick({"String": " "}, {"String": "a"}, {"String": "ab"}, {"Regex": " {2,}"}, {"Regex": r"\s"},
                                     {"Regex": "[0-9]"})},
            lambda: {"type": "Prepend", "prepend": pick("▁", " ", "a")},
            *({"type": name} for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")),
            lambda: {"type": "Strip", "strip_left": maybe(), "strip_right": maybe()},
            self.bert_normalizer, {"type": "Precompiled", "precompiled_charsmap": NO_MAP},
        ]
        if depth == 0:
            kinds.append(lambda: {"type": "Sequence",
                                  "normalizers": [self.normalizer(1) for _ in range(self.random.randrange(4))]})
        return pick(*kinds)

    def pre_tokenizer(self, depth=0):
        maybe, pick = self.maybe, self.pick
        split = lambda: {"type": "Split", "pattern": self.pattern(), "behavior": pick(*BEHAVIORS), "invert": maybe(0.3)}
        kinds = [
            lambda: {"type": "Metaspace", "replacement": pick("▁", "_"), "prepend_scheme": pick(*SCHEMES), "split": maybe(0.7)},
            lambda: {"type": "ByteLevel", "add_prefix_space": maybe(), "trim_offsets": maybe(), "use_regex": maybe(0.7)},
            split, split,
            *({"type": name} for name in ("BertPreTokenizer", "WhitespaceSplit", "Whitespace", "UnicodeScripts")),
            lambda: {"type": "Punctuation", "behavior": pick(*BEHAVIORS)},
            lambda: {"type": "Digits", "individual_digits": maybe()},
            lambda: {"type": "CharDelimiterSplit", "delimiter": pick(" ", "a", "中")},
            lambda: {"type": "FixedLength", "length": self.random.randrange(1, 6)},
        ]
        if depth == 0:
            kinds.append(lambda: {"type": "Sequence",
                                  "pretokenizers": [self.pre_tokenizer(1) for _ in range(self.random.randrange(4))]})
        return pick(*kinds)

    def characters(self, bytes_):
        """Most characters of the texts, or most of the byte alphabet, as tokens."""
        if not bytes_:
            return [c for c in CHARACTERS if self.maybe(0.85)]
        rate = self.pick(0.97, 1)
        return [c for c in ALPHABET if self.maybe(rate)] + [c for c in CHARACTERS if c not in ALPHABET and self.maybe(0.25)]

    def bpe(self, bytes_):
        unknown = self.pick(None, None, "<unk>", "a")
        prefix, suffix = self.pick(None, None, None, "##", ""), self.pick(None, None, None, "</w>", "")
        fallback = not prefix and not suffix and self.maybe(0.25)
        tokens = ([unknown] if unknown else []) + self.characters(bytes_)
        if fallback:
            tokens += [f"<0x{byte:02X}>" for byte in range(256)]
        if prefix:
            tokens += [prefix + token for token in tokens if len(token) == 1 and self.maybe(0.8)]
        if suffix:
            tokens += [token + suffix for token in tokens if self.maybe(0.6) and not token.startswith("<")]
        tokens = list(dict.fromkeys(tokens))
        parts = [token for token in tokens if not token.startswith("<0x")]
        common = [t for t in parts if t.strip("#") in "abthedogĠ▁ 1中" or (suffix and t.endswith(suffix))] or parts
        merges = []
        for _ in range(self.random.randrange(60)):
            left, right = (self.random.choice(common if self.maybe(0.8) else parts) for _ in range(2))
            if (prefix and not right.startswith(prefix)) or (suffix and left.endswith(suffix)) or [left, right] in merges:
                continue
            merges.append([left, right])
            token = left + (right[len(prefix):] if prefix else right)
            if token not in tokens:
                tokens.append(token)
                parts.append(token)
                common.append(token)
        return {"type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": prefix,
                "end_of_word_suffix": suffix, "fuse_unk": self.maybe(), "byte_fallback": fallback,
                "ignore_merges": self.maybe(0.3), "vocab": {token: id_ for id_, token in enumerate(tokens)}, "merges": merges}

    def unigram(self):
        words = self.words()
        pieces = ["<unk>", *self.characters(self.maybe(0.3)), *words, *("▁" + word for word in words if self.maybe())]
        fallback = self.maybe(0.25)
        if fallback:
            pieces += [f"<0x{byte:02X}>" for byte in range(256)]
        digits = lambda: self.pick(0, 1, 3)
        return {"type": "Unigram", "unk_id": self.pick(0, 0, 0, None, 1), "byte_fallback": fallback,
                "vocab": [[piece, -round(self.random.random() * 12, digits())] for piece in dict.fromkeys(pieces)]}

    def wordpiece(self):
        prefix = self.pick("##", "##", "", "@@")
        tokens = ["[UNK]", *self.characters(self.maybe(0.2)), *self.words()]
        tokens += [prefix + token for token in tokens[1:] if self.maybe(0.7)]
        return {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": prefix,
                "max_input_chars_per_word": self.pick(100, 5, 10),
                "vocab": {token: id_ for id_, token in enumerate(dict.fromkeys(tokens))}}

    def wordlevel(self):
        tokens = (["<unk>"] if self.maybe(0.7) else []) + self.words() + self.characters(self.maybe(0.3))
        return {"type": "WordLevel", "unk_token": "<unk>",
                "vocab": {token: id_ for id_, token in enumerate(dict.fromkeys(tokens))}}

    def template(self):
        special = lambda: {"SpecialToken": {"id": "<s>", "type_id": self.random.randrange(2)}}
        count = self.random.randrange(1, 3)
        first, second = ({"Sequence": {"id": side, "type_id": type_}} for side, type_ in (("A", 0), ("B", 1)))
        return {"type": "TemplateProcessing", "pair": [first, second],
                "single": [special()] * self.maybe() + [first] + [special()] * self.maybe(),
                "special_tokens": {"<s>": {"id": "<s>", "ids": [1, 2][:count], "tokens": ["<s>", "b"][:count]}}}

    def post_processor(self):
        maybe = self.maybe
        trim = lambda: {"type": "ByteLevel", "add_prefix_space": maybe(), "trim_offsets": maybe(0.8), "use_regex": True}
        return self.pick(
            None, trim, self.template,
            lambda: {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": maybe(0.8),
                     "add_prefix_space": maybe()},
            lambda: {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
            lambda: {"type": "Sequence", "processors": [trim(), self.template()][:self.random.randrange(1, 3)]})

    def decoder(self, depth=0):
        maybe, pick = self.maybe, self.pick
        kinds = [
            {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            lambda: {"type": "Metaspace", "replacement": "▁", "prepend_scheme": pick(*SCHEMES), "split": True},
            lambda: {"type": "WordPiece", "prefix": pick("##", "", "@@"), "cleanup": maybe()},
            lambda: {"type": "BPEDecoder", "suffix": pick("</w>", "a")},
            lambda: {"type": "Replace", "pattern": pick({"String": "▁"}, {"Regex": "[ab]"}), "content": pick(" ", "", "q")},
            {"type": "ByteFallback"}, {"type": "Fuse"},
            lambda: {"type": "Strip", "content": pick(" ", "a"), "start": self.random.randrange(3),
                     "stop": self.random.randrange(3)},
            lambda: {"type": "CTC", "pad_token": pick("a", "<s>"), "word_delimiter_token": pick("|", "b"), "cleanup": maybe()},
        ]
        if depth == 0:
            kinds += [None, lambda: {"type": "Sequence",
                                     "decoders": [self.decoder(1) for _ in range(self.random.randrange(4))]}]
        return pick(*kinds)

    def added_tokens(self, vocabulary):
        known = vocabulary if isinstance(vocabulary, dict) else {piece: id_ for id_, (piece, _) in enumerate(vocabulary)}
        contents = self.random.sample(["<s>", "</s>", "[MASK]", "<|x|>", "  ", "ab", "a", "é", " a", "▁", "\n", "中文", "the",
                                       "A", "dog ", "12"], self.random.randrange(5))
        return sorted(({"id": known.get(content, len(known) + number), "content": content, "single_word": self.maybe(0.3),
                        "lstrip": self.maybe(0.3), "rstrip": self.maybe(0.3), "normalized": self.maybe(),
                        "special": self.maybe()} for number, content in enumerate(contents)), key=lambda token: token["id"])

    def file(self):
        bytes_ = self.maybe(0.8 if self.cuts else 0.2)
        known = not bytes_ and self.maybe(1 / 3)
        model = (self.bpe(bytes_) if bytes_ or known and self.maybe(0.6) else
                 self.pick(lambda: self.bpe(False), self.unigram, self.wordpiece, self.wordlevel))
        pre_tokenizer = self.pre_tokenizer() if self.maybe(0.85) else None
        if bytes_ and self.maybe(0.7):
            pre_tokenizer = {"type": "ByteLevel", "add_prefix_space": self.maybe(), "trim_offsets": True,
                             "use_regex": self.maybe(0.8)}
            if self.maybe(0.4):
                pre_tokenizer = {"type": "Sequence", "pretokenizers": [self.pre_tokenizer(1), pre_tokenizer]}
        normalizer = self.normalizer() if self.maybe(0.6) else None
        if known:
            normalizer, pre_tokenizer = self.known_pair()
        added = [] if self.maybe(0.3) else self.added_tokens(model["vocab"])
        truncation = self.truncation() if self.cuts else None
        return {"version": "1.0", "truncation": truncation, "padding": None, "added_tokens": added, "normalizer": normalizer,
                "pre_tokenizer": pre_tokenizer,
                "post_processor": self.post_processor(), "decoder": self.decoder(), "model": model}


def tokens_of(encoding):
    """The fields of an encoding that have an element a token, and its windows, which may have some of their own."""
    windows = [tokens_of(window) for window in encoding.overflowing]
    return {"ids": encoding.ids, "offsets": [list(offset) for offset in encoding.offsets], "type_ids": encoding.type_ids,
            "special_mask": encoding.special_tokens_mask, **({"overflowing": windows} if windows else {})}


def answer(tokenizer, request):
    """What the library makes of a text or a pair, or None where it panics."""
    try:
        encoding = tokenizer.encode(request["text"], request.get("pair"))
        return {**request, **tokens_of(encoding),
                "decoded": tokenizer.decode(encoding.ids),
                "decoded_raw": tokenizer.decode(encoding.ids, skip_special_tokens=False)}
    except BaseException as panic:  # noqa: BLE001
        if isinstance(panic, KeyboardInterrupt):
            raise
        return None


def cases(options):
    """Files with the library's answers to some texts each."""
    maker = Maker(options.seed, options.cut)
    made = 0
    while made < options.files:
        file = maker.file()
        requests = [maker.request() for _ in range(options.texts)]
        try:
            tokenizer = Tokenizer.from_str(json.dumps(file))
        except Exception:  # noqa: BLE001
            continue
        made += 1
        yield file, [result for request in requests if (result := answer(tokenizer, request))]


def lines(command, requests):
    process = subprocess.run(command, input="".join(json.dumps(request) + "\n" for request in requests), text=True,
                             capture_output=True)
    if process.returncode:
        return process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()]


def differences(command, path, results):
    """What differs: lists of field, text, wanted and found."""
    asked = [{key: result[key] for key in ("text", "pair") if key in result} for result in results]
    found = lines([*command, "encode", "--truncation", "--tokenizer", path], asked)
    if isinstance(found, str):
        return [["the file", "", "", found]]
    for field, flags in (("decoded", ["--skip-special-tokens"]), ("decoded_raw", [])):
        texts = lines([*command, "decode", "--tokenizer", path, *flags], [{"ids": result["ids"]} for result in results])
        for answer_, text in zip(found, texts):
            answer_[field] = text["text"]
    return [[field, [wanted["text"], wanted.get("pair")], wanted.get(field), ours.get(field)]
            for wanted, ours in zip(results, found) for field in wanted.keys() | ours.keys()
            if field not in ("text", "pair") and wanted.get(field) != ours.get(field)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--texts", type=int, default=10)
    parser.add_argument("--command", default=".build/release/anneal tokenizer")
    parser.add_argument("--cut", action="store_true")
    parser.add_argument("--write")
    options = parser.parse_args()
    if options.write:
        made = [{"file": file, "results": results} for file, results in cases(options)]
        with open(options.write, "w", encoding="utf-8") as output:
            json.dump({"tokenizers": tokenizers.__version__, "seed": options.seed, "cases": made}, output, ensure_ascii=False)
            output.write("\n")
        return
    texts = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tokenizer.json")
        for file, results in cases(options):
            with open(path, "w", encoding="utf-8") as output:
                json.dump(file, output)
            texts += len(results)
            for field, text, wanted, found in differences(options.command.split(), path, results):
                wrong += 1
                print(f"{field} of {text!r}\n  wanted {wanted}\n  found  {found}")
                print("  " + json.dumps({key: value for key, value in file.items() if key != "model"}, ensure_ascii=False))
    print(f"{options.files} files, {texts} texts, {wrong} differences")
    sys.exit(1 if wrong else 0)


main()

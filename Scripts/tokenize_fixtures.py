#!/usr/bin/env python3
"""Writes Tests/Fixtures/Tokenize: small tokenizers and what Hugging Face's library makes of texts.

usage: python3 Scripts/tokenize_fixtures.py

Needs: pip install tokenizers==0.23.3 (the version used is written into every file). Texts are written
here and drawn with seed 7; nothing is downloaded.
"""
import json
import os
import random

import tokenizers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "Tokenize")

TEXTS = [
    "", " ", "Don't stop: it's 3.14, we'LL see!", "naïve Café  e\u0301\u0323 ǰ ﬁ ㎏ ½",
    "中文字 and 한국어 각 \u1100\u1161\u11a8", "tab\tnew\r\n\r\n  line \u00a0\u3000end ",
    "👨\u200d👩\u200d👧 🏽\u0000\u00ad\u200b\ufeff\ufffd\u0085", "İSTANBUL ΣΑΣ ǅ ſ 'ſ ÅÅ <s> a</s>b ▁Ġ_-x",
]

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
TIKTOKEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
            r"|\s*[\r\n]+|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
SIGN, ENDING = r"[^\r\n\p{L}\p{N}]?", r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
O200K = (SIGN + UPPER + "*" + LOWER + "+" + ENDING + "|" + SIGN + UPPER + "+" + LOWER + "*" + ENDING
         + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")
CLIP = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


DEEPSEEK = [r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+",
            r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
            r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"]


def typed(name, **options):
    return {"type": name, **options}


def bert(**changes):
    return typed("BertNormalizer", **{**dict(clean_text=True, handle_chinese_chars=True, strip_accents=None,
                                             lowercase=True), **changes})


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return typed("Split", pattern={kind: pattern}, behavior=behavior, invert=invert)


def byte_level(prefix=False, regex=True):
    return typed("ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=regex)


NORMALIZERS = {
    "BertNormalizer": bert(), "BertNormalizer, cased": bert(lowercase=False),
    "BertNormalizer, accents only": bert(clean_text=False, handle_chinese_chars=False, strip_accents=True,
                                         lowercase=False),
    "NFC": typed("NFC"), "NFD": typed("NFD"), "NFKC": typed("NFKC"), "NFKD": typed("NFKD"),
    "Lowercase": typed("Lowercase"), "Nmt": typed("Nmt"), "ByteLevel": typed("ByteLevel"),
    "NFD, StripAccents": typed("Sequence", normalizers=[typed("NFD"), typed("StripAccents")]),
    "Strip": typed("Strip", strip_left=True, strip_right=True),
    "Prepend": typed("Prepend", prepend="▁"),
    "Replace": typed("Replace", pattern={"String": " "}, content="▁▁"),
    "Replace white space": typed("Replace", pattern={"Regex": r"\s+"}, content=" "),
    "Replace runs": typed("Replace", pattern={"Regex": " {2,}|[^a-z&&\\w](?=t)"}, content="▁"),
    "Replace behind": typed("Replace", pattern={"Regex": r"(?<=\p{L})\p{M}+|(?<!\s)\b(?i:L)"}, content=""),
}
PRE_TOKENIZERS = {
    "BertPreTokenizer": typed("BertPreTokenizer"), "Whitespace": typed("Whitespace"),
    "WhitespaceSplit": typed("WhitespaceSplit"), "Digits": typed("Digits", individual_digits=False),
    "Digits, one by one": typed("Digits", individual_digits=True),
    "Punctuation": typed("Punctuation", behavior="Contiguous"),
    "ByteLevel": byte_level(), "ByteLevel, prefix": byte_level(prefix=True),
    "Split, GPT-2": split(GPT2), "Split, tiktoken": split(TIKTOKEN),
    "Split, Qwen2": split(TIKTOKEN.replace("{1,3}", "")), "Split, o200k": split(O200K),
    "Split, CLIP": split(CLIP, "Removed", True),
    "Split, merged with previous": split("e", "MergedWithPrevious", kind="String"),
    "Split, merged with next": split(" ", "MergedWithNext", kind="String"),
    "Split, contiguous": split(r"\s+", "Contiguous", True),
    "Metaspace": typed("Metaspace", replacement="▁", prepend_scheme="always", split=True),
    "Metaspace, first": typed("Metaspace", replacement="▁", prepend_scheme="first", split=True),
    "Metaspace, never": typed("Metaspace", replacement="_", prepend_scheme="never", split=True),
    "Metaspace, whole": typed("Metaspace", replacement="▁", prepend_scheme="always", split=False),
    "Metaspace, old": typed("Metaspace", replacement="▁", str_rep="▁", add_prefix_space=True),
    "white space, Metaspace": typed("Sequence", pretokenizers=[
        typed("WhitespaceSplit"), typed("Metaspace", replacement="▁", prepend_scheme="first", split=True)]),
    "UnicodeScripts": typed("UnicodeScripts"), "FixedLength": typed("FixedLength", length=3),
    "CharDelimiterSplit": typed("CharDelimiterSplit", delimiter=" "),
    "Split, DeepSeek": typed("Sequence", pretokenizers=[split(p) for p in DEEPSEEK] + [byte_level(regex=False)]),
    "Split, possessive and lazy": split(r"[^\s]++?|\s+?(?=\S)|\p{Han}{2,}|(?>a|an)n", "Isolated"),
    "Split, sets": split(r"[[:punct:]&&[^'\-]]|[\p{Lu}_\-]|\h+|[^\W\d]{2}", "MergedWithPrevious"),
    "Split, between words": split(r"\b", "Contiguous"),
    "Split, properties": split(
        r"[[:upper:]][[:lower:]]|\p{Punct}|[[:word:]]{2}|\p{Cntrl}|[[:graph:]]\w", "Isolated"),
    "Split, nothing": split(r"x*", "Isolated"),
    "Split, old Marian": split(r"(?:(?:ab*)+|[^\S\n]*\n)+$", "Removed"),
    "mapped bytes are cut again": typed("Sequence", pretokenizers=[byte_level(), typed("Digits", individual_digits=True)]),
}


FIRST = PRE_TOKENIZERS["Metaspace, first"]
# What is taken away at the beginning, so that the text there is no more the first.
PAIRS = {
    "Strip, Metaspace": (NORMALIZERS["Strip"], FIRST),
    "Replace by nothing, Metaspace": (typed("Replace", pattern={"String": " "}, content=""), FIRST),
    "Replace by one, Metaspace": (typed("Replace", pattern={"Regex": r"^\s+|^\w"}, content="x"), FIRST),
    "BertNormalizer, Metaspace": (NORMALIZERS["BertNormalizer"], FIRST),
}


def byte_model():
    """A model that spells any word out, so that ids show its characters and offsets their origins."""
    vocab = {c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    vocab.update({f"<0x{b:02X}>": 256 + b for b in range(256)})
    return typed("BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None,
                 fuse_unk=False, byte_fallback=True, ignore_merges=False, vocab=vocab, merges=[])


def file(**parts):
    return {**dict(version="1.0", truncation=None, padding=None, added_tokens=[], normalizer=None,
                   pre_tokenizer=None, post_processor=None, decoder=None), **parts}


def result(encoding):
    return {"ids": encoding.ids, "offsets": [x for pair in encoding.offsets for x in pair],
            "words": [-1 if w is None else w for w in encoding.word_ids]}


def components():
    cases = []
    for key, table in (("normalizer", NORMALIZERS), ("pre_tokenizer", PRE_TOKENIZERS)):
        for name, component in table.items():
            tokenizer = Tokenizer.from_str(json.dumps(file(model=byte_model(), **{key: component})))
            cases.append({"name": f"{key}: {name}", "part": key, "component": component,
                          "results": [result(tokenizer.encode(t)) for t in TEXTS]})
    for name, (normalizer, pre_tokenizer) in PAIRS.items():
        parts = dict(normalizer=normalizer, pre_tokenizer=pre_tokenizer)
        tokenizer = Tokenizer.from_str(json.dumps(file(model=byte_model(), **parts)))
        cases.append({"name": name, "parts": parts, "results": [result(tokenizer.encode(t)) for t in TEXTS]})
    return {"texts": TEXTS, "cases": cases}


DECODERS = {
    "none": None, "BPEDecoder": typed("BPEDecoder", suffix="</w>"), "ByteLevel": byte_level(),
    "Metaspace": typed("Metaspace", replacement="▁", prepend_scheme="always", split=True),
    "Metaspace, never": typed("Metaspace", replacement="▁", prepend_scheme="never", split=True),
    "WordPiece": typed("WordPiece", prefix="##", cleanup=True), "CTC": typed(
        "CTC", pad_token="<pad>", word_delimiter_token="|", cleanup=True),
    "CTC, raw": typed("CTC", pad_token="<pad>", word_delimiter_token="|", cleanup=False),
    "Sequence": typed("Sequence", decoders=[
        typed("Replace", pattern={"String": "▁"}, content=" "), typed("ByteFallback"), typed("Fuse"),
        typed("Strip", content=" ", start=1, stop=1)]),
}
DECODED = ["▁Hello", "▁▁x", "<0xE4>", "<0xB8>", "<0xAD>", "<0xFF>", "##s", "</w>", "ab</w>", "<pad>", "<pad>", "l", "l", "|",
           ".", "n't", "do", "not", "Ġw", "Ã©", "é", " ", "  y "]


def decodings():
    vocab = {t: i for i, t in enumerate(dict.fromkeys(DECODED))}
    model = typed("WordLevel", vocab=vocab, unk_token="l")
    ids = [[vocab[t] for t in DECODED], [vocab[t] for t in DECODED[6:]], [vocab["é"]], [vocab["▁▁x"], vocab["."], 1000, vocab["  y "]]]
    cases = []
    for name, decoder in DECODERS.items():
        tokenizer = Tokenizer.from_str(json.dumps(file(model=model, decoder=decoder)))
        cases.append({"name": name, "decoder": decoder, "texts": [tokenizer.decode(i) for i in ids]})
    return {"model": model, "ids": ids, "cases": cases}


def unigram():
    """Scores with ties, a fused unknown, and byte fallback that is complete or lacks a byte."""
    pieces = [["<unk>", 0.0], ["▁", -2.0], ["a", -1.0], ["b", -1.0], ["ab", -2.0], ["abab", -4.0], ["ba", -2.5],
              ["é", -3.0], ["▁a", -3.0], ["b▁", -2.5], ["▁<unk>", -9.0], ["aaa", -3.0]]
    fallback = [[f"<0x{b:02X}>", -20.0 - b / 16] for b in range(256)]
    texts = ["", "abab", "a b", "ab xyz ab", "aaaa aaaab", "é中文é", "<unk>", "x<unk>y", "中a中", "bababa b", " a  ", "\u0000\ufffd"]
    models = {"plain": dict(vocab=pieces), "bytes": dict(vocab=pieces + fallback, byte_fallback=True),
              "bytes but one": dict(vocab=pieces + fallback[:0xB8] + fallback[0xB9:], byte_fallback=True)}
    cases = []
    for name, options in models.items():
        model = typed("Unigram", **{**dict(unk_id=0, byte_fallback=False), **options})
        definition = file(model=model, pre_tokenizer=typed("Metaspace", replacement="▁", prepend_scheme="always", split=False))
        tokenizer = Tokenizer.from_str(json.dumps(definition))
        cases.append({"name": name, "file": definition, "results": [result(tokenizer.encode(t)) for t in texts]})
    return {"texts": texts, "cases": cases}


def added(id, content, **flags):
    return {**dict(id=id, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False,
                   special=True), **flags}


def added_tokens():
    """Added tokens whose content the normalizer changes, behind a vocabulary that lists a piece twice."""
    pieces = [["<unk>", 0.0], ["▁", -2.0], ["a", -1.0], ["b", -1.0], ["a", -1.5], ["the", -2.0]]
    tokens = [added(6, "<S>"), added(7, "THE", normalized=True), added(8, "XyZ", normalized=True, special=False),
              added(9, "QrS", special=False), added(10, "b", normalized=True)]
    definition = file(model=typed("Unigram", unk_id=0, byte_fallback=False, vocab=pieces),
                      normalizer=typed("Sequence", normalizers=[
                          typed("Lowercase"), typed("Replace", pattern={"String": "y"}, content="▁")]),
                      added_tokens=tokens)
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    texts = ["a the THE <S> xyz XYZ x▁z QrS qrs b B", "XyZ<S>aab"]
    rows = [tokenizer.encode(text).ids for text in texts] + [list(range(11))]
    return {"file": definition, "texts": texts, "ids": rows,
            "decoded": [tokenizer.decode(row, skip_special_tokens=False) for row in rows],
            "skipped": [tokenizer.decode(row) for row in rows]}


def word_piece_file():
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] the patient has chest pain ##s ##ful no . , ! ? ' t do don not".split()
    words += ["un", "##aff", "##able", "##a", "##b", "a", "b", "é", "caf", "##e", "中", "1", "##2"]
    template = lambda parts: [
        {"Sequence": {"id": p[0], "type_id": int(p[1])}} if p[0] in "AB"
        else {"SpecialToken": {"id": p[:-1], "type_id": int(p[-1])}} for p in parts.split()]
    return file(
        truncation={"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0},
        padding={"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                 "pad_type_id": 0, "pad_token": "[PAD]"},
        added_tokens=[added(i, words[i]) for i in range(4)] + [
            added(4, "[MASK]", lstrip=True), added(37, "mg", single_word=True, special=False, normalized=True),
            added(38, "[DRUG]", rstrip=True), added(39, "É", normalized=True, special=False)],
        normalizer=bert(), pre_tokenizer=typed("BertPreTokenizer"),
        post_processor=typed("TemplateProcessing", single=template("[CLS]0 A0 [SEP]0"),
                             pair=template("[CLS]0 A0 [SEP]0 B1 [SEP]1"),
                             special_tokens={w: {"id": w, "ids": [i], "tokens": [w]} for i, w in ((2, "[CLS]"), (3, "[SEP]"))}),
        decoder=typed("WordPiece", prefix="##", cleanup=True),
        model=typed("WordPiece", unk_token="[UNK]", continuing_subword_prefix="##", max_input_chars_per_word=20,
                    vocab={w: i for i, w in enumerate(words)}))


def word_piece():
    definition = word_piece_file()
    tokenizer = Tokenizer.from_str(json.dumps(definition))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = ["The patient has chest pains, no?", "unaffable painful don't", "12 mg 2mg mg", "a  [MASK] b[DRUG]  \n a",
             "[CLS] x [SEP]", "CAFÉ Caf\u00e9 É", "a" * 20 + " " + "a" * 21, "中a中", "", "ab" * 10]
    pairs = [["the patient has chest pain", "no pain"], ["no", "the patient has chest pain"], ["", "a"],
             ["a b a b a b", "a b a b a b a"]]
    full = lambda e: {**result(e), "types": e.type_ids, "special": e.special_tokens_mask, "attention": e.attention_mask}
    singles = [{"text": t, **full(tokenizer.encode(t)), "decoded": tokenizer.decode(tokenizer.encode(t).ids)} for t in texts]
    doubles = [{"text": a, "pair": b, **full(tokenizer.encode(a, b))} for a, b in pairs]
    cut = []
    for length in (3, 5, 6, 8):
        for strategy in ("longest_first", "only_first", "only_second"):
            for direction in ("right", "left"):
                tokenizer.enable_truncation(length, strategy=strategy, direction=direction)
                for a, b in pairs:
                    try:
                        cut.append({"length": length, "strategy": strategy, "direction": direction, "text": a, "pair": b,
                                    "ids": tokenizer.encode(a, b).ids})
                    except Exception:
                        pass  # a text too short to be cut is an error there
    windows = []
    for length, stride in ((5, 0), (6, 1), (7, 2)):
        for strategy in ("longest_first", "only_second"):
            for direction in ("right", "left"):
                tokenizer.enable_truncation(length, stride=stride, strategy=strategy, direction=direction)
                for a, b in [(pairs[0][0], None), pairs[1], pairs[3]]:
                    try:
                        e = tokenizer.encode(a, b)
                    except BaseException:
                        continue  # a stride as long as a window, or a text too short to be cut, is an error there
                    windows.append({"length": length, "stride": stride, "strategy": strategy, "direction": direction, "text": a,
                                    "pair": b, "ids": e.ids, "overflowing": [o.ids for o in e.overflowing]})
    tokenizer.no_truncation()
    tokenizer.enable_padding(direction="left", pad_id=0, pad_to_multiple_of=4)
    padded = [full(e) for e in tokenizer.encode_batch(texts[:3])]
    return {"file": definition, "singles": singles, "pairs": doubles, "cut": cut, "windows": windows, "padded_texts": texts[:3], "padded": padded}


def training_texts():
    """About 12 kB of sentences in three languages, drawn from small lists of words."""
    lists = {
        " ": ("the patient reports chest pain fever cough since monday two days and no allergy was found today "
              "don't it's we'll 3.5 mg 120/80 COVID-19").split(),
        "  ": ("der patient klagt über schmerzen im rücken seit gestern müdigkeit größe straße übelkeit ärztin "
               "keine auffälligkeiten 37,5 °C").split(),
        "": list("患者出现发热和咳嗽两天无过敏史建议休息多喝水复查血压正常。，") + ["👍", "e\u0301", "가"],
    }
    rng = random.Random(7)
    texts = []
    for number in range(150):
        separator = rng.choice(list(lists))
        words = [rng.choice(lists[separator]) for _ in range(rng.randrange(4, 16))]
        texts.append(separator.join(words) + rng.choice([".", "\n", "\r\n", "", "!!"]))
    return texts


def training():
    texts = training_texts()
    runs = []
    for size, frequency, specials in ((600, 2, ["<|endoftext|>"]), (340, 0, ["<s>", "</s>", "the"]), (2000, 5, [])):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
            vocab_size=size, min_frequency=frequency, special_tokens=specials, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
        vocab = json.loads(tokenizer.to_str())["model"]["vocab"]
        runs.append({"size": size, "frequency": frequency, "specials": specials,
                     "tokens": [t for t, _ in sorted(vocab.items(), key=lambda x: x[1])],
                     "merges": json.loads(tokenizer.to_str())["model"]["merges"] if size == 340 else None,
                     "ids": [tokenizer.encode(t).ids for t in texts[:6]]})
    return {"texts": texts, "runs": runs, "models": trained_models(texts)}


def trained_models(texts):
    """Models other than byte-level BPE; where the library's own runs differ, the fixture says which tokens all have."""
    bert = normalizers.BertNormalizer()
    whitespace, split, meta = pre_tokenizers.Whitespace(), pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()
    marks = dict(special_tokens=["<unk>", "<|endoftext|>"], show_progress=False)
    bpe = lambda **options: (lambda: models.BPE(unk_token="<unk>"), lambda: trainers.BpeTrainer(**marks, **options))
    cases = {
        "bpe": (None, whitespace, *bpe(vocab_size=400, min_frequency=2)),
        "bpe, limits": (None, meta, *bpe(vocab_size=300, min_frequency=1, limit_alphabet=40, max_token_length=6,
                                         initial_alphabet=["ß", "я"])),
        "bpe, suffix": (None, split, *bpe(vocab_size=500, min_frequency=3, end_of_word_suffix="</w>")),
        "wordpiece": (bert, pre_tokenizers.BertPreTokenizer(), lambda: models.WordPiece(unk_token="[UNK]"), lambda:
                      trainers.WordPieceTrainer(vocab_size=1000, min_frequency=3, show_progress=False,
                                                special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])),
        "unigram": (None, meta, models.Unigram, lambda: trainers.UnigramTrainer(
            vocab_size=300, unk_token="<unk>", special_tokens=["<pad>", "</s>", "<unk>"], show_progress=False)),
    }
    results = []
    for name, (normalizer, pre_tokenizer, model, trainer) in cases.items():
        runs = []
        for _ in range(6):
            tokenizer = Tokenizer(model())
            if normalizer:
                tokenizer.normalizer = normalizer
            tokenizer.pre_tokenizer = pre_tokenizer
            tokenizer.train_from_iterator(texts, trainer())
            runs.append(json.loads(tokenizer.to_str())["model"])
        first = runs[0]
        result = {"name": name, "size": len(first["vocab"])}
        if name == "unigram":
            common = set.intersection(*({p for p, _ in r["vocab"]} for r in runs))
            result["pieces"] = [[p, s] for p, s in first["vocab"] if p in common]
        elif all(r["vocab"] == first["vocab"] for r in runs):
            result["vocab"] = [t for t, _ in sorted(first["vocab"].items(), key=lambda x: x[1])]
            result["merges"] = first.get("merges")
        else:
            result["tokens"] = sorted(set.intersection(*(set(r["vocab"]) for r in runs)))
        print(name, result["size"], {k: len(v) for k, v in result.items() if isinstance(v, list)})
        results.append(result)
    return results


HOSTILE = {
    "letters without a space": "abcdefghijklmnopqrstuvwxyz", "capitals": "ABCDEFGHIJ", "capitals and small": "aB",
    "marks": "\u0301", "marks in disorder": "\u0345\u0301\u0323", "spaces": " ", "line ends": "\r\n", "spaces and lines": " \n ",
    "zeros": "\0", "every byte": "".join(map(chr, range(256))), "digits": "1234567890", "signs": "!?*", "apostrophes": "'s'LL'",
    "Han": "中文字", "Hangul": "\u1100\u1161\u11a8", "joined emoji": "👩\u200d", "flags": "🇩", "metaspaces": "▁",
    "almost a token": "<|endoftex", "words": "the patient reports chest pain ", "white space of all kinds": "\u00a0\u3000\u2028\t\x85",
}


def hostile():
    """Long texts of one thing over and over, by sums of the ids and offsets that the library has for them."""
    size = 3000
    files = {f"normalizer: {name}": file(model=byte_model(), normalizer=component) for name, component in NORMALIZERS.items()}
    files.update({f"pre_tokenizer: {name}": file(model=byte_model(), pre_tokenizer=component)
                  for name, component in PRE_TOKENIZERS.items() if "nothing" not in name})
    files["WordPiece"] = word_piece_file()
    files["Unigram"] = unigram()["cases"][1]["file"]
    cases = []
    for name, definition in files.items():
        tokenizer = Tokenizer.from_str(json.dumps(definition))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        sums = []
        for part in HOSTILE.values():
            encoding = tokenizer.encode(part * (size // len(part.encode())))
            total = 0
            for id, (start, end) in zip(encoding.ids, encoding.offsets):
                total = (total * 31 + id * 7 + start * 3 + end) % 1000000007
            sums.append([len(encoding.ids), total])
        cases.append({"name": name, "file": definition if name in ("WordPiece", "Unigram") else
                      {k: v for k, v in definition.items() if k != "model"}, "sums": sums})
    return {"texts": [part * (size // len(part.encode())) for part in HOSTILE.values()], "cases": cases}


def dropout():
    """How often each spelling of a word comes up when merges are left out; the library has no seed, so many draws."""
    text, draws = "patientspatient", 200000
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(["patients patient patientspatient spat ten tens"] * 4, trainers.BpeTrainer(
        vocab_size=400, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    definition = json.loads(tokenizer.to_str())
    cases = []
    for rate in (0.1, 0.5, 0.9):
        definition["model"]["dropout"] = rate
        tokenizer = Tokenizer.from_str(json.dumps(definition))
        counts = {}
        for encoding in tokenizer.encode_batch([text] * draws):
            key = " ".join(encoding.tokens)
            counts[key] = counts.get(key, 0) + 1
        often = sorted(counts.items(), key=lambda x: -x[1])[:30]
        cases.append({"rate": rate, "spellings": [{"tokens": k.split(" "), "share": round(v / draws, 6)} for k, v in often]})
    definition["model"]["dropout"] = 0.5
    return {"text": text, "draws": draws, "file": definition, "cases": cases}


def write(name, content):
    path = os.path.join(OUT, name)
    head = {"made_by": "Scripts/tokenize_fixtures.py", "tokenizers": tokenizers.__version__}
    with open(path, "w", encoding="utf-8") as f:
        json.dump({**head, **content}, f, ensure_ascii=False, separators=(",", ":"))
        f.write("\n")
    print(name, os.path.getsize(path), "bytes")


os.makedirs(OUT, exist_ok=True)
write("components.json", components())
write("added.json", added_tokens())
write("wordpiece.json", word_piece())
write("training.json", training())
write("decoders.json", decodings())
write("dropout.json", dropout())
write("hostile.json", hostile())
write("unigram.json", unigram())

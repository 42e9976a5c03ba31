#!/usr/bin/env python3
"""Writes Tests/Fixtures/Tokenize/marian and fsmt: small tokenizers and what transformers makes of texts.

usage: python3 Scripts/tokenize_translation_fixtures.py

Needs: pip install transformers sentencepiece sacremoses tokenizers (the versions used are written into the files).
Texts are written here and drawn with seed 7; nothing is downloaded.
"""
import json
import os
import random
from collections import Counter

import sacremoses
import sentencepiece
import tokenizers
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "Tokenize")
ENGLISH = ("the old man's dog runs well-known streets while rain falls on Mr. Smith, who can't see it (at 5 %) and says: "
           "\"no way\" . It's 3.14 or 1,000 miles; nobody knows").split()
GERMAN = ("der alte Hund läuft über die bekannte Straße , während Regen auf Herrn Müller fällt z.B. im Süden der „Stadt“ "
          "größer als 5,5 km und niemand weiß es genau").split()
TEXTS = [
    "", "Hello, world!", "The dog's well-known street isn't far (5 %).", "Mr. Smith says: \"no way.\" He knows...",
    "Er sagte „nein“, z.B. 5,5 km – oder?", "中文，测试。 你好！ １２３％", "a .. b .... c", "x's 90's rock 'n' roll.'",
    "tabs\tand\u00a0no-break 5\u00a0000", "e.g. this. i.e. That", "[a]|b&c<d>", "…’‘“”—´´`''", "\u0000 \u0007 \u200b \ufeff \ufffd",
    "👍 e\u0301 ﬁ ① ½ ㎏", "<unk> a </s> b", "a  b   c ", "U.S. No. 5, no. 5 vs. II", "ends with comma 5,", "(a) ) .", "1.5.2020",
]
LANGUAGES = ["en", "de", "fr", "it", "ru", "cs", "fi", "zh", "ja", "ko", "es"]


def sentences(words, rng):
    return [" ".join(rng.choice(words) for _ in range(rng.randrange(4, 14))) for _ in range(300)]


def write(path, content):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


def head():
    return {"made_by": "Scripts/tokenize_translation_fixtures.py", "transformers": transformers.__version__,
            "sentencepiece": sentencepiece.__version__, "sacremoses": sacremoses.__version__}


def marian(english, german):
    folder = os.path.join(OUT, "marian")
    os.makedirs(folder, exist_ok=True)
    pieces = ["</s>", "<unk>", ">>deu<<", ">>fra<<"]
    for name, lines, kind in (("source", english, "unigram"), ("target", german, "bpe")):
        with open(os.path.join(folder, name + ".spm"), "wb") as file:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(lines), model_writer=file, vocab_size=160, model_type=kind, hard_vocab_limit=False,
                character_coverage=0.99, minloglevel=2, user_defined_symbols=["dog", "Hund"], num_threads=1)
        model = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, name + ".spm"))
        for i in range(model.get_piece_size()):
            if model.id_to_piece(i) not in pieces + ["<s>"]:
                pieces.append(model.id_to_piece(i))
    vocabulary = {p: i for i, p in enumerate(pieces + ["<pad>"]) if i % 17 != 16 or p == "<pad>"}
    write(os.path.join(folder, "vocab.json"), vocabulary)
    write(os.path.join(folder, "tokenizer_config.json"),
          {"source_lang": "en", "target_lang": "de", "tokenizer_class": "MarianTokenizer"})
    tokenizer = transformers.MarianTokenizer.from_pretrained(folder)
    source = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "source.spm"))
    cases = []
    for text in TEXTS + [">>deu<< The dog", ">>xyz<<The dog", "a >>deu<< b", ">>no end"]:
        ids = tokenizer(text)["input_ids"]
        target = tokenizer(text_target=text)["input_ids"]
        cases.append({"text": text, "ids": ids, "target": target, "pieces": source.encode(text),
                      "surface": source.decode(source.encode(text)), "decoded": tokenizer.decode(target, skip_special_tokens=True),
                      "decoded_raw": tokenizer.decode(ids)})
    write(os.path.join(folder, "expected.json"), {**head(), "cases": cases})


def fsmt(english, german):
    folder = os.path.join(OUT, "fsmt")
    os.makedirs(folder, exist_ok=True)
    cut = [[" ".join(sacremoses.MosesTokenizer(l).tokenize(t, aggressive_dash_splits=True)) for t in lines]
           for l, lines in (("en", english), ("de", german))]
    model = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    model.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    model.train_from_iterator(cut[0] + cut[1] + TEXTS, trainers.BpeTrainer(
        vocab_size=420, end_of_word_suffix="</w>", show_progress=False))
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8") as file:
        for number, merge in enumerate(json.loads(model.to_str())["model"]["merges"]):
            file.write(" ".join(merge) + f" {1000 - number}\n")
    for name, lines in zip(("src", "tgt"), cut):
        counts = Counter(token for line in lines + TEXTS for token in model.encode(line).tokens)
        tokens = ["<s>", "<pad>", "</s>", "<unk>"] + [t for t, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))]
        write(os.path.join(folder, f"vocab-{name}.json"), {t: i for i, t in enumerate(tokens)})
    cases = []
    for index, language in enumerate(LANGUAGES):
        other = LANGUAGES[(index + 1) % len(LANGUAGES)]
        write(os.path.join(folder, "tokenizer_config.json"), {"langs": [language, other], "tokenizer_class": "FSMTTokenizer"})
        tokenizer = transformers.FSMTTokenizer.from_pretrained(folder)
        results = []
        for text in TEXTS:
            ids = tokenizer(text)["input_ids"]
            results.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True),
                            "decoded_raw": tokenizer.decode(ids)})
        cases.append({"langs": [language, other], "results": results})
    write(os.path.join(folder, "tokenizer_config.json"), {"langs": ["en", "de"], "tokenizer_class": "FSMTTokenizer"})
    detokenized = [[l, t, sacremoses.MosesDetokenizer(l).detokenize(sacremoses.MosesTokenizer(l).tokenize(t, aggressive_dash_splits=True))]
                   for l in LANGUAGES for t in TEXTS]
    write(os.path.join(folder, "expected.json"), {**head(), "cases": cases, "detokenized": detokenized})


rng = random.Random(7)
lines = sentences(ENGLISH, rng), sentences(GERMAN, rng)
marian(*lines)
fsmt(*lines)

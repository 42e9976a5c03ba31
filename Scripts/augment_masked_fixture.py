#!/usr/bin/env python3
"""Writes two tiny masked language models and what transformers fills into their gaps.

    python Scripts/augment_masked_fixture.py

`Tests/Fixtures/Pipeline/masked` holds a BERT with a WordPiece vocabulary and a RoBERTa with a byte-level one, of
random weights and fixed seed, as transformers saves them, and `words.json`: for each gap its texts before and behind
it, and the likeliest whole words with their probabilities. Gaps that fit come from transformers' fill-mask pipeline;
of longer texts the tokens around the gap are taken here, as many as the model reads, the gap in their middle.
"""

import json
import pathlib
import shutil

import tokenizers
import torch
import transformers
from transformers import pipeline

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "Tests/Fixtures/Pipeline/masked"
SEED = 20270
POSITIONS = 24
KEPT = 12

WORDS = (
    "the a an is was of in and to we it with film movie movies picture story book doctor doctors nurse patient old new "
    "good great bad long short red quick brave house garden dog cat sees likes watched reads found made went day night "
    "city river music song happy sad").split()
PIECES = "##s ##ed ##ing ##er ##ly ##tion ##ness".split()
SENTENCES = [
    "the old doctor watched a long film in the city", "a brave nurse found the book of the patient",
    "we went to the house and it was a good day", "the dog sees the cat in the garden and likes it",
    "great music and a sad song made the night short", "The new movie is a quick story of a red river",
    "Doctors likes good books, happy songs and old pictures!",
]
GAPS = [
    # Short ones, and three of more tokens than the model reads.
    ("the old doctor watched a ", " in the city"), ("a ", " nurse found the book"), ("", " is good"), ("the cat (", ")"),
    ("The DOG likes the ", ", and it was happy."), ("we  sees \n ", "."), ("naïve ünïcode 你好 ", " 🙂 story"), ("", ""),
    ("the old doctor watched a long film and " * 6, " in the city of music"),
    ("the ", " in the city of music" * 9), ("a good day " * 9, " night was short" * 9),
]


def bert():
    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *".,!?()'-", *"0123456789", *letters,
              *("##" + letter for letter in letters), *WORDS[3:], "the", "an", *PIECES]
    tokens = list(dict.fromkeys(tokens))
    model = tokenizers.models.WordPiece({token: at for at, token in enumerate(tokens)}, unk_token="[UNK]")
    fast = tokenizers.Tokenizer(model)
    fast.normalizer = tokenizers.normalizers.BertNormalizer()
    fast.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    fast.decoder = tokenizers.decoders.WordPiece()
    fast.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer = transformers.BertTokenizerFast(
        tokenizer_object=fast, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]")
    config = transformers.BertConfig(
        vocab_size=len(tokens), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=POSITIONS, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    return tokenizer, transformers.BertForMaskedLM(config)


def roberta():
    fast = tokenizers.Tokenizer(tokenizers.models.BPE())
    fast.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast.decoder = tokenizers.decoders.ByteLevel()
    mask = tokenizers.AddedToken("<mask>", lstrip=True, special=True)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=420, special_tokens=["<s>", "<pad>", "</s>", "<unk>", mask], show_progress=False,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet())
    fast.train_from_iterator(SENTENCES * 3 + WORDS, trainer)
    fast.post_processor = tokenizers.processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=fast, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>",
        cls_token="<s>", sep_token="</s>", mask_token=mask)
    config = transformers.RobertaConfig(
        vocab_size=fast.get_vocab_size(), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=POSITIONS + 2, type_vocab_size=1, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0)
    return tokenizer, transformers.RobertaForMaskedLM(config)


def spread(model):
    """Widens the weights, so that some words are much likelier than others."""
    generator = torch.Generator().manual_seed(SEED + 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator)


def words(kind, tokenizer, before, scores):
    """The whole words of probabilities by token id, likeliest first; equal ones are added up."""
    special = set(tokenizer.all_special_ids)
    vocabulary = tokenizer.get_vocab()
    found = {}
    for token, at in vocabulary.items():
        if at in special:
            continue
        if kind == "bert":
            whole, word = not token.startswith("##"), token
        else:
            marked = token.startswith("Ġ")
            whole = marked if before[-1:].isspace() else marked or "Ġ" + token in vocabulary
            word = tokenizer.decode([at]).lstrip(" ")
        if whole and word.isalpha() and "\ufffd" not in word:
            score, first = found.get(word, (0.0, at))
            found[word] = (score + scores[at], min(first, at))
    order = sorted(found.items(), key=lambda item: (-item[1][0], item[1][1]))
    return [[word, score] for word, (score, _) in order[:KEPT]]


def windowed(tokenizer, model, text):
    """The probabilities in the gap of a text that is too long, by token id."""
    ids = tokenizer(text)["input_ids"]
    body, at, budget = ids[1:-1], ids.index(tokenizer.mask_token_id) - 1, POSITIONS - 2
    start = max(0, min(at - budget // 2, len(body) - budget))
    window = [ids[0], *body[start:start + budget], ids[-1]]
    with torch.no_grad():
        logits = model(torch.tensor([window])).logits[0, window.index(tokenizer.mask_token_id)]
    return dict(enumerate(torch.softmax(logits, 0).tolist()))


def filled(kind, folder, tokenizer, model):
    fill = pipeline("fill-mask", model=str(folder), tokenizer=str(folder), device="cpu")
    result = []
    for before, behind in GAPS:
        text = before + tokenizer.mask_token + behind
        if len(tokenizer(text)["input_ids"]) <= POSITIONS:
            scores = {answer["token"]: answer["score"] for answer in fill(text, top_k=model.config.vocab_size)}
        else:
            scores = windowed(tokenizer, model, text)
        result.append({"before": before, "behind": behind, "words": words(kind, tokenizer, before, scores)})
    return result


def main():
    torch.set_num_threads(1)
    golden = {"versions": {"command": "python Scripts/augment_masked_fixture.py", "seed": SEED,
                           "transformers": transformers.__version__, "torch": torch.__version__,
                           "tokenizers": tokenizers.__version__}}
    shutil.rmtree(OUT, ignore_errors=True)
    for kind, make in [("bert", bert), ("roberta", roberta)]:
        torch.manual_seed(SEED)
        tokenizer, model = make()
        spread(model)
        model.eval()
        folder = OUT / kind
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        golden[kind] = filled(kind, folder, tokenizer, model)
    (OUT / "words.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes tiny encoders of sentences, and the vectors that sentence-transformers gives with them.

    python Scripts/evaluate_sentence_reference.py Tests/Fixtures/Pipeline/sentences

A BERT whose vectors are means of at most 12 tokens, and a RoBERTa whose vectors are those of the
first of at most 14, each of fixed seed, saved as sentence-transformers saves them. `vectors.json`
holds the texts, the vectors and the versions. Needs sentence-transformers.
"""

import json
import pathlib
import shutil
import sys
import tempfile

import sentence_transformers
import tokenizers
import torch
import transformers
from sentence_transformers.models import Pooling, Transformer

SEED = 20261122
TEXTS = [
    "The cat sat on the mat.",
    "a cat",
    "  the mat with blanks around it \n",
    "",
    "Der Käse schmeckt, 猫也喜欢。",
    "the cat and the dog and the cow and the horse sat on the mat and on the hat of the cat",
]


def spread(model):
    """Widens the weights, so that no comparison passes because everything is near zero."""
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.15 * torch.randn(parameter.shape, generator=generator)
    return model


def bert(folder):
    words = sorted({word for text in TEXTS for word in text.lower().replace(".", " .").split()})
    letters = sorted({letter for text in TEXTS for letter in text.lower() if not letter.isspace()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters
    vocabulary += [word for word in words if word not in vocabulary]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=24)
    spread(transformers.BertModel(config)).save_pretrained(folder)
    return 12, "mean"


def roberta(folder):
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(
        TEXTS, tokenizers.trainers.BpeTrainer(
            vocab_size=300, special_tokens=special,
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2"] + merges) + "\n")
    transformers.RobertaTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt")).save_pretrained(folder)
    config = transformers.RobertaConfig(
        vocab_size=len(model["vocab"]), hidden_size=8, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=26, type_vocab_size=1)
    spread(transformers.RobertaModel(config)).save_pretrained(folder)
    return 14, "cls"


def main():
    target = pathlib.Path(sys.argv[1])
    document = {
        "command": "python Scripts/evaluate_sentence_reference.py Tests/Fixtures/Pipeline/sentences",
        "seed": SEED,
        "versions": {
            "sentence-transformers": sentence_transformers.__version__,
            "transformers": transformers.__version__, "torch": torch.__version__,
        },
        "texts": TEXTS,
    }
    for name, make in [("bert", bert), ("roberta", roberta)]:
        torch.manual_seed(SEED)
        folder = target / name
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as plain:
            length, pooling = make(pathlib.Path(plain))
            body = Transformer(plain, max_seq_length=length)
            model = sentence_transformers.SentenceTransformer(
                modules=[body, Pooling(8, pooling_mode=pooling)], device="cpu")
            model.save(str(folder), create_model_card=False)
        # Read again, as everyone else does.
        model = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
        vectors = model.encode(TEXTS, batch_size=1, show_progress_bar=False)
        document[name] = [[float(value) for value in row] for row in vectors]
    (target / "vectors.json").write_text(json.dumps(document, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

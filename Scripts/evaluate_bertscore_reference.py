#!/usr/bin/env python3
"""Compares BERTScore and embedding similarity with bert-score and transformers.

    python Scripts/evaluate_bertscore_reference.py fixtures > Tests/Fixtures/Evaluate/bertscore.json
    python Scripts/evaluate_bertscore_reference.py check .build/release/anneal MODEL PAIRS.jsonl

`fixtures` makes tokens with seeded vectors, matches them with bert-score's greedy_cos_idf, and writes
both, with the versions they come from. `check` scores pairs ({"reference": text or list, "hypothesis"})
by the same model and layer with both, with and without idf, record by record, and fails above 1e-4;
the vectors of whole texts are compared with the means of transformers' last layer.
"""

import argparse
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import bert_score
import bert_score.utils
import numpy
import torch
import transformers

SEED = 20261122
WIDTH = 12
BEGIN, END = 1, 2


def text(random_, length):
    """Tokens, those around the text first and last, and vectors that mostly point one way."""
    ids = [BEGIN] + [random_.randrange(3, 20) for _ in range(length)] + [END]
    state = numpy.random.default_rng(random_.randrange(1 << 30))
    vectors = state.normal(size=(len(ids), WIDTH)).astype(numpy.float32) + 0.7
    return {"ids": ids, "vectors": [[round(float(x), 5) for x in row] for row in vectors]}


def matched(hypothesis, reference, idf):
    """Precision, recall and F of bert-score for one pair."""
    def parts(text):
        vectors = torch.tensor([text["vectors"]])
        weights = torch.tensor([[idf(token) for token in text["ids"]]])
        return vectors, torch.ones(1, len(text["ids"]), dtype=torch.long), weights

    vectors, masks, weights = parts(reference)
    own, own_masks, own_weights = parts(hypothesis)
    found = bert_score.utils.greedy_cos_idf(vectors, masks, weights, own, own_masks, own_weights)
    return [float(value) for value in found]


def fixtures(_):
    random_ = random.Random(SEED)
    records = [
        {
            "hypothesis": text(random_, random_.randrange(1, 9)),
            "references": [text(random_, random_.randrange(1, 9)) for _ in range(count)],
        }
        for count in [1, 1, 2, 3, 1, 2]
    ]
    references = [reference for record in records for reference in record["references"]]
    documents = {}
    for reference in references:
        for token in set(reference["ids"]):
            documents[token] = documents.get(token, 0) + 1
    rules = {
        "plain": lambda token: 0.0 if token in (BEGIN, END) else 1.0,
        "idf": lambda token: math.log((len(references) + 1) / (documents.get(token, 0) + 1)),
    }
    for record in records:
        for name, rule in rules.items():
            scores = [matched(record["hypothesis"], other, rule) for other in record["references"]]
            record[name] = [max(column) for column in zip(*scores)]
    json.dump(
        {
            "command": "python Scripts/evaluate_bertscore_reference.py fixtures", "seed": SEED,
            "versions": {"bert-score": bert_score.__version__, "torch": torch.__version__},
            "width": WIDTH, "records": records,
        },
        sys.stdout)
    print()


def ours(arguments, path, metrics, *options):
    with tempfile.TemporaryDirectory() as folder:
        lines = pathlib.Path(folder) / "records.jsonl"
        subprocess.run(
            [arguments.binary, "score", "--metrics", metrics, "--model", arguments.model, *options,
             "--records", str(lines), "--quiet", path],
            check=True, stdout=subprocess.DEVNULL)
        return [json.loads(line) for line in lines.read_text().splitlines()]


def similarities(arguments, hypotheses, references):
    """The highest cosine of means of the last layer."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
    model = transformers.AutoModel.from_pretrained(arguments.model, dtype=torch.float32).eval()

    @torch.no_grad()
    def vector(text):
        ids = tokenizer(text, truncation=True, max_length=512, return_tensors="pt")
        return torch.nn.functional.normalize(model(**ids).last_hidden_state[0].mean(0), dim=0)

    return [
        max(float(vector(own) @ vector(other)) for other in others)
        for own, others in zip(hypotheses, references)
    ]


def check(arguments):
    with open(arguments.pairs, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file if line.strip()]
    hypotheses = [pair["hypothesis"] for pair in pairs]
    references = [pair["reference"] for pair in pairs]
    references = [[other] if isinstance(other, str) else other for other in references]
    worst = 0.0
    for layer in arguments.layers:
        for idf in (False, True):
            theirs = bert_score.score(
                hypotheses, references, model_type=arguments.model, num_layers=layer, idf=idf,
                batch_size=1, nthreads=0)
            options = ["--layer", str(layer)] + (["--idf"] if idf else [])
            names = ["bertscore_precision", "bertscore_recall", "bertscore"]
            own = ours(arguments, arguments.pairs, ",".join(names), *options)
            for name, column in zip(names, theirs):
                differences = [
                    abs(line[name] / 100 - float(value)) for line, value in zip(own, column)
                    if not math.isnan(float(value))
                ]
                worst = max(worst, *differences)
                print(f"layer {layer} idf {idf} {name}: {len(differences)} records, "
                      f"largest difference {max(differences):.2e}")
    own = ours(arguments, arguments.pairs, "embedding_similarity")
    theirs = similarities(arguments, hypotheses, references)
    differences = [
        abs(line["embedding_similarity"] / 100 - value) for line, value in zip(own, theirs)]
    print(f"embedding_similarity: largest difference {max(differences):.2e}")
    sys.exit(max(worst, *differences) > 1e-4)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    commands.add_parser("fixtures").set_defaults(run=fixtures)
    checker = commands.add_parser("check")
    checker.add_argument("binary")
    checker.add_argument("model")
    checker.add_argument("pairs")
    checker.add_argument("--layers", type=int, nargs="+", default=[6, 3])
    checker.set_defaults(run=check)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()

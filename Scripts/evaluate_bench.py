"""Times sacrebleu and rouge_score, the peers of Scripts/evaluate_bench.sh.

    python Scripts/evaluate_bench.py pairs SENTENCES COUNT REFERENCES HYPOTHESES
    python Scripts/evaluate_bench.py METRIC REFERENCES HYPOTHESES [LIMIT]

`pairs` makes COUNT pairs of lines: references drawn from SENTENCES, hypotheses by a seeded change of
words. A metric is bleu, chrf, chrf++, ter, rouge or rouge-stemmer; it is run on the first LIMIT pairs
and prints pairs a second and the score. Files are read before the clock runs.
"""

import json
import random
import sys
import time


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n") for line in file]


def pairs(source, count, references, hypotheses):
    chance = random.Random(20261122)
    texts = [line for line in lines(source) if line]
    vocabulary = [word for line in texts[:3000] for word in line.split()]
    with open(references, "w") as refs, open(hypotheses, "w") as hyps:
        for _ in range(count):
            line = chance.choice(texts)
            words = [
                chance.choice(vocabulary) if chance.random() < 0.15 else word
                for word in line.split()
                if chance.random() > 0.08
            ]
            # Every line differs, so that no peer scores from its cache.
            refs.write(f"{line} {chance.randrange(10**6)}\n")
            hyps.write(" ".join(words) + f" {chance.randrange(10**6)}\n")


def score(metric, references, hypotheses):
    if metric.startswith("rouge"):
        from rouge_score import rouge_scorer

        scorer = rouge_scorer.RougeScorer(
            ["rouge1", "rouge2", "rougeL"], use_stemmer=metric.endswith("stemmer")
        )
        found = [scorer.score(r, h)["rouge1"].fmeasure for r, h in zip(references, hypotheses)]
        return 100 * sum(found) / len(found)
    from sacrebleu.metrics import BLEU, CHRF, TER

    kinds = {"bleu": BLEU, "chrf": CHRF, "chrf++": lambda: CHRF(word_order=2), "ter": TER}
    return kinds[metric]().corpus_score(hypotheses, [references]).score


def main():
    if sys.argv[1] == "pairs":
        return pairs(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5])
    metric = sys.argv[1]
    limit = int(sys.argv[4]) if len(sys.argv) > 4 else None
    references, hypotheses = lines(sys.argv[2])[:limit], lines(sys.argv[3])[:limit]
    score(metric, references[:10], hypotheses[:10])
    start = time.perf_counter()
    value = score(metric, references, hypotheses)
    seconds = time.perf_counter() - start
    print(
        json.dumps(
            {"pairs_s": round(len(references) / seconds), "seconds": seconds, "score": value},
            separators=(",", ":"),
        )
    )


if __name__ == "__main__":
    main()

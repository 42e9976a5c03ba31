"""Times metrics of classes and paired tests in turns with scikit-learn and sacreBLEU.

    python Scripts/evaluate_classes_bench.py BINARY [classes|area|randomization …]

BINARY is the product `evaluation` of Benchmarks. Both sides see the same numbers; each row names
the median of five (of three for the peer, once for its randomisation) and both values.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# sacreBLEU's paired tests run in one process unless told otherwise; the rest of NumPy may thread.
import numpy as np

RECORDS = int(os.environ.get("RECORDS", 10_000_000))
SEGMENTS = int(os.environ.get("SEGMENTS", 20_000))


def timed(work, rounds=3):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        value = work()
        times.append(time.perf_counter() - start)
    return statistics.median(times), value


def ours(binary, what, folder):
    lines = subprocess.run(
        [binary, what, folder], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    return {name: (float(s), float(value)) for name, s, value in map(str.split, lines)}


def row(what, own, peer):
    print(
        f"{what}: {own[0]:.4f} s, peer {peer[0]:.3f} s, {peer[0] / own[0]:.1f}x;"
        f" values {own[1]!r} and {peer[1]!r}",
        flush=True,
    )


def classes(binary, folder):
    from sklearn.metrics import f1_score

    random = np.random.default_rng(0)
    truth = random.integers(0, 10, RECORDS)
    said = np.where(random.random(RECORDS) < 0.7, truth, random.integers(0, 10, RECORDS))
    truth.tofile(folder / "references10")
    said.tofile(folder / "predictions10")
    own = ours(binary, "classes", folder)["f1.weighted"]
    peer = timed(lambda: float(f1_score(truth, said, average="weighted")))
    row(f"weighted F1, {RECORDS} labels", own, peer)


def area(binary, folder):
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(0)
    truth = random.integers(0, 2, RECORDS)
    scores = np.clip(truth * 0.3 + random.random(RECORDS) * 0.7, 0, 1).astype(np.float32)
    truth.tofile(folder / "references2")
    scores.tofile(folder / "scores2")
    own = ours(binary, "area", folder)["auc"]
    peer = timed(lambda: float(roc_auc_score(truth, scores)))
    row(f"area under ROC, {RECORDS} records", own, peer)


def randomization(binary, folder):
    from sacrebleu.metrics import BLEU
    from sacrebleu.significance import _paired_ar_test, _paired_bs_test, Result

    random = np.random.default_rng(0)

    def system(rate):
        lengths = random.integers(5, 40, SEGMENTS)
        matches = [random.binomial(np.maximum(lengths - n, 0), rate ** (n + 1)) for n in range(4)]
        totals = [np.maximum(lengths - n, 0) for n in range(4)]
        return np.stack([lengths, lengths + 1, *matches, *totals], axis=1)

    class Known(BLEU):
        """BLEU whose statistics are known, so that the test alone is timed."""

        def _extract_corpus_statistics(self, hypotheses, references):
            return second.tolist()

    first, second = system(0.6), system(0.601)
    first.astype(float).tofile(folder / "first")
    second.astype(float).tofile(folder / "second")
    own = ours(binary, "randomization", folder)
    metric = Known()
    score = metric._aggregate_and_compute(first.tolist())
    baseline = {"BLEU": (first.tolist(), Result(score.score))}
    for name, test, samples in [
        ("randomization", _paired_ar_test, 10_000),
        ("bootstrap", _paired_bs_test, 1000),
    ]:
        peer = timed(
            lambda: test(
                baseline, "second", [""] * SEGMENTS, None, {"BLEU": metric}, samples, -1, 12345
            )[1]["BLEU"].p_value,
            rounds=1,
        )
        for generator in ["numpy", "counter"]:
            row(
                f"paired {name}, {SEGMENTS} segments, {samples} times, {generator}",
                own[f"{name}.{generator}"],
                peer,
            )


def main():
    binary, *tasks = sys.argv[1:]
    known = {"classes": classes, "area": area, "randomization": randomization}
    with tempfile.TemporaryDirectory() as folder:
        for task in tasks or known:
            known[task](binary, Path(folder))


if __name__ == "__main__":
    main()

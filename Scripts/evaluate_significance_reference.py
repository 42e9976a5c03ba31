"""Writes what sacreBLEU, scipy, statsmodels and NumPy give for the tests of significance.

    python Scripts/evaluate_significance_reference.py > Tests/Fixtures/Evaluate/significance.json

The fixture records the versions and the seed. Statistics are those sacreBLEU extracts, a row a
record, so that resampling is compared apart from the metrics.
"""

import json
import sys
from importlib.metadata import version

import numpy as np
import sacrebleu
import scipy
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

SEED = 12345
RECORDS = 150


def streams():
    """The first numbers of NumPy's generator for some seeds."""
    result = []
    for seed in [0, 1, SEED, 2**31 + 5, 2**40 + 7]:
        result.append(
            {
                "seed": seed,
                "raw": [str(x) for x in np.random.default_rng(seed).bit_generator.random_raw(4)],
                "below 1": np.random.default_rng(seed).integers(0, 1, size=3).tolist(),
                "below 1000": np.random.default_rng(seed).integers(0, 1000, size=9).tolist(),
                # Two thirds of 32-bit numbers are kept: every third draw is drawn anew.
                "below 2863311531": np.random.default_rng(seed)
                .integers(0, 2863311531, size=20)
                .tolist(),
                "choice of 77": np.random.default_rng(seed).choice(77, size=9).tolist(),
                "bits": "".join(
                    str(int(x))
                    for x in np.random.default_rng(seed).integers(2, size=75, dtype=bool)
                ),
            }
        )
    return result


def corpus():
    """References and three systems; each system loses words at its own rate."""
    random = np.random.default_rng(SEED)
    words = np.array("the a of to in on cat dog sat ran red blue tree house over under near".split())
    references = [
        words[random.integers(0, len(words), size=random.integers(4, 15))] for _ in range(RECORDS)
    ]

    def system(rate):
        lines = []
        for line in references:
            noise = words[random.integers(0, len(words), size=len(line))]
            lines.append(" ".join(np.where(random.random(len(line)) < rate, noise, line)))
        return lines

    systems = [("first", system(0.30)), ("second", system(0.30)), ("third", system(0.26))]
    return systems, [[" ".join(line) for line in references]]


def sacrebleu_tests():
    systems, references = corpus()
    metrics = {"BLEU": BLEU(references=references), "chrF2": CHRF(references=references)}
    result = {"statistics": {}, "randomization": [], "bootstrap": []}
    for name, metric in metrics.items():
        result["statistics"][name] = {
            system: [
                [float(x) for x in row] for row in metric._extract_corpus_statistics(lines, None)
            ]
            for system, lines in systems
        }
    for kind, test in [("randomization", "ar"), ("bootstrap", "bs")]:
        _, scores = PairedTest(systems, metrics, references=None, test_type=test)()
        for place, (system, _) in enumerate(systems):
            row = {"system": system}
            for name in metrics:
                found = scores[name][place]
                row[name] = {"score": found.score, "p": found.p_value}
                if test == "bs":
                    row[name] |= {"mean": float(found.mean), "ci": float(found.ci)}
            result[kind].append(row)
    return result


def intervals(data, statistic, **options):
    """The statistic's bootstrap intervals, by each method."""
    result = {}
    for key, method in [("percentile", "percentile"), ("bca", "BCa")]:
        found = stats.bootstrap(
            data,
            statistic,
            n_resamples=999,
            method=method,
            confidence_level=0.9,
            rng=np.random.default_rng(SEED),
            **options,
        )
        result[key] = [float(end) for end in found.confidence_interval]
    return result


def bootstraps():
    random = np.random.default_rng(SEED)
    result = []
    for name, values in [
        ("skewed", random.exponential(size=60)),
        ("few distinct", random.integers(0, 3, size=40).astype(float)),
    ]:
        row = {"name": name, "values": values.tolist()}
        result.append(row | intervals((values,), np.mean))
    return result


def differences():
    """Intervals of the difference of two systems on the same records: of means and of accuracies."""
    random = np.random.default_rng(SEED)
    first = random.exponential(size=50)
    coins = random.random(size=(2, 70))
    result = []
    for name, pair in [
        ("skewed", (first, first + random.exponential(size=50) ** 2 - 0.5)),
        ("right or wrong", ((coins[0] < 0.7).astype(float), (coins[1] < 0.85).astype(float))),
    ]:
        row = {"name": name, "first": pair[0].tolist(), "second": pair[1].tolist()}
        result.append(
            row
            | intervals(
                pair,
                lambda one, other: np.mean(other) - np.mean(one),
                paired=True,
                vectorized=False,
            )
        )
    return result


def mcnemars():
    result = []
    for first, second in [(0, 0), (0, 1), (3, 3), (5, 14), (40, 61), (1, 90), (4975, 5210), (500100, 502000)]:
        table = [[10, first], [second, 10]]
        result.append(
            {
                "counts": [first, second],
                "exact": float(stats.binomtest(min(first, second), first + second).pvalue)
                if first + second
                else 1.0,
                "corrected": float(mcnemar(table, exact=False, correction=True).pvalue)
                if first + second
                else 1.0,
                "plain": float(mcnemar(table, exact=False, correction=False).pvalue)
                if first + second
                else 1.0,
            }
        )
    return result


def corrections():
    random = np.random.default_rng(SEED)
    lists = [[0.01, 0.02, 0.03, 0.04, 0.05], [0.04], [0.5, 0.5, 0.001], (random.random(30) ** 4).tolist()]
    methods = {"bonferroni": "bonferroni", "holm": "holm", "benjamini-hochberg": "fdr_bh"}
    return [
        {"p": values, **{key: multipletests(values, method=name)[1].tolist() for key, name in methods.items()}}
        for values in lists
    ]


def main():
    document = {
        "command": "python Scripts/evaluate_significance_reference.py",
        "seed": SEED,
        "versions": {
            "python": sys.version.split()[0],
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "sacrebleu": sacrebleu.__version__,
            "statsmodels": version("statsmodels"),
        },
        "streams": streams(),
        "sacrebleu": sacrebleu_tests(),
        "bootstraps": bootstraps(),
        "differences": differences(),
        "mcnemar": mcnemars(),
        "corrections": corrections(),
    }
    print("{")
    for place, (key, value) in enumerate(document.items()):
        print(f' "{key}": {json.dumps(value, allow_nan=False)}' + ("," if place + 1 < len(document) else ""))
    print("}")


if __name__ == "__main__":
    main()

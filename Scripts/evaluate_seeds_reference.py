"""Writes what scipy gives for the paired t over seeds.

    python Scripts/evaluate_seeds_reference.py > Tests/Fixtures/Evaluate/seeds.json
"""

import json
import sys

import numpy as np
import scipy
from scipy import stats

SEED = 12345


def case(with_, without, level):
    """The mean difference, its interval and its p-value."""
    result = stats.ttest_rel(with_, without)
    interval = result.confidence_interval(level)
    return {
        "with": list(with_),
        "without": list(without),
        "level": level,
        "mean": float(np.mean(np.subtract(with_, without))),
        "lower": float(interval.low),
        "upper": float(interval.high),
        "p": float(result.pvalue),
    }


def cases():
    random = np.random.default_rng(SEED)
    for count in [2, 3, 5, 10, 40]:
        for shift in [0.0, 0.01, 0.3]:
            without = 0.8 + 0.02 * random.standard_normal(count)
            with_ = without + shift + 0.01 * random.standard_normal(count)
            for level in [0.9, 0.95, 0.999]:
                yield case(with_.tolist(), without.tolist(), level)


def main():
    document = {
        "command": "python Scripts/evaluate_seeds_reference.py",
        "seed": SEED,
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__},
        "cases": list(cases()),
    }
    print(json.dumps(document, indent=1, allow_nan=False))


if __name__ == "__main__":
    main()

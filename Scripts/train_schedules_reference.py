#!/usr/bin/env python3
"""Write Tests/Fixtures/Train/schedules.json: learning rates of transformers' and torch's schedulers.

usage: python Scripts/train_schedules_reference.py

`schedules` has, for options as a pipeline writes them, the rate of every step of a run; `plateaus` has,
for values that a metric took, the rate after each. versions.json names the packages.
"""
import json
import pathlib

import torch
import transformers

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/Train"
PEAK = 2e-3
# The name of Anneal's file, transformers' name, and the options of each.
CASES = [
    ("linear", "linear", {}, {}),
    ("cosine", "cosine", {}, {}),
    ("cosine", "cosine", {"cycles": 1.5}, {"num_cycles": 1.5}),
    ("cosine", "cosine_with_min_lr", {"min-ratio": 0.1}, {"min_lr_rate": 0.1}),
    ("cosine-with-restarts", "cosine_with_restarts", {}, {}),
    ("cosine-with-restarts", "cosine_with_restarts", {"cycles": 3}, {"num_cycles": 3}),
    ("constant", "constant_with_warmup", {}, {}),
    ("inverse-sqrt", "inverse_sqrt", {}, {}),
    ("inverse-sqrt", "inverse_sqrt", {"timescale": 7}, {"timescale": 7}),
    ("polynomial", "polynomial", {}, {}),
    ("polynomial", "polynomial", {"power": 2.5, "end": 1e-5}, {"power": 2.5, "lr_end": 1e-5}),
    ("warmup-stable-decay", "warmup_stable_decay", {"decay-steps": 4}, {"num_decay_steps": 4}),
    ("warmup-stable-decay", "warmup_stable_decay",
     {"decay-steps": 3, "stable-steps": 2, "decay": "1-sqrt", "warmup": "cosine", "min-ratio": 0.2},
     {"num_decay_steps": 3, "num_stable_steps": 2, "decay_type": "1-sqrt", "warmup_type": "cosine",
      "min_lr_ratio": 0.2}),
    ("warmup-stable-decay", "warmup_stable_decay",
     {"decay-steps": 6, "decay": "linear", "warmup": "1-sqrt"},
     {"num_decay_steps": 6, "decay_type": "linear", "warmup_type": "1-sqrt"}),
]
PLATEAUS = [
    ("min", {"patience": 0}, {"patience": 0}),
    ("min", {"patience": 1, "factor": 0.5, "cooldown": 2}, {"patience": 1, "factor": 0.5, "cooldown": 2}),
    ("max", {"patience": 1, "threshold": 0.3}, {"patience": 1, "threshold": 0.3}),
    ("max", {"patience": 0, "threshold": 0.2, "threshold-mode": "abs", "min-rate": 5e-4, "factor": 0.5},
     {"patience": 0, "threshold": 0.2, "threshold_mode": "abs", "min_lr": 5e-4, "factor": 0.5}),
    ("min", {"patience": 0, "threshold": 0.1, "threshold-mode": "abs", "least-change": 1e-5},
     {"patience": 0, "threshold": 0.1, "threshold_mode": "abs", "eps": 1e-5}),
]
VALUES = [3.0, 2.0, 2.5, 1.99995, 1.9, 1.9, 2.0, 2.1, 2.2, 1.0, float("nan"), 1.0, 4.0, 1.4, 0.95, 0.9, 5.0,
          1.0, 1.0, 1.0, 6.0]


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)


def schedules():
    for ours, theirs, options, keywords in CASES:
        for warmup, total in [(0, 7), (2, 11), (5, 20), (4, 4)]:
            sgd = optimizer()
            schedule = transformers.get_scheduler(
                theirs, sgd, num_warmup_steps=warmup, num_training_steps=total,
                scheduler_specific_kwargs=dict(keywords))
            rates = []
            for step in range(total):
                rates.append(sgd.param_groups[0]["lr"])
                # Beyond the last step transformers' polynomial may divide by 0.
                if step + 1 < total:
                    sgd.step()
                    schedule.step()
            train = {"learning-rate": PEAK, "warmup-steps": warmup, "schedule": {ours: options}}
            yield {"train": train, "alias": theirs, "rates": rates}


def plateaus():
    for mode, options, keywords in PLATEAUS:
        sgd = optimizer()
        schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(sgd, mode=mode, **keywords)
        rates = []
        for value in VALUES:
            schedule.step(value)
            rates.append(sgd.param_groups[0]["lr"])
        train = {"learning-rate": PEAK, "schedule": {"reduce-on-plateau": options}}
        yield {"train": train, "mode": mode, "rates": rates}


def main():
    values = [None if value != value else value for value in VALUES]
    rows = {"schedules": list(schedules()), "values": values, "plateaus": list(plateaus())}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "schedules.json").write_text(json.dumps(rows) + "\n")
    versions = {"command": "python Scripts/train_schedules_reference.py",
                "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__}
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")


if __name__ == "__main__":
    main()

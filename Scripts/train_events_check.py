#!/usr/bin/env python3
"""Compare the curves that TensorBoard reads of a run with its trainer_state.json.

usage: train_events_check.py RUN

Needs tensorboard. Prints how many points of how many curves are equal; exit code 1 where one is not.
"""
import json
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def main():
    run = sys.argv[1]
    with open(f"{run}/trainer_state.json", encoding="utf-8") as file:
        history = json.load(file)["log_history"]
    expected = {}
    for entry in history:
        for key, value in entry.items():
            if key == "step":
                continue
            tag = f"eval/{key[5:]}" if key.startswith("eval_") else f"train/{key}"
            single = struct.unpack("f", struct.pack("f", value))[0]
            expected.setdefault(tag, []).append((entry["step"], single))
    events = EventAccumulator(f"{run}/tensorboard", size_guidance={"scalars": 0})
    events.Reload()
    found = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    wrong = [tag for tag in expected.keys() | found.keys() if expected.get(tag) != found.get(tag)]
    print(f"{sum(map(len, found.values()))} points of {len(found)} curves, different: {wrong or 'none'}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

"""Records when each step of a training ended, for the tests of the remaining time.

    python Scripts/record_steps.py Tests/Fixtures/Report/steps/NAME.json anneal run FILE …

Runs the command with --verbose on a terminal of its own and notes the moment of each step, look at
the validation side and checkpoint that it shows. Nothing but the progress is kept.
"""

import json
import os
import pty
import re
import sys
import time

STEP = re.compile(rb"train\s+(?:step )?([\d,]+)/([\d,]+)")
LOOK = re.compile(rb"step ([\d,]+)\s+validation:")
SAVE = re.compile(rb"saved step ([\d,]+)")
PLAN = re.compile(rb"train\s+([\d,]+) records")
EPOCH = re.compile(rb"epoch ([\d.]+)")


def main(path, command):
    events, total, started = [], 0, None
    environment = {k: v for k, v in os.environ.items() if k != "CI"} | {"TERM": "xterm"}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command + ["--verbose"], environment)
    rest = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        now = time.monotonic()
        pieces = re.split(rb"[\r\n]+", rest + chunk)
        rest = pieces[-1]
        for piece in pieces:
            for kind, pattern in [("step", STEP), ("look", LOOK), ("saved", SAVE)]:
                found = pattern.search(piece)
                if not found:
                    continue
                number = int(found[1].replace(b",", b""))
                if kind == "step":
                    total = int(found[2].replace(b",", b""))
                if events and [kind, number] in [e[1:] for e in events[-4:]]:
                    continue
                started = started or now
                events.append([round(now - started, 4), kind, number])
        if PLAN.search(rest):
            started = now
    os.waitpid(pid, 0)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"command": " ".join(command[1:]), "steps": total, "events": events}, file)
        file.write("\n")
    print(f"{len(events)} events of {total} steps in {events[-1][0]:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

"""Records when each step of a training ended, for the tests of the remaining time.

    python Scripts/record_steps.py Tests/Fixtures/Report/steps/NAME.json anneal run FILE --threads 1 …

Runs the command with --verbose on a terminal of its own and notes the moment of each step, look at
the validation side and checkpoint that it shows; with a step, how many tokens it had, put together from
its time and the tokens a second, which are shown as a mean that a step moves by a tenth. Nothing but the
progress is kept. Moments are the seconds that the command had of the processor, so that what else the
machine does is no part of them.
"""

import json
import os
import pty
import re
import sys
import time

STEP = re.compile(rb"train\s+\d+ %\s+step ([\d,]+)/([\d,]+).*?([\d,]+) tokens/s")
LOOK = re.compile(rb"step ([\d,]+)\s+validation:")
SAVE = re.compile(rb"saved step ([\d,]+)")
PLAN = re.compile(rb"train\s+([\d,]+) records")
EPOCH = re.compile(rb"epoch ([\d.]+)")


def processor_seconds(pid):
    """The processor time of a process, by its clock (clock_getcpuclockid)."""
    return time.clock_gettime((~pid << 3) | 2)


def main(path, command):
    events, total, started, mean, before = [], 0, None, None, time.monotonic()
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
        now, wall = processor_seconds(pid), time.monotonic()
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
                if events and [kind, number] in [e[1:3] for e in events[-4:]]:
                    continue
                event = [round(now - started, 4), kind, number]
                if kind == "step":
                    rate = int(found[3].replace(b",", b""))
                    own = rate if mean is None else (rate - 0.9 * mean) / 0.1
                    mean = rate
                    event.append(max(1, round(own * (wall - before))))
                events.append(event)
                before = wall
            if PLAN.search(piece):
                started, before = now, wall
    os.waitpid(pid, 0)
    with open(path, "w", encoding="utf-8") as file:
        trace = {"command": " ".join(command[1:]), "steps": total, "events": events}
        json.dump(trace, file)
        file.write("\n")
    print(f"{len(events)} events of {total} steps in {events[-1][0]:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

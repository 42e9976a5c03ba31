"""What the benchmarks against datatrove share: its input, a clock around a run, and its output."""
import os
import tempfile
import time


def lines_of(path, limit):
    """The first lines of a file."""
    with open(path, encoding="utf-8") as file:
        return [line for line, _ in zip(file, range(limit))]


def timed(lines, tasks, run):
    """Seconds that run(folder) takes, and the lines it leaves in folder/out.

    The lines lie in folder/in, one file a task, as a task reads whole files.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f"{folder}/in")
        for task in range(tasks):
            with open(f"{folder}/in/{task}.jsonl", "w", encoding="utf-8") as file:
                file.writelines(lines[task::tasks])
        start = time.perf_counter()
        run(folder)
        seconds = time.perf_counter() - start
        kept = 0
        for name in os.listdir(f"{folder}/out"):
            with open(f"{folder}/out/{name}", encoding="utf-8") as file:
                kept += sum(1 for _ in file)
    return seconds, kept

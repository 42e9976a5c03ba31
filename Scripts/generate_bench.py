#!/usr/bin/env python3
"""Times generation by transformers or CTranslate2 on a task and prints one line of JSON.

    python Scripts/generate_bench.py TASK transformers|ctranslate2 [--weights fp32|int8]
        [--rounds 5] [--models FOLDER] [--threads 4] [--splits 2x2,4x1]

The peer of Benchmarks/Sources/generation: the same sizes, random weights and tokens, 64 new tokens
after 32. transformers runs in fp32 with all threads. CTranslate2 runs the Marian tasks with every
split of the threads into workers and threads of a worker that the batch allows, or those of --splits;
the best one counts.
Its model folders are made under --models where they are missing.
"""

import argparse
import json
import os
import resource
import statistics
import time

NEW, PROMPT, VOCABULARY = 64, 32, 32001
TASKS = {"gpt2-1": (1, 1), "gpt2-8": (8, 1), "marian-1": (1, 1), "marian-1-beam4": (1, 4),
         "marian-8-beam4": (8, 4), "marian-32": (32, 1)}


def marian():
    import transformers
    size = dict(encoder_layers=6, decoder_layers=6, encoder_attention_heads=8,
                decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048)
    last = VOCABULARY - 1
    return transformers.MarianMTModel(transformers.MarianConfig(
        vocab_size=VOCABULARY, decoder_vocab_size=VOCABULARY, d_model=512,
        max_position_embeddings=512, activation_function="swish", scale_embedding=True,
        pad_token_id=last, eos_token_id=0, decoder_start_token_id=last, forced_eos_token_id=0,
        **size)).eval()


def gpt2():
    import transformers
    return transformers.GPT2LMHeadModel(transformers.GPT2Config()).eval()


def median_seconds(generate, rounds):
    generate()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        generate()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def transformers_seconds(task, options):
    import torch
    import transformers
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    batch, beams = TASKS[task]
    model, words = (gpt2(), 50257) if task.startswith("gpt2") else (marian(), VOCABULARY - 1)
    ids = torch.randint(1, words, (batch, PROMPT))
    extra = {"pad_token_id": 0} if task.startswith("gpt2") else {}
    with torch.no_grad():
        return median_seconds(lambda: model.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=NEW, min_new_tokens=NEW,
            num_beams=beams, do_sample=False, **extra), options.rounds)


def converted(folder, weights):
    """The folder of CTranslate2's form of the Marian model with random weights."""
    path = os.path.join(folder, f"ct2-{weights}")
    if os.path.exists(os.path.join(path, "model.bin")):
        return path
    import torch
    from ctranslate2.converters.transformers import MarianMTLoader
    torch.manual_seed(0)
    spec = MarianMTLoader().get_model_spec(marian())
    words = ["</s>"] + [f"w{i}" for i in range(VOCABULARY - 2)]  # the loader drops the padding
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.config.decoder_start_token = spec.config.eos_token = "</s>"
    spec.config.bos_token, spec.config.unk_token, spec.config.add_source_eos = "<s>", "w0", False
    spec.validate()
    spec.optimize(quantization="int8" if weights == "int8" else None)
    os.makedirs(path, exist_ok=True)
    spec.save(path)
    return path


def ctranslate2_seconds(task, options):
    import random
    import ctranslate2
    batch, beams = TASKS[task]
    draw = random.Random(0)
    sources = [[f"w{draw.randrange(1, 30000)}" for _ in range(PROMPT)] for _ in range(batch)]
    best = {}
    folder = converted(options.models, options.weights)
    kind = "int8" if options.weights == "int8" else "float32"
    for workers in (1, 2, 4):
        for threads in (1, 2, 3, 4):
            if workers * threads > options.threads or workers > batch:
                continue
            if options.splits and f"{workers}x{threads}" not in options.splits.split(","):
                continue
            model = ctranslate2.Translator(
                folder, device="cpu", compute_type=kind, inter_threads=workers,
                intra_threads=threads)
            share = -(-batch // workers) if workers > 1 else 0
            best[f"{workers}x{threads}"] = median_seconds(lambda: model.translate_batch(
                sources, beam_size=beams, min_decoding_length=NEW, max_decoding_length=NEW,
                max_batch_size=share), options.rounds)
            del model
    split = min(best, key=best.get)
    return best[split], split, best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("peer", choices=["transformers", "ctranslate2"])
    parser.add_argument("--weights", choices=["fp32", "int8"], default="fp32")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--splits", default="")
    parser.add_argument("--models", default="/tmp/anneal-generate-bench")
    options = parser.parse_args()
    result = {"task": options.task, "peer": options.peer, "weights": options.weights}
    if options.peer == "transformers":
        seconds = transformers_seconds(options.task, options)
    else:
        seconds, result["split"], every = ctranslate2_seconds(options.task, options)
    result["tok_s"] = round(TASKS[options.task][0] * NEW / seconds, 1)
    result["ms_per_step"] = round(seconds * 1e3 / NEW, 3)
    result["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
    if options.peer == "ctranslate2":
        result["every"] = {s: round(TASKS[options.task][0] * NEW / t, 1) for s, t in every.items()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()

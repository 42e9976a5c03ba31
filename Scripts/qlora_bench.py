#!/usr/bin/env python3
"""Times LoRA on a Llama of 1.1 billion random weights: Anneal on a base in 4-bit numbers, PyTorch on one in
fp32 and bf16, one after the other, and prints a table for BENCHMARKS.md.

    python Scripts/qlora_bench.py ANNEAL [--folder FOLDER] [--steps 4] [--threads 4] [--peers fp32 bf16]

ANNEAL is the program; torch, transformers and peft must be importable. The model has TinyLlama's sizes (22
layers of 2,048, 32,000 tokens, input and output apart) and is written once into FOLDER, tensor by tensor, as
2.2 GB of bf16. Every side trains updates of rank 8 of all linear maps on one text of 256 tokens a step,
without dropout. Anneal's step is the difference of two runs, of 2 steps and of 2 + STEPS, by STEPS, so that
reading, rounding to 4 bits and scoring count in neither; PyTorch's is the median of STEPS behind 2. Memory
is the most that a process had resident, everything included. Keep the machine idle.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import struct
import subprocess
import sys
import time

WIDTH, INNER, LAYERS, HEADS, SHARED, WORDS, LENGTH = 2048, 5632, 22, 32, 4, 32000, 256


def shapes():
    keys = WIDTH // HEADS * SHARED
    yield "model.embed_tokens.weight", [WORDS, WIDTH]
    for layer in range(LAYERS):
        name = f"model.layers.{layer}."
        yield name + "input_layernorm.weight", [WIDTH]
        yield name + "post_attention_layernorm.weight", [WIDTH]
        for part, rows, columns in [
                ("self_attn.q_proj", WIDTH, WIDTH), ("self_attn.k_proj", keys, WIDTH),
                ("self_attn.v_proj", keys, WIDTH), ("self_attn.o_proj", WIDTH, WIDTH),
                ("mlp.gate_proj", INNER, WIDTH), ("mlp.up_proj", INNER, WIDTH),
                ("mlp.down_proj", WIDTH, INNER)]:
            yield f"{name}{part}.weight", [rows, columns]
    yield "model.norm.weight", [WIDTH]
    yield "lm_head.weight", [WORDS, WIDTH]


def write_weights(path):
    """Writes normal numbers, and ones for norms, one tensor in memory at a time."""
    import torch
    header, offset = {}, 0
    for name, shape in shapes():
        size = 2 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    generator = torch.Generator().manual_seed(7)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, shape in shapes():
            values = (torch.ones(shape) if len(shape) == 1
                      else torch.randn(shape, generator=generator).mul_(0.02))
            file.write(values.to(torch.bfloat16).view(torch.int16).numpy().tobytes())


def write_model(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "model.safetensors").exists():
        write_weights(folder / "partial")
        (folder / "partial").rename(folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "num_key_value_heads": SHARED, "vocab_size": WORDS, "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-5, "hidden_act": "silu", "tie_word_embeddings": False,
        "dtype": "bfloat16"}))
    (folder / "tokenizer.json").write_text(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": None, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None,
        "decoder": None, "model": {
            "type": "WordLevel", "unk_token": "w0",
            "vocab": {f"w{number}": number for number in range(WORDS)}}}))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "w1"}))


def write_pipeline(folder, steps):
    texts = [" ".join(f"w{(31 * text + 7 * place) % WORDS}" for place in range(LENGTH + 8))
             for text in range(60)]
    (folder / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    path = folder / f"steps-{steps}.yaml"
    path.write_text(f"""name: steps-{steps}
seed: 1
stages:
  - ingest: {{path: texts.jsonl}}
  - tokenize: {{tokenizer: model, max-length: {LENGTH}}}
  - split: {{train: 0.9, validation: 0.05, test: 0.05}}
train:
  model: {folder}
  objective: causal
  method: {{qlora: {{rank: 8, alpha: 16, targets: all-linear}}}}
  max-steps: {steps}
  batch-size: 1
evaluate: [perplexity]
""")
    return path


def anneal(options, steps):
    path = write_pipeline(options.folder, steps)
    out = options.folder / "runs" / f"{steps}-{time.time_ns()}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [options.anneal, "run", str(path), "--out", str(out), "--threads", str(options.threads)],
        stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"anneal ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - started, usage.ru_maxrss * 1024


def ours(options):
    short, _ = anneal(options, 2)
    long, memory = anneal(options, 2 + options.steps)
    return {"step_s": (long - short) / options.steps, "peak_mb": memory / 1e6}


def peer(options):
    """One kind of PyTorch, in a process of its own."""
    import peft
    import torch
    from transformers import LlamaForCausalLM
    torch.set_num_threads(options.threads)
    kind = {"fp32": torch.float32, "bf16": torch.bfloat16}[options.peer]
    base = LlamaForCausalLM.from_pretrained(options.folder, dtype=kind)
    model = peft.get_peft_model(base, peft.LoraConfig(
        r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM"))
    trained = [value for value in model.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=5e-5, fused=True)
    ids = torch.randint(0, WORDS, (1, LENGTH), generator=torch.Generator().manual_seed(1))
    times = []
    for _ in range(2 + options.steps):
        started = time.perf_counter()
        model(input_ids=ids, labels=ids).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter() - started)
    print(json.dumps({
        "step_s": statistics.median(times[2:]),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("anneal")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/tmp/anneal-qlora"))
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--peers", nargs="*", default=["fp32", "bf16"])
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    if options.peer:
        return peer(options)
    write_model(options.folder)
    rows = {"Anneal, nf4": ours(options)}
    for kind in options.peers:
        command = [sys.executable, __file__, *sys.argv[1:], "--peer", kind]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        rows[f"PyTorch, {kind}"] = json.loads(output.splitlines()[-1])
    first = rows["Anneal, nf4"]["step_s"]
    print("| base | step | by Anneal's | peak memory |\n|---|---:|---:|---:|")
    for name, row in rows.items():
        print(f"| {name} | {row['step_s']:.2f} s | {row['step_s'] / first:.2f} | {row['peak_mb']:,.0f} MB |")


if __name__ == "__main__":
    main()

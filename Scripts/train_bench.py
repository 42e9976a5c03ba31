#!/usr/bin/env python3
"""Times whole training steps of PyTorch on a task and prints one line of JSON.

    python Scripts/train_bench.py TASK [--compile] [--steps 6] [--threads 4]

The peer of Benchmarks/Sources/training: the same sizes, random tokens, fp32, AdamW over all
weights that are trained (fused, torch's fastest), no clipping. Two steps warm up. Memory is, on
both sides, the most that was resident at once less what was when everything is loaded and no
model made yet.
"""

import argparse
import json
import resource
import statistics
import time

import peft
import torch
import transformers
# By name, so that their modules are loaded before memory is counted.
from transformers import (
    BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel, LlamaConfig,
    LlamaForCausalLM, MarianConfig, MarianMTModel)


def minilm(dropout):
    config = BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12,
        intermediate_size=1536, max_position_embeddings=512, num_labels=2,
        hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)
    batch = {"input_ids": torch.randint(0, 30522, (32, 128)),
             "attention_mask": torch.ones(32, 128, dtype=torch.long),
             "labels": torch.arange(32) % 2}
    return BertForSequenceClassification(config), batch, 32 * 128


def gpt2(dropout, checkpointed=False):
    config = GPT2Config(resid_pdrop=dropout, embd_pdrop=dropout, attn_pdrop=dropout)
    model = GPT2LMHeadModel(config)
    if checkpointed:
        model.gradient_checkpointing_enable()
    return causal(model, 50257)


def llama(adapt=lambda model: model):
    config = LlamaConfig(
        vocab_size=32000, hidden_size=768, intermediate_size=2048, num_hidden_layers=12,
        num_attention_heads=12, num_key_value_heads=4, max_position_embeddings=2048,
        tie_word_embeddings=True)
    return causal(adapt(LlamaForCausalLM(config)), 32000)


def llama_lora():
    settings = peft.LoraConfig(
        r=8, lora_alpha=16, lora_dropout=0.05, target_modules=["q_proj", "v_proj"],
        task_type="CAUSAL_LM")
    return llama(lambda model: peft.get_peft_model(model, settings))


def causal(model, vocabulary):
    ids = torch.randint(0, vocabulary, (4, 512))
    return model, {"input_ids": ids, "labels": ids}, 4 * 512


def marian(width, layers, vocabulary, pairs, length):
    padding, heads = vocabulary - 1, width // 64
    config = MarianConfig(
        vocab_size=vocabulary, d_model=width, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=4 * width,
        decoder_ffn_dim=4 * width, max_position_embeddings=512, activation_function="swish",
        scale_embedding=True, static_position_embeddings=True, pad_token_id=padding,
        eos_token_id=0, decoder_start_token_id=padding, forced_eos_token_id=0)
    batch = {"input_ids": torch.randint(1, padding, (pairs, length)),
             "attention_mask": torch.ones(pairs, length, dtype=torch.long),
             "labels": torch.randint(1, padding, (pairs, length))}
    return MarianMTModel(config), batch, pairs * length


def translator():
    """A small one, whose loss is smoothed as torch smooths it."""
    model, batch, tokens = marian(256, 3, 6001, 96, 10)
    plain = model.forward

    def smoothed(labels, **inputs):
        start = torch.full((len(labels), 1), model.config.decoder_start_token_id)
        inputs["decoder_input_ids"] = torch.cat([start, labels[:, :-1]], 1)
        output = plain(**inputs)
        output.loss = torch.nn.functional.cross_entropy(
            output.logits.flatten(0, 1), labels.flatten(), label_smoothing=0.1)
        return output

    model.forward = smoothed
    return model, batch, tokens


TASKS = {"minilm": lambda: minilm(0.1), "minilm-nodrop": lambda: minilm(0.0),
         "gpt2": lambda: gpt2(0.1), "gpt2-nodrop": lambda: gpt2(0.0),
         "gpt2-checkpointed": lambda: gpt2(0.1, True), "llama": llama,
         "llama-lora": llama_lora, "marian": lambda: marian(512, 6, 32001, 32, 64),
         "translator": translator}


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--threads", type=int, default=4)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    before = peak_megabytes()
    model, batch, tokens = TASKS[options.task]()
    model.train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=5e-5, weight_decay=0.01, fused=True)
    runner = torch.compile(model) if options.compile else model
    times = []
    for _ in range(2 + options.steps):
        started = time.perf_counter()
        loss = runner(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter() - started)
    times = times[2:]
    print(json.dumps({
        "task": options.task, "step_s": round(statistics.median(times), 4),
        "min_s": round(min(times), 4),
        "tokens_per_s": round(tokens / statistics.median(times)),
        "peak_mb": round(peak_megabytes() - before), "loss": loss.item(),
        "compiled": options.compile, "torch": torch.__version__,
        "transformers": transformers.__version__, "threads": options.threads}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the checkpoints in other programs' formats that ModelsTests and TensorsTests read.

    python Scripts/models_checkpoint_fixtures.py

It needs torch, transformers, accelerate, gguf and bitsandbytes, and a processor with AVX2.

`blocks.safetensors` holds random blocks of ggml's formats and what gguf-py makes of them;
`fourbit.safetensors` and `eightbit.safetensors` matrices and what bitsandbytes makes of them;
`*.gguf` tiny models converted as llama.cpp's converter does, read back by transformers to prove it
(but for bert, which it does not read); `*.pt` files of torch.save. Weights follow a formula that the
tests repeat.
"""

import json
import pathlib

import bitsandbytes.functional as bnb
import gguf
import numpy as np
import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "Tests/Fixtures/Models/checkpoints"
SEED = 20261
torch.set_num_threads(1)


def fill(state):
    """Value i of tensor k in the order of names is ((31 i + 7 k) mod 255 - 127) / 64."""
    for k, name in enumerate(sorted(state)):
        values = (torch.arange(state[name].numel()) * 31 + 7 * k) % 255 - 127
        state[name].copy_((values / 64).reshape(state[name].shape))


def blocks():
    """256 values in random blocks of each format, with scales that are numbers."""
    random = np.random.default_rng(SEED)
    tensors = {}
    for kind in ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]:
        kind = gguf.GGMLQuantizationType[kind]
        values, size = gguf.GGML_QUANT_SIZES[kind]
        data = random.integers(0, 256, (1, size * (256 // values)), dtype=np.uint8)
        halves = {"Q4_1": [0, 2], "Q5_1": [0, 2], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}
        for block in range(256 // values):
            for place in halves.get(kind.name, [0]):
                scale = random.normal(0, 0.1, 1).astype(np.float16)
                if block == 1:
                    scale[0] = np.float16(3e-7)  # a subnormal number
                start = block * size + place
                data[:, start:start + 2] = scale.view(np.uint8)
        tensors[kind.name + ".bytes"] = torch.from_numpy(data)
        tensors[kind.name + ".values"] = torch.from_numpy(gguf.dequantize(data, kind).copy())
    save_file(tensors, OUT / "blocks.safetensors")


def fourbit():
    generator = torch.Generator().manual_seed(SEED)
    tensors = {}
    for name, shape, scale in [("odd", (7, 37), 1.0), ("even", (4, 64), 0.02)]:
        weight = scale * torch.randn(shape, generator=generator)
        weight[0, :8] = 0
        tensors[name] = weight
        for code in ["nf4", "fp4"]:
            for nested in [False, True]:
                packed, state = bnb.quantize_4bit(
                    weight, blocksize=64, quant_type=code, compress_statistics=nested)
                key = f"{name}.{code}.{'nested' if nested else 'plain'}"
                for part, value in state.as_dict(packed=True).items():
                    if part not in ("quant_map", "nested_quant_map"):
                        tensors[f"{key}.{part}"] = value
                tensors[key] = packed
                if nested:
                    tensors[key + ".values"] = bnb.dequantize_4bit(packed, state).reshape(shape)
    half = tensors["odd"].bfloat16()
    packed, state = bnb.quantize_4bit(half, quant_type="nf4", compress_statistics=True)
    tensors["half.weight"] = packed
    for part, value in state.as_dict(packed=True).items():
        tensors["half.weight." + part] = value
    tensors["half.values"] = bnb.dequantize_4bit(packed, state).float()
    save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / "fourbit.safetensors")
    means = {}
    for count in [1, 7, 8, 31, 33, 100, 1000, 20011]:
        values = (torch.arange(count) * 7919 % 1000 + 1).float() / 997
        means[count] = values.mean().item()
    (OUT / "means.json").write_text(json.dumps(means, indent=1) + "\n")


def eightbit():
    """Matrices and their 8-bit rows, one as bitsandbytes files a linear map."""
    generator = torch.Generator().manual_seed(SEED)
    tensors = {}
    for name, shape, scale in [("odd", (7, 37), 1.0), ("even", (20, 64), 0.02)]:
        weight = scale * torch.randn(shape, generator=generator)
        weight[2] = 0
        # Halves, which are rounded to the even neighbour.
        weight[3, :5] = torch.tensor([127, 0.5, 1.5, -2.5, 126.5]) * scale
        integers, scales, _ = bnb.int8_vectorwise_quant(weight)
        tensors |= {
            f"{name}.matrix": weight, f"{name}.integers": integers, f"{name}.scales": scales,
            f"{name}.values": bnb.int8_vectorwise_dequant(integers, scales)}
    linear = __import__("bitsandbytes").nn.Linear8bitLt(37, 7, has_fp16_weights=False)
    linear.load_state_dict({"weight": tensors["odd.matrix"], "bias": torch.arange(7.0)})
    linear(torch.ones(1, 37))
    tensors |= {"map." + name: value for name, value in linear.state_dict().items()}
    save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / "eightbit.safetensors")


def models():
    sizes = dict(
        vocab_size=10, hidden_size=8, intermediate_size=12, num_hidden_layers=1,
        num_attention_heads=2, max_position_embeddings=16, bos_token_id=1, eos_token_id=2)
    yield "llama", transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**sizes, num_key_value_heads=1, rms_norm_eps=1e-5))
    yield "qwen2", transformers.Qwen2ForCausalLM(
        transformers.Qwen2Config(**sizes, num_key_value_heads=1, tie_word_embeddings=True))
    yield "gpt2", transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=10, n_embd=8, n_layer=1, n_head=2, n_positions=16))
    yield "bert", transformers.BertModel(
        transformers.BertConfig(**sizes, type_vocab_size=2), add_pooling_layer=False)


def permuted(weight, heads):
    """Halves of each head to pairs, as llama.cpp's converter does for Llama."""
    return (weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
            .swapaxes(1, 2).reshape(weight.shape))


def convert(kind, model, path):
    config = model.config
    writer = gguf.GGUFWriter(path, kind)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_feed_forward_length(32 if kind == "gpt2" else config.intermediate_size)
    if kind in ("llama", "qwen2"):
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        writer.add_rope_freq_base(10000.0)
        writer.add_vocab_size(config.vocab_size)
        if kind == "llama":
            writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    else:
        writer.add_layer_norm_eps(1e-5 if kind == "gpt2" else 1e-12)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"t{i}" for i in range(config.vocab_size)])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    architecture = {v: k for k, v in gguf.MODEL_ARCH_NAMES.items()}[kind]
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    state = model.state_dict()
    for name, tensor in state.items():
        if name == "lm_head.weight" and config.tie_word_embeddings and kind != "gpt2":
            continue
        if name.endswith("position_ids"):
            continue
        data = tensor.numpy()
        if kind == "llama" and "q_proj" in name:
            data = permuted(data, config.num_attention_heads)
        if kind == "llama" and "k_proj" in name:
            data = permuted(data, config.num_key_value_heads)
        if kind == "gpt2" and data.ndim == 2 and (".c_" in name):
            data = data.T
        target = names.get_name(name, try_suffixes=(".weight", ".bias"))
        writer.add_tensor(target, data.astype(np.float16 if data.ndim > 1 else np.float32).copy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def gguf_files():
    shapes = {}
    for kind, model in models():
        with torch.no_grad():
            state = {n: t for n, t in model.state_dict().items() if not n.endswith("position_ids")}
            if model.config.tie_word_embeddings:
                state.pop("lm_head.weight", None)
            fill(state)
        convert(kind, model, OUT / f"{kind}.gguf")
        prefix = "bert." if kind == "bert" else ""
        shapes[kind] = {prefix + n: list(t.shape) for n, t in sorted(state.items())}
        if kind != "bert":
            read = transformers.AutoModelForCausalLM.from_pretrained(
                OUT, gguf_file=f"{kind}.gguf", ignore_mismatched_sizes=True).state_dict()
            for name, tensor in state.items():
                # It takes the number of GPT-2's positions for 1024.
                assert name.endswith("wpe.weight") or torch.equal(read[name], tensor), (kind, name)
    (OUT / "gguf-shapes.json").write_text(json.dumps(shapes) + "\n")


def pickles():
    weight = torch.zeros(4, 6)
    state = {"b.weight": weight, "b.bias": torch.zeros(6), "c": torch.zeros(2, 3)}
    fill(state)
    state["b.turned"] = weight.t()
    state["c.half"] = state["c"].to(torch.bfloat16)
    nested = {
        "epoch": 3, "loss": 0.25, "name": "é", "none": None, "flag": True, "list": [1, [2, -3]],
        "big": 1 << 40, "state_dict": torch.nn.Module.state_dict(torch.nn.Linear(1, 1)),
        "optimizer": {"state": {0: {"step": torch.tensor(2.0)}}, "param_groups": [{"lr": 1e-3}]},
        "device": torch.device("cpu"), "size": torch.Size([2, 3]), "type": torch.float32,
    }
    nested["state_dict"].clear()
    nested["state_dict"].update(state)
    torch.save(nested, OUT / "nested.pt")
    torch.save(nested, OUT / "nested-legacy.pt", _use_new_zipfile_serialization=False)
    torch.save({"module." + k: v for k, v in state.items()}, OUT / "module-protocol-4.pt",
               pickle_protocol=4)
    torch.save({"words": torch.tensor([1, 65535], dtype=torch.uint16)}, OUT / "untyped.pt")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    blocks()
    fourbit()
    eightbit()
    gguf_files()
    pickles()
    versions = {m.__name__: m.__version__ for m in (torch, transformers)}
    versions["bitsandbytes"] = __import__("bitsandbytes").__version__
    versions["gguf"] = __import__("importlib.metadata", fromlist=["version"]).version("gguf")
    versions["processor"] = torch.backends.cpu.get_cpu_capability()
    versions["seed"] = SEED
    (OUT / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")
    for path in OUT.iterdir():
        path.chmod(0o644)


if __name__ == "__main__":
    main()

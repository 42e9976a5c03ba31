"""Writes what bitsandbytes and PEFT compute of low-rank updates on a base in 4-bit numbers.

    python Scripts/models_qlora_fixture.py GOLDEN OUT

GOLDEN is the folder of reference outputs that holds golden/base-llama-lm and golden-nf4/llama-base, OUT is
Tests/Fixtures/Models/adapters. OUT/qlora-llama is a folder of peft on the base as transformers loads it
with bitsandbytes (nf4, double quantisation), whose matrices B are not zero, with config.json as transformers
files it. Its io.safetensors holds logits, loss, the norm of the first gradient, and the losses before each
of three steps of AdamW (rate 1e-2, weight decay 0.01) and after the last; dropout is off, and products are
in 32 bits.

Made with bitsandbytes 0.50.2, peft 0.21.2, transformers 5.23.0, torch 2.13.0; the seed is 7.
"""

import pathlib
import sys

import bitsandbytes
import peft
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from models_adapter_fixtures import example, losses

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def main():
    golden, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) / "qlora-llama"
    out.mkdir(parents=True, exist_ok=True)
    inputs = example(golden / "golden", "base-llama-lm")
    quantization = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32)
    base = AutoModelForCausalLM.from_pretrained(
        golden / "golden-nf4/llama-base", quantization_config=quantization, dtype=torch.float32)
    config = peft.LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=8, target_modules=TARGETS)
    torch.manual_seed(7)
    whole = peft.get_peft_model(base, config).eval()
    for name, value in whole.named_parameters():
        if "lora_B" in name:
            value.data.normal_(0, 0.05)
    whole.peft_config["default"].base_model_name_or_path = "../golden-nf4/llama-base"
    whole.save_pretrained(out)
    (out / "README.md").unlink(missing_ok=True)
    base.config.save_pretrained(out)
    with torch.no_grad():
        output = whole(**inputs)
    tensors = {"logits": output.logits, "loss": output.loss.reshape(1)} | inputs
    tensors["loss_steps"], tensors["grad_norm"] = losses(whole, inputs)
    save_file({k: v.contiguous() for k, v in tensors.items()}, out / "io.safetensors")
    for file in out.iterdir():
        file.chmod(0o644)
    print(tensors["loss_steps"].tolist(), tensors["grad_norm"].item())
    print(f"bitsandbytes {bitsandbytes.__version__}, peft {peft.__version__}, torch {torch.__version__}")


main()

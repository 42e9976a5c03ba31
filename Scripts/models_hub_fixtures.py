"""Writes what AdapterHub computes with adapters of uncommon options.

    python Scripts/models_hub_fixtures.py GOLDEN OUT [NAME...]

GOLDEN is the folder of reference outputs that holds base-llama-lm and others, OUT is
Tests/Fixtures/Models/adapters. Each OUT/NAME holds an adapter without a head, its values moved away from
their beginnings, and io.safetensors: the example, loss and logits, the norm of the first gradient of what
the adapter trains, and the losses before each of three steps of AdamW (rate 1e-2, weight decay 0.01) and
after the last; dropout is off.

Made with adapters 1.3.0, transformers 4.57.6, torch 2.13.0; the seed is 7.
"""

import json
import pathlib
import sys

import adapters
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoModelForSequenceClassification)

CASES = {
    # Llama's maps that widen and narrow are exchanged there.
    "hub-ia3-llama": ("base-llama-lm", adapters.IA3Config()),
    "hub-scale-bert": ("base-bert-cls", adapters.LoRAConfig(
        composition_mode="scale", r=1, alpha=4, attn_matrices=["q", "v", "attn_output"],
        init_weights="ia3")),
    "hub-norms-bert": ("base-bert-cls", adapters.BnConfig(
        mh_adapter=True, output_adapter=True, non_linearity="tanh", scaling="learned", ln_after=True,
        reduction_factor={"default": 8, "1": 4}, original_ln_before=True, residual_before_ln=False)),
    "hub-sums-bert": ("base-bert-cls", adapters.DoubleSeqBnConfig(
        original_ln_before=True, residual_before_ln="post_add", scaling="channel", ln_before=True,
        ln_after=True, adapter_residual_before_ln=True, leave_out=[0])),
    "hub-alone-gpt2": ("base-gpt2-lm", adapters.SeqBnConfig(original_ln_after=False)),
    "hub-rules-bert": ("base-bert-cls", adapters.CompacterPlusPlusConfig(
        reduction_factor=8, phm_dim=2, shared_phm_rule=False, factorized_phm_W=False,
        phm_bias=False)),
    # A part of GPT-2's one map of queries, keys and values.
    "hub-ia3-gpt2": ("base-gpt2-lm", adapters.IA3Config()),
    "hub-prefix-bert": ("base-bert-cls", adapters.PrefixTuningConfig(
        flat=False, prefix_length=3, bottleneck_size=6, leave_out=[0])),
    "hub-prefix-gptj": ("base-gptj-lm", adapters.PrefixTuningConfig(flat=True, prefix_length=2)),
    "hub-prefix-t5": ("base-t5-lm", adapters.PrefixTuningConfig(
        flat=False, prefix_length=3, bottleneck_size=6)),
    "hub-prefix-left-t5": ("base-t5-lm", adapters.PrefixTuningConfig(
        flat=True, prefix_length=2, cross_prefix=False, leave_out=[1])),
    "hub-mam-bert": ("base-bert-cls", adapters.MAMConfig(
        adapters.PrefixTuningConfig(flat=True, prefix_length=2),
        adapters.ParBnConfig(reduction_factor=8))),
    "hub-union-llama": ("base-llama-lm", adapters.ConfigUnion(
        adapters.SeqBnConfig(reduction_factor=8, non_linearity="leakyrelu"),
        adapters.LoRAConfig(r=2, alpha=4))),
    "hub-unipelt-bert": ("base-bert-cls", adapters.UniPELTConfig(
        adapters.PrefixTuningConfig(prefix_length=3, bottleneck_size=6, flat=False, shared_gating=False),
        adapters.SeqBnConfig(reduction_factor=8), adapters.LoRAConfig(r=2))),
    "hub-gated-gpt2": ("base-gpt2-lm", adapters.LoRAConfig(r=2, use_gating=True, intermediate_lora=True)),
    "hub-gated-llama": ("base-llama-lm", adapters.IA3Config(use_gating=True)),
    "hub-nice-bert": ("base-bert-cls", adapters.SeqBnInvConfig(reduction_factor=8, inv_adapter_reduction_factor=4)),
    "hub-nice-t5": ("base-t5-lm", adapters.SeqBnInvConfig(non_linearity="leakyrelu", reduction_factor=8)),
    "hub-products-bert": ("base-bert-cls", adapters.CompacterPlusPlusConfig(
        reduction_factor=8, phm_dim=2, factorized_phm_rule=True, shared_W_phm=True)),
    "hub-products-gpt2": ("base-gpt2-lm", adapters.CompacterConfig(
        reduction_factor=8, phm_dim=2, factorized_phm_rule=True, shared_phm_rule=False)),
    # Torch's own attention, of which the last keys are hidden.
    "hub-prefix-llama": ("base-llama-lm", adapters.PrefixTuningConfig(flat=True, prefix_length=2)),
    "hub-prefix-distilbert": ("base-distilbert-cls", adapters.PrefixTuningConfig(flat=True, prefix_length=2)),
    "hub-cross-t5": ("base-t5-lm", adapters.DoubleSeqBnConfig(
        reduction_factor=8, non_linearity="sigmoid", cross_adapter=True)),
}

# What hangs on padding is computed of texts without.
ALONE = ["unipelt", "gated", "prefix-llama", "prefix-distilbert"]


def model(golden, base):
    kind = AutoModelForSeq2SeqLM if "t5" in base else AutoModelForCausalLM
    if base.endswith("cls"):
        kind = AutoModelForSequenceClassification
    plain = kind.from_pretrained(golden / base)
    adapters.init(plain)
    return plain


def trained(whole):
    """What the adapter trains; the head, which AdapterHub trains beside it, is left out."""
    parts = ("adapters.", "loras.", "shared_parameters.", "prefix_tunings.", "prefix_gates.")
    for key, value in whole.named_parameters():
        value.requires_grad_(value.requires_grad and any(part in key for part in parts))
    return [value for value in whole.parameters() if value.requires_grad]


def write(golden, folder, base, config):
    torch.manual_seed(7)
    whole = model(golden, base)
    whole.add_adapter("ad", config=config)
    whole.train_adapter("ad")
    generator = torch.Generator().manual_seed(7)
    for value in trained(whole):
        value.data += 0.1 * torch.randn(value.shape, generator=generator)
    # Norms and prefixes stand in several places of the module, which safetensors refuses.
    twice = any(mark in str(config.to_dict()) for mark in ("'ln_before': True", 'prefix_tuning'))
    whole.save_adapter(str(folder), "ad", with_head=False, use_safetensors=not twice)
    path = folder / "adapter_config.json"
    fields = json.loads(path.read_text()) | {"model_name": base}
    path.write_text(json.dumps(fields, indent=2) + "\n")


def losses(whole, inputs):
    parameters = trained(whole)
    optimizer = torch.optim.AdamW(parameters, lr=1e-2, weight_decay=0.01)
    result = []
    for step in range(4):
        loss = whole(**inputs).loss
        result.append(loss.item())
        if step == 3:
            return torch.tensor(result), norm.reshape(1)
        loss.backward()
        if step == 0:
            norm = torch.stack([p.grad.norm() for p in parameters]).norm()
        optimizer.step()
        optimizer.zero_grad()


def main():
    golden, out = map(pathlib.Path, sys.argv[1:3])
    for name, (base, config) in CASES.items():
        if sys.argv[3:] and name not in sys.argv[3:]:
            continue
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        write(golden, folder, base, config)
        example = load_file(golden / base / "io.safetensors")
        inputs = {key: example[key] for key in ("input_ids", "attention_mask", "labels")}
        if any(mark in name for mark in ALONE):
            inputs["attention_mask"] = torch.ones_like(inputs["attention_mask"])
        whole = model(golden, base)
        whole.load_adapter(
            str(folder), set_active=True, with_head=False,
            use_safetensors=(folder / "adapter.safetensors").exists())
        whole.train_adapter("ad")
        whole.eval()
        with torch.no_grad():
            output = whole(**inputs)
        io = inputs | {"logits": output.logits, "loss": output.loss.reshape(1)}
        io["loss_steps"], io["grad_norm"] = losses(whole, inputs)
        save_file({k: v.contiguous() for k, v in io.items()}, folder / "io.safetensors")
        print(name, io["loss_steps"].tolist())
    print(f"adapters {adapters.__version__}, torch {torch.__version__}")


if __name__ == "__main__":
    main()

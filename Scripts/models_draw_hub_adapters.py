"""Draws adapters of AdapterHub at random, as Scripts/models_draw_adapters.py draws PEFT's.

    python Scripts/models_draw_hub_adapters.py OUT SEED COUNT
    ANNEAL_DRAWN_ADAPTERS=OUT swift test --filter DrawnAdapterTests

Texts are not padded where what adapters computes of one hangs on its padding: behind prompts, beside gates, and
behind prefixes of decoders and DistilBERT with torch's own attention. With a fourth argument, a part of what
case.json says of a case's fields, such as use_gating, other cases are left out.
Made with adapters 1.3.0, transformers 4.57.6, torch 2.15.0.
"""

import json
import pathlib
import random
import shutil
import sys

import adapters
import torch
import transformers
from adapters import (BnConfig, CompacterConfig, CompacterPlusPlusConfig, ConfigUnion, DoubleSeqBnConfig,
                      IA3Config, LoRAConfig, MAMConfig, ParBnConfig, PrefixTuningConfig, PromptTuningConfig,
                      SeqBnConfig, UniPELTConfig)
from safetensors.torch import save_file

import models_draw_adapters as drawing

MODELS = {"bert": ["SEQ_CLS", "TOKEN_CLS", "MASKED"], "roberta": ["SEQ_CLS", "TOKEN_CLS"],
    "distilbert": ["SEQ_CLS", "TOKEN_CLS"], "gpt2": ["CAUSAL_LM", "SEQ_CLS"], "gptj": ["CAUSAL_LM"],
    "llama": ["CAUSAL_LM", "SEQ_CLS"], "mistral": ["CAUSAL_LM"], "t5": ["SEQ_2_SEQ_LM"], "t5g": ["SEQ_2_SEQ_LM"]}
ACT = ["leakyrelu", "relu", "swish", "gelu", "gelu_new", "tanh", "sigmoid", "gelu_pytorch_tanh"]


def bottleneck(rng, name):
    kind = rng.choice([SeqBnConfig, DoubleSeqBnConfig, ParBnConfig, BnConfig])
    k = {}
    if kind is BnConfig:
        k = dict(mh_adapter=rng.random() < .6, output_adapter=True, reduction_factor=8, non_linearity="relu")
    if rng.random() < .5:
        k["reduction_factor"] = rng.choice(
            [2, 4, 8, 16, 0.5, 1, 3, {"default": 4, "1": 8}, {"default": 8, "0": 2, "2": 4}])
    if rng.random() < .4:
        k["non_linearity"] = rng.choice(ACT)
    if rng.random() < .2:
        k["original_ln_before"] = rng.random() < .5
    if rng.random() < .15:
        k["original_ln_after"] = rng.random() < .5
    if rng.random() < .15:
        k["residual_before_ln"] = rng.choice([False, True, "post_add"])
    if rng.random() < .12:
        k["adapter_residual_before_ln"] = True
    if rng.random() < .12:
        k["ln_before"] = True
    if rng.random() < .12:
        k["ln_after"] = True
    if rng.random() < .25:
        k["leave_out"] = rng.choice([[0], [1], [0, 2]])
    if rng.random() < .12:
        k["is_parallel"] = True
    if rng.random() < .25:
        k["scaling"] = rng.choice([2.0, 0.5, 4.0, "learned", "channel"])
    if rng.random() < .15:
        k["use_gating"] = True
    if rng.random() < .1:
        k["dropout"] = 0.1
    if rng.random() < .15 and name.startswith("t5"):
        k["cross_adapter"] = True
    if rng.random() < .1:
        k["init_weights"] = "mam_adapter"
    if rng.random() < .2:
        k["inv_adapter"] = rng.choice(["nice", "nice", "nice", "nice", "glow"])
        k["inv_adapter_reduction_factor"] = rng.choice([2, 4, 1.5])
    return kind(**k)


def compacter(rng, name):
    kind = rng.choice([CompacterConfig, CompacterPlusPlusConfig])
    k = dict(reduction_factor=rng.choice([2, 4, 8]), phm_dim=rng.choice([2, 4]))
    if rng.random() < .3:
        k["phm_rank"] = 2
    if rng.random() < .2:
        k["shared_phm_rule"] = False
    if rng.random() < .2:
        k["factorized_phm_W"] = False
    if rng.random() < .2:
        k["phm_bias"] = False
    if rng.random() < .25:
        k["shared_W_phm"] = True
    if rng.random() < .35:
        k["factorized_phm_rule"] = True
    if rng.random() < .2:
        k["use_gating"] = True
    if rng.random() < .2:
        k["learn_phm"] = False
    if rng.random() < .2:
        k["non_linearity"] = rng.choice(ACT)
    if rng.random() < .2:
        k["leave_out"] = [1]
    return kind(**k)


def lora(rng, name):
    k = dict(r=rng.choice([1, 2, 4, 8]), alpha=rng.choice([1, 4, 8, 16]), attn_matrices=rng.choice(
        [["q", "v"], ["q"], ["k", "v"], ["q", "k", "v"], ["v"], ["q", "v", "attn_output"]]))
    if rng.random() < .3:
        k["intermediate_lora"] = True
    if rng.random() < .3:
        k["output_lora"] = True
    if rng.random() < .15:
        k["selfattn_lora"] = False
        k["output_lora"] = True
    if rng.random() < .2:
        k["leave_out"] = [rng.choice([0, 1])]
    if rng.random() < .25:
        k["use_gating"] = True
    if rng.random() < .2:
        k["composition_mode"] = "scale"
        k["r"] = 1
    if rng.random() < .15:
        k["init_weights"] = rng.choice(["bert", "ia3"])
    if rng.random() < .1:
        k["dropout"] = .1
    return LoRAConfig(**k)


def ia3(rng, name):
    k = {}
    if rng.random() < .3:
        k["attn_matrices"] = rng.choice([["k"], ["q", "k", "v"]])
    if rng.random() < .2:
        k["leave_out"] = [1]
    if rng.random() < .2:
        k["output_lora"] = True
    if rng.random() < .2:
        k["intermediate_lora"] = False
    return IA3Config(**k)


def prefix(rng, name):
    k = dict(prefix_length=rng.choice([2, 5]), bottleneck_size=8, flat=rng.random() < .5)
    if rng.random() < .2:
        k["leave_out"] = [1]
    if rng.random() < .25:
        k["use_gating"] = True
        k["shared_gating"] = rng.random() < .5
    return PrefixTuningConfig(**k)


def prompt(rng, name):
    return PromptTuningConfig(
        prompt_length=rng.choice([1, 4]), combine=rng.choice(["prefix", "prefix", "prefix_after_bos"]))


def union(rng, name):
    small = PrefixTuningConfig(prefix_length=3, bottleneck_size=8, flat=rng.random() < .5)
    makers = [lambda: MAMConfig(small, ParBnConfig(reduction_factor=4)),
        lambda: MAMConfig(small, ParBnConfig(reduction_factor=4)),
        lambda: UniPELTConfig(PrefixTuningConfig(prefix_length=3, bottleneck_size=8),
                              SeqBnConfig(reduction_factor=4), LoRAConfig(r=2)),
        lambda: ConfigUnion(SeqBnConfig(reduction_factor=4), LoRAConfig(r=2, alpha=4)),
        lambda: ConfigUnion(SeqBnConfig(reduction_factor=8), small),
        lambda: ConfigUnion(small, LoRAConfig(r=2)),
        lambda: ConfigUnion(LoRAConfig(r=2, leave_out=[0]), LoRAConfig(r=4, leave_out=[1])),
        lambda: ConfigUnion(DoubleSeqBnConfig(reduction_factor=8), IA3Config()),
        lambda: ConfigUnion(ParBnConfig(reduction_factor=4), LoRAConfig(r=2, intermediate_lora=True))]
    return rng.choice(makers)()


METHODS = [(bottleneck, 40), (compacter, 12), (lora, 20), (ia3, 6), (prefix, 14), (prompt, 4), (union, 18)]


# The models whose prefixes hang on the kind of attention.
PLAIN = ["gpt2", "llama", "mistral", "distilbert"]


def change_attention(path, plain):
    fields = json.loads(path.read_text()) | ({"_attn_implementation": "eager"} if plain else {})
    if "sliding_window" in fields:
        fields["sliding_window"] = None
    path.write_text(json.dumps(fields, indent=1))


def hangs_on_padding(base, name, method, config):
    """Whether what adapters computes of a text is another one beside padding."""
    said = json.dumps(config.to_dict())
    plain = base.name.endswith("-plain")
    return method is prompt or '"use_gating": true' in said or (
        "prefix_length" in said and name in PLAIN and not plain)


def choose(rng, out, seed):
    name = rng.choice(list(MODELS)); task = rng.choice(MODELS[name])
    method = rng.choices([m for m, _ in METHODS], [w for _, w in METHODS])[0]
    kind = rng.choice(["", "-plain", "-open"]) if method in (prefix, union) and name in PLAIN else ""
    base = out / "bases" / f"{name}-{task}{kind}"
    if not base.exists():
        drawing.make_base(base, name, task, seed)
        if kind:
            change_attention(base / "config.json", kind == "-plain")
    return name, task, method, base


def main():
    drawing.draw_all("AdapterHub", choose, draw)


def draw(folder, base, name, task, method, rng, seed, index):
    torch.manual_seed(seed * 7919 + index)
    model = drawing.load(base, task)
    adapters.init(model)
    config = method(rng, name)
    if len(sys.argv) > 4 and sys.argv[4] not in json.dumps(config.to_dict()):
        return
    model.add_adapter("ad", config=config)
    model.train_adapter("ad")
    model.eval()
    g = torch.Generator().manual_seed(index)
    for key, p in model.named_parameters():
        if p.requires_grad and not p.shape == ():
            scale = .15 if "scaling" in key or "loras" in key else .08
            p.data += scale * torch.randn(p.shape, generator=g)
    adapter = folder / "adapter"
    folder.mkdir(parents=True)
    safe = method not in (prefix, union) and rng.random() < .85
    model.save_adapter(str(adapter), "ad", with_head=rng.random() < .85, use_safetensors=safe)
    path = adapter / "adapter_config.json"
    saved = json.loads(path.read_text()) | {"model_name": base.name}
    path.write_text(json.dumps(saved, indent=1))
    del model
    again = drawing.load(base, task)
    adapters.init(again)
    again.load_adapter(str(adapter), set_active=True, use_safetensors=safe,
                       with_head=(adapter / "head_config.json").exists())
    again.train_adapter("ad")
    again.eval()
    io = drawing.example(name, task, index)
    if hangs_on_padding(base, name, method, config):
        io["attention_mask"] = torch.ones_like(io["attention_mask"])
        io["input_ids"] = torch.where(io["input_ids"] < 5, 7, io["input_ids"])
    inputs = dict(io)
    with torch.no_grad():
        output = again(**inputs)
    if not torch.isfinite(output.logits).all():
        raise ValueError("not finite")
    io["logits"], io["loss"] = output.logits, output.loss.reshape(1)
    own = ("adapters.", "loras.", "prefix", "prompt_tuning", "shared_parameters", "invertible")
    for key, p in again.named_parameters():
        p.requires_grad_(p.requires_grad and any(part in key for part in own))
    trained = [p for p in again.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2, weight_decay=0.01)
    losses, norm = [], 0.
    for step in range(4):
        loss = again(**inputs).loss
        losses.append(loss.item())
        if step == 3:
            break
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            norm = torch.stack([p.grad.norm() for p in trained if p.grad is not None]).norm().item()
        optimizer.step()
    io["loss_steps"], io["grad_norm"] = torch.tensor(losses), torch.tensor([norm])
    save_file({k: v.contiguous() for k, v in io.items()}, folder / "io.safetensors")
    info = dict(base=f"bases/{base.name}", name=name, task=task, method=method.__name__, fields=config.to_dict(),
                safe=safe)
    (folder / "case.json").write_text(json.dumps(info, indent=1, default=str))


if __name__ == "__main__":
    main()

"""Writes what PEFT computes with methods whose files do not hold all that is trained.

    python Scripts/models_adapter_fixtures.py GOLDEN OUT

GOLDEN is the folder of reference outputs that holds base-llama-lm and others, OUT is
Tests/Fixtures/Models/adapters. Each OUT/NAME.safetensors has the trained tensors as they begin, in the
names of peft's module, the loss and logits, the norm of the first gradient, and the losses before each
of three steps of AdamW (rate 1e-2, weight decay 0.01 on all) and after the last; dropout is off.

- ptuning-mlp-bert, ptuning-lstm-gpt2, prefix-proj-llama: the network that makes virtual tokens;
- adalora-llama: five steps with ranks taken away after each, and the singular values left;
- pissa-llama, olora-bert: folders of peft with init_lora_weights pissa and olora, after three steps;
- the folders of VARIANTS: what peft files where more is asked of it than the common, its values moved away
  from their beginnings, with what it computes of the files (FOLDED: without training; FEATURES: the last
  layer's vectors, no loss).

Made with peft 0.21.2, transformers 5.23.0, torch 2.13.0; the seed is 7.
"""

import pathlib
import sys

import peft
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoModelForSequenceClassification)

CLS, LM = AutoModelForSequenceClassification, AutoModelForCausalLM


def example(golden, base):
    io = load_file(golden / base / "io.safetensors")
    return {name: io[name] for name in ("input_ids", "attention_mask", "labels")}


def kind_of(base):
    if base.endswith("cls"):
        return CLS
    return AutoModelForSeq2SeqLM if any(n in base for n in ("t5", "marian")) else LM


def model(golden, base, config):
    torch.manual_seed(7)
    kind = kind_of(base)
    whole = peft.get_peft_model(kind.from_pretrained(golden / base), config)
    return whole.eval()


def losses(whole, inputs, steps=3, after=lambda step: None):
    trained = [p for p in whole.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2, weight_decay=0.01)
    result, norm = [], 0.0
    for step in range(steps + 1):
        output = whole(**inputs)
        result.append(output.loss.item())
        if step == steps:
            return torch.tensor(result), torch.tensor([norm])
        output.loss.backward()
        if step == 0:
            norm = torch.stack([p.grad.norm() for p in trained if p.grad is not None]).norm().item()
        optimizer.step()
        after(step + 1)
        optimizer.zero_grad()


def network(golden, out, name, base, config):
    whole, inputs = model(golden, base, config), example(golden, base)
    tensors = {k: v.clone() for k, v in whole.prompt_encoder["default"].state_dict().items()}
    with torch.no_grad():
        output = whole(**inputs)
    tensors |= {"logits": output.logits, "loss": output.loss.reshape(1)} | inputs
    for key, value in whole.named_parameters():
        if value.requires_grad and "prompt_encoder" not in key:
            tensors["head." + key.split("modules_to_save.default.")[-1]] = value.detach().clone()
    tensors["loss_steps"], tensors["grad_norm"] = losses(whole, inputs)
    save_file({k: v.contiguous() for k, v in tensors.items()}, out / f"{name}.safetensors")
    print(name, tensors["loss_steps"].tolist())


def allocation(golden, out):
    config = peft.AdaLoraConfig(
        task_type="CAUSAL_LM", init_r=6, target_r=3, total_step=5, tinit=1, tfinal=1,
        lora_alpha=8, target_modules=["q_proj", "v_proj"])
    whole, inputs = model(golden, "base-llama-lm", config), example(golden, "base-llama-lm")
    tensors = {}
    for key, value in whole.named_parameters():
        if value.requires_grad:
            # Away from zero, so that every direction matters from the first step on.
            if "lora_E" in key:
                value.data.normal_(0, 0.5)
            tensors[key.replace("base_model.model.", "").replace(".default", "")] = value.detach().clone()
    for step in range(1, 6):
        def note(step):
            whole.base_model.update_and_allocate(step)
            for key, value in whole.named_parameters():
                if "lora_E" in key:
                    name = key.replace("base_model.model.", "").replace(".default", "")
                    tensors[f"step{step}.{name}"] = value.detach().clone()
    tensors["loss_steps"], tensors["grad_norm"] = losses(whole, inputs, 5, note)
    save_file({k: v.contiguous() for k, v in (tensors | inputs).items()}, out / "adalora-llama.safetensors")
    print("adalora", tensors["loss_steps"].tolist())


def beginnings(golden, out, name, base, initial, targets):
    task = "SEQ_CLS" if base.endswith("cls") else "CAUSAL_LM"
    config = peft.LoraConfig(
        task_type=task, r=4, lora_alpha=8, target_modules=targets, init_lora_weights=initial)
    whole, inputs = model(golden, base, config), example(golden, base)
    trained, norm = losses(whole, inputs)
    whole.peft_config["default"].base_model_name_or_path = base
    whole.save_pretrained(out / name)
    (out / name / "README.md").unlink(missing_ok=True)
    with torch.no_grad():
        output = whole(**inputs)
    io = {
        "logits": output.logits, "loss": output.loss.reshape(1), "loss_steps": trained,
        "grad_norm": norm} | inputs
    save_file({k: v.contiguous() for k, v in io.items()}, out / name / "io.safetensors")
    print(name, trained.tolist())


def lora(task, targets, **more):
    return peft.LoraConfig(task_type=task, r=2, lora_alpha=8, target_modules=targets, **more)


VARIANTS = {
    "bias-all-bert": ("base-bert-cls", lora("SEQ_CLS", ["query"], bias="all")),
    "bias-all-t5": ("base-t5-lm", lora("SEQ_2_SEQ_LM", r".*block\.\d+\..*\b(q|wi)", bias="all")),
    "full-names-gpt2": ("base-gpt2-lm", lora(
        "CAUSAL_LM", ["transformer.h.1.attn.c_attn", "c_proj"], layers_to_transform=[0])),
    "tied-output-gpt2": ("base-gpt2-lm", lora("CAUSAL_LM", ["c_fc", "lm_head"], use_rslora=True)),
    "dora-words-llama": ("base-llama-lm", lora(
        "CAUSAL_LM", ["v_proj", "embed_tokens"], use_dora=True)),
    "dora-pissa-bert": ("base-bert-cls", lora(
        "SEQ_CLS", ["value"], use_dora=True, init_lora_weights="pissa")),
    "words-filed-llama": ("base-llama-lm", lora("CAUSAL_LM", ["k_proj"])),
    "words-tokens-gpt2": ("base-gpt2-lm", lora(
        "CAUSAL_LM", ["c_fc"], trainable_token_indices=[3, 9, 40])),
    "weights-llama": ("base-llama-lm", lora(
        "CAUSAL_LM", ["q_proj"], target_parameters=["mlp.up_proj.weight"])),
    "adalora-spent-bert": ("base-bert-cls", peft.AdaLoraConfig(
        task_type="SEQ_CLS", init_r=2, target_r=1, total_step=4, tfinal=1, lora_alpha=8, bias="lora_only",
        target_modules=["query", "value"])),
    "words-marian": ("base-marian-lm", lora("SEQ_2_SEQ_LM", ["embed_tokens", "q_proj"])),
    "words-t5": ("base-t5-lm", lora("SEQ_2_SEQ_LM", ["embed_tokens", "wi"])),
    "ia3-names-llama": ("base-llama-lm", peft.IA3Config(
        task_type="CAUSAL_LM", target_modules=["down_proj", "k_proj", "query"],
        feedforward_modules=["down_proj"])),
}
# What is read and merged, not trained.
FOLDED = {
    "vera-gpt2": ("base-gpt2-lm", peft.VeraConfig(
        task_type="CAUSAL_LM", r=3, target_modules=["c_attn", "c_fc"], bias="vera_only")),
    "vera-drawn-bert": ("base-bert-cls", peft.VeraConfig(
        task_type="SEQ_CLS", r=3, target_modules=["query", "intermediate.dense"], save_projection=False,
        projection_prng_key=5)),
    "loha-bert": ("base-bert-cls", peft.LoHaConfig(
        task_type="SEQ_CLS", r=2, alpha=4, target_modules=["query", "value"], rank_pattern={"value": 3})),
    "lokr-llama": ("base-llama-lm", peft.LoKrConfig(
        task_type="CAUSAL_LM", r=2, alpha=4, target_modules=["q_proj", "v_proj", "down_proj"],
        decompose_both=True, decompose_factor=4)),
    "oft-bert": ("base-bert-cls", peft.OFTConfig(
        task_type="SEQ_CLS", oft_block_size=5, target_modules=["query", "output.dense"], bias="oft_only")),
    "oft-exact-llama": ("base-llama-lm", peft.OFTConfig(
        task_type="CAUSAL_LM", r=4, oft_block_size=0, target_modules=["q_proj", "up_proj"], coft=True, eps=0.5,
        block_share=True, use_cayley_neumann=False)),
    "boft-t5": ("base-t5-lm", peft.BOFTConfig(
        task_type="SEQ_2_SEQ_LM", boft_block_size=8, target_modules=["q", "wo"])),
    "hra-bert": ("base-bert-cls", peft.HRAConfig(
        task_type="SEQ_CLS", r=4, target_modules=["key", "output.dense"])),
    "hra-orthogonal-llama": ("base-llama-lm", peft.HRAConfig(
        task_type="CAUSAL_LM", r=3, target_modules=["k_proj"], apply_GS=True)),
    "vblora-bert": ("base-bert-cls", peft.VBLoRAConfig(
        task_type="SEQ_CLS", r=2, num_vectors=8, vector_length=8, topk=2, target_modules=["query"])),
    "vblora-brief-gpt2": ("base-gpt2-lm", peft.VBLoRAConfig(
        task_type="CAUSAL_LM", r=2, num_vectors=8, vector_length=8, topk=3, target_modules=["c_attn"],
        save_only_topk_weights=True)),
    "fourierft-gpt2": ("base-gpt2-lm", peft.FourierFTConfig(
        task_type="CAUSAL_LM", n_frequency=40, scaling=30.0, target_modules=["c_attn", "c_fc"],
        n_frequency_pattern={"h.1.attn.c_attn": 7})),
}
FEATURES = {
    "features-bert": ("base-bert-cls", lora(
        "FEATURE_EXTRACTION", r"encoder\.layer\.1\..*dense|pooler\.dense")),
    "features-prompt-llama": ("base-llama-lm", peft.PromptTuningConfig(
        task_type="FEATURE_EXTRACTION", num_virtual_tokens=3)),
}


def move(whole):
    """Moves what is trained away from zeros and ones, by the order of its names alone."""
    generator = torch.Generator().manual_seed(7)
    for key, value in sorted(whole.named_parameters()):
        if value.requires_grad:
            value.data += 0.1 * torch.randn(value.shape, generator=generator)


def spend(whole, inputs):
    """AdaLoRA's steps, of which the fourth takes most directions away: from some maps all."""
    for step in range(1, 5):
        whole(**inputs).loss.backward()
        whole.base_model.update_and_allocate(step)
        whole.zero_grad()


def file(golden, folder, kind, base, config, inputs):
    torch.manual_seed(7)
    whole = peft.get_peft_model(kind.from_pretrained(golden / base), config).eval()
    move(whole)
    if isinstance(config, peft.AdaLoraConfig):
        spend(whole, inputs)
    whole.peft_config["default"].base_model_name_or_path = base
    whole.save_pretrained(folder, save_embedding_layers="words" in folder.name)
    (folder / "README.md").unlink(missing_ok=True)
    return peft.PeftModel.from_pretrained(
        kind.from_pretrained(golden / base), folder,
        is_trainable=not config.is_prompt_learning).eval()


def variant(golden, out, name, base, config, trains=True):
    inputs = example(golden, base)
    read = file(golden, out / name, kind_of(base), base, config, inputs)
    with torch.no_grad():
        output = read(**inputs)
    io = {"logits": output.logits, "loss": output.loss.reshape(1)} | inputs
    if trains:
        io["loss_steps"], io["grad_norm"] = losses(read, inputs)
    save_file({k: v.contiguous() for k, v in io.items()}, out / name / "io.safetensors")
    print(name, output.loss.item())


def features(golden, out, name, base, config):
    inputs = example(golden, base)
    del inputs["labels"]
    read = file(golden, out / name, AutoModel, base, config, inputs)
    with torch.no_grad():
        vectors = read(**inputs)[0]
    save_file({"vectors": vectors.contiguous()} | inputs, out / name / "io.safetensors")
    print(name, list(vectors.shape))


def main():
    golden, out = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    prompt = dict(num_virtual_tokens=5, encoder_hidden_size=12)
    network(golden, out, "ptuning-mlp-bert", "base-bert-cls", peft.PromptEncoderConfig(
        task_type="SEQ_CLS", **prompt))
    network(golden, out, "ptuning-lstm-gpt2", "base-gpt2-lm", peft.PromptEncoderConfig(
        task_type="CAUSAL_LM", encoder_reparameterization_type="LSTM", encoder_num_layers=2, **prompt))
    network(golden, out, "prefix-proj-llama", "base-llama-lm", peft.PrefixTuningConfig(
        task_type="CAUSAL_LM", prefix_projection=True, **prompt))
    allocation(golden, out)
    beginnings(golden, out, "pissa-llama", "base-llama-lm", "pissa", ["q_proj", "v_proj"])
    beginnings(golden, out, "olora-bert", "base-bert-cls", "olora", ["query", "value"])
    for name, (base, config) in VARIANTS.items():
        variant(golden, out, name, base, config)
    for name, (base, config) in FOLDED.items():
        variant(golden, out, name, base, config, trains=False)
    for name, (base, config) in FEATURES.items():
        features(golden, out, name, base, config)
    print(f"peft {peft.__version__}, torch {torch.__version__}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the reference values that ModelsTests and TrainTests compare with.

    python Scripts/models_make_fixtures.py

Per architecture a tiny model of fixed seed is saved as transformers saves it, beside
`reference.safetensors`: inputs, logits, loss, the gradient of every tensor, and four optimiser
steps (losses, gradient norms, learning rates, the weights at the end). All values come from PyTorch
and transformers; `versions.json` names them.
"""

import json
import pathlib
import shutil

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent / "Tests/Fixtures/Models"
SEED = 20260
STEPS = 4
LEARNING_RATE = 1e-2
WEIGHT_DECAY = 0.05


def bert():
    config = transformers.BertConfig(
        vocab_size=61, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=24, type_vocab_size=2, num_labels=3,
        id2label={0: "ear", 1: "eye", 2: "skin"}, label2id={"ear": 0, "eye": 1, "skin": 2},
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    return transformers.BertForSequenceClassification(config)


def gpt2():
    config = transformers.GPT2Config(
        vocab_size=61, n_embd=16, n_layer=2, n_head=2, n_positions=24, bos_token_id=0,
        eos_token_id=0, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    return transformers.GPT2LMHeadModel(config)


def batch(kind):
    """Four rows of different lengths, padded on the right with 0."""
    generator = torch.Generator().manual_seed(SEED + 1)
    lengths = [9, 5, 7, 3]
    ids = torch.zeros(4, max(lengths), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, length in enumerate(lengths):
        ids[row, :length] = torch.randint(1, 61, (length,), generator=generator)
        mask[row, :length] = 1
    if kind == "bert":
        labels = torch.tensor([0, 2, 1, 2])
    else:
        labels = ids.masked_fill(mask == 0, -100)
        labels[0, :4] = -100  # a prompt that is not trained on
        labels[2, :2] = -100
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def spread(model):
    """Widens the weights, so that no comparison passes because everything is near zero."""
    generator = torch.Generator().manual_seed(SEED + 2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.15 * torch.randn(parameter.shape, generator=generator)


def decay_groups(model):
    """The two groups of transformers' Trainer: no decay for biases and normalisations."""
    names = set(transformers.Trainer.get_decay_parameter_names(None, model))
    return [
        {"params": [p for n, p in model.named_parameters() if n in names],
         "weight_decay": WEIGHT_DECAY},
        {"params": [p for n, p in model.named_parameters() if n not in names],
         "weight_decay": 0.0},
    ], sorted(names)


def reference(kind, model, folder):
    inputs = batch(kind)
    values = {"input_ids": inputs["input_ids"], "attention_mask": inputs["attention_mask"],
              "labels": inputs["labels"]}
    output = model(**inputs)
    output.loss.backward()
    values["logits"] = output.logits.detach()
    values["loss"] = output.loss.detach().reshape(1)
    for name, parameter in model.named_parameters():
        values["gradient." + name] = parameter.grad.clone()
    model.zero_grad()

    groups, decayed = decay_groups(model)
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, 1, STEPS + 1)
    losses, norms, rates = [], [], []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        loss = model(**inputs).loss
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)))
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    losses.append(model(**inputs).loss.item())
    values["steps.loss"] = torch.tensor(losses)
    values["steps.norm"] = torch.tensor(norms)
    values["steps.rate"] = torch.tensor(rates)
    for name, parameter in model.named_parameters():
        values["after." + name] = parameter.detach().clone()
    save_file({k: v.contiguous() for k, v in values.items()}, folder / "reference.safetensors")
    (folder / "decayed.json").write_text(json.dumps(decayed, indent=1) + "\n")


def main():
    MODELS.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for kind, make in [("bert", bert), ("gpt2", gpt2)]:
        torch.manual_seed(SEED)
        model = make().eval()
        spread(model)
        folder = MODELS / f"tiny-{kind}"
        shutil.rmtree(folder, ignore_errors=True)
        model.save_pretrained(folder)
        reference(kind, model, folder)
        for extra in ["generation_config.json"]:
            (folder / extra).unlink(missing_ok=True)
    versions = json.dumps({
        "command": "python Scripts/models_make_fixtures.py", "seed": SEED,
        "torch": torch.__version__.split("+")[0], "transformers": transformers.__version__,
    }, indent=1) + "\n"
    (MODELS / "versions.json").write_text(versions)


if __name__ == "__main__":
    main()

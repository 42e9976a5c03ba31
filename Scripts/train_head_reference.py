#!/usr/bin/env python3
"""Write Tests/Fixtures/Train/head.json: a head on a frozen BERT as a loop of torch and transformers trains it.

usage: python Scripts/train_head_reference.py

Needs torch and transformers. The model is Tests/Fixtures/Train/unfreezing/bert, in eval mode: the frozen part
has no dropout, and the head's is 0. All records are one batch, AdamW has the rate 1e-2 and a weight decay of
0.05 that biases are spared, gradients are clipped to 1. Of every step stand the loss and the gradients' norm
before clipping, for the classifier alone and with the pooler.
"""
import json

import torch
import transformers

import train_unfreezing_reference as unfreezing

STEPS = 8


def steps(parts):
    model = transformers.BertForSequenceClassification.from_pretrained(unfreezing.OUT / "bert").eval()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(parts))
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    spared = [p for name, p in trained.items() if name.endswith("bias")]
    others = [p for name, p in trained.items() if not name.endswith("bias")]
    optimizer = torch.optim.AdamW(
        [{"params": others, "weight_decay": unfreezing.DECAY}, {"params": spared, "weight_decay": 0.0}],
        lr=unfreezing.RATE)
    for _ in range(STEPS):
        loss = model(**unfreezing.batch("bert")).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        yield {"loss": loss.item(), "norm": norm.item()}
        optimizer.step()
        optimizer.zero_grad()


def main():
    description = {
        "command": "python Scripts/train_head_reference.py",
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "rate": unfreezing.RATE, "weight_decay": unfreezing.DECAY,
        "texts": unfreezing.TEXTS, "labels": unfreezing.LABELS,
        "head": list(steps(("classifier.",))), "pooler": list(steps(("classifier.", "bert.pooler.")))}
    (unfreezing.OUT.parent / "head.json").write_text(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    main()

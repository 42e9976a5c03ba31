#!/usr/bin/env python3
"""Write Tests/Fixtures/Train/penalty.json: EWC and L2-SP as a loop of torch and transformers does them.

usage: python Scripts/train_penalty_reference.py

Needs torch and transformers. The tiny models are those of Tests/Fixtures/Train/unfreezing. Of each and of its
old task (words w0 … w39, whose ids are 5 … 44) there are the diagonal of the empirical Fisher information,
by the gradients of -log p of one record after the other, as its sum and some values by place; and of three
steps on the new task the loss, the penalty (strength / 2) sum F (theta - theta*)^2 and the norm of the
gradients of both before clipping to 1. All records are one batch; `sgd` has a momentum of 0.9, `adamw` torch's defaults
without decay.
"""
import json
import pathlib

import torch
import transformers

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/Train"
END, STEPS = 4, 3
OLD = ["w5 w12 w2", "w31 w4 w17 w21 w9 w3", "w6", "w1 w24 w0 w38"]
OLD_LABELS = ["eye", "ear", "skin", "skin"]
OLD_TARGETS = ["w2 w3", "w5", "w9 w10 w11", "w2 w8"]
NEW = ["w0 w11 w2 w30", "w3 w4 w17 w21 w9", "w6 w8", "w1 w25 w0", "w5 w39 w4 w3 w14 w20"]
NEW_LABELS = ["ear", "eye", "skin", "ear", "eye"]
NEW_TARGETS = ["w1 w2 w3", "w4 w5", "w7 w8 w9 w10", "w2", "w6 w7 w8"]
CASES = [("ewc", "adamw", 0.01, 50.0), ("ewc", "sgd", 0.05, 20.0), ("l2-sp", "sgd", 0.05, 0.3)]
MODELS = {
    "bert": transformers.BertForSequenceClassification,
    "gpt2": transformers.GPT2LMHeadModel,
    "t5": transformers.T5ForConditionalGeneration,
}


def ids(text, end=False):
    return [int(word[1:]) + 5 for word in text.split()] + ([END] if end else [])


def padded(rows, filler):
    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


def batch(name, texts, labels, targets):
    rows = [ids(text, end=name == "gpt2") for text in texts]
    inputs = {"input_ids": padded(rows, 0), "attention_mask": padded([[1] * len(row) for row in rows], 0)}
    if name == "bert":
        inputs["labels"] = torch.tensor([["ear", "eye", "skin"].index(label) for label in labels])
    elif name == "gpt2":
        inputs["labels"] = padded(rows, -100)
    else:
        inputs["labels"] = padded([ids(text, end=True) for text in targets], -100)
    return inputs


def counted(name, inputs):
    labels = inputs["labels"] if name != "gpt2" else inputs["labels"][:, 1:]
    return int((labels >= 0).sum())


def fisher(name, model):
    sums = {key: torch.zeros_like(p, dtype=torch.float64) for key, p in model.named_parameters()}
    for text, label, target in zip(OLD, OLD_LABELS, OLD_TARGETS):
        inputs = batch(name, [text], [label], [target])
        if counted(name, inputs) == 0:
            continue
        model.zero_grad()
        (model(**inputs).loss * counted(name, inputs)).backward()
        for key, p in model.named_parameters():
            if p.grad is not None:
                sums[key] += p.grad.double() ** 2
    return {key: (value / len(OLD)).float() for key, value in sums.items()}


def steps(name, model, kind, optimizer, rate, strength, diagonal):
    start = {key: p.detach().clone() for key, p in model.named_parameters()}
    make = {
        "adamw": lambda p: torch.optim.AdamW(p, lr=rate, weight_decay=0.0),
        "sgd": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9)}[optimizer]
    rule = make(model.parameters())
    inputs = batch(name, NEW, NEW_LABELS, NEW_TARGETS)
    for _ in range(STEPS):
        rule.zero_grad()
        loss = model(**inputs).loss
        penalty = strength / 2 * sum(
            ((diagonal[key] if kind == "ewc" else 1.0) * (p - start[key]) ** 2).sum()
            for key, p in model.named_parameters())
        (loss + penalty).backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        yield {"loss": loss.item(), "penalty": penalty.item(), "norm": norm.item()}
        rule.step()


def main():
    models = {}
    for name, kind in MODELS.items():
        load = lambda: kind.from_pretrained(FIXTURES / "unfreezing" / name).eval()
        diagonal = fisher(name, load())
        models[name] = {
            "fisher": {
                key: {"sum": value.double().sum().item(),
                      "values": [value.flatten()[place].item() for place in (0, value.numel() // 2, value.numel() - 1)]}
                for key, value in diagonal.items()},
            "runs": [
                {"penalty": kind_, "optimizer": optimizer, "rate": rate, "strength": strength,
                 "steps": list(steps(name, load(), kind_, optimizer, rate, strength, diagonal))}
                for kind_, optimizer, rate, strength in CASES]}
    description = {
        "command": "python Scripts/train_penalty_reference.py",
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "old": {"texts": OLD, "labels": OLD_LABELS, "targets": OLD_TARGETS},
        "new": {"texts": NEW, "labels": NEW_LABELS, "targets": NEW_TARGETS},
        "models": models}
    (FIXTURES / "penalty.json").write_text(json.dumps(description, indent=1) + "\n")


if __name__ == "__main__":
    main()

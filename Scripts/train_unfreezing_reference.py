#!/usr/bin/env python3
"""Write Tests/Fixtures/Train/unfreezing/: gradual unfreezing as a loop of torch and transformers does it.

usage: python Scripts/train_unfreezing_reference.py

Needs torch, transformers and safetensors. A folder per architecture holds a tiny model of fixed seed.
unfreezing.json has, of each: the texts (words w0 … w39, whose ids are 5 … 44) with labels or targets, the names of the
groups that begin to train, the top one first, and of every step the loss and the norm of the gradients
before clipping. A group begins by `requires_grad_(True)` every two steps; all records are one batch, AdamW
has the rate 1e-2 and a weight decay of 0.05 of what transformers' Trainer decays, gradients are clipped to 1.
"""
import json
import pathlib
import shutil

import torch
import transformers

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/Train/unfreezing"
VOCABULARY, END, EVERY, RATE, DECAY = 51, 4, 2, 1e-2, 0.05
TEXTS = ["w0 w11 w2 w30", "w3 w4 w17 w21 w9", "w6 w8", "w1 w25 w0", "w5 w39 w4 w3 w14 w20", "w7 w33 w6 w12"]
LABELS = ["ear", "eye", "skin", "ear", "eye", "skin"]
TARGETS = ["w1 w2 w3", "w4 w5", "w7 w8 w9 w10", "w2", "w6 w7 w8", "w9 w11"]


def bert():
    names = ["ear", "eye", "skin"]
    config = transformers.BertConfig(
        vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=24, num_labels=3, id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)},
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    groups = [("classifier.", "bert.pooler."), ("bert.encoder.layer.1.",), ("bert.encoder.layer.0.",),
              ("bert.embeddings.",)]
    return transformers.BertForSequenceClassification(config), groups


def gpt2():
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY, n_embd=16, n_layer=3, n_head=2, n_positions=24, bos_token_id=END, eos_token_id=END,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    # The output is the table of words, so that there is no head but the norm.
    groups = [("transformer.ln_f.", "transformer.h.2."), ("transformer.h.1.",), ("transformer.h.0.",),
              ("transformer.wte.", "transformer.wpe.")]
    return transformers.GPT2LMHeadModel(config), groups


def t5():
    config = transformers.T5Config(
        vocab_size=VOCABULARY, d_model=16, d_ff=24, d_kv=8, num_heads=2, num_layers=2, num_decoder_layers=2,
        relative_attention_num_buckets=8, relative_attention_max_distance=9, dropout_rate=0.0, pad_token_id=0,
        decoder_start_token_id=0, eos_token_id=END, feed_forward_proj="gated-gelu")
    groups = [("decoder.final_layer_norm.", "decoder.block.1."), ("decoder.block.0.",),
              ("encoder.final_layer_norm.", "encoder.block.1."), ("encoder.block.0.",), ("shared.", "lm_head.")]
    return transformers.T5ForConditionalGeneration(config), groups


def ids(text, end=False):
    return [int(word[1:]) + 5 for word in text.split()] + ([END] if end else [])


def padded(rows, filler):
    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


def batch(name):
    rows = [ids(text, end=name == "gpt2") for text in TEXTS]
    inputs = {"input_ids": padded(rows, 0), "attention_mask": padded([[1] * len(row) for row in rows], 0)}
    if name == "bert":
        inputs["labels"] = torch.tensor([sorted(set(LABELS)).index(label) for label in LABELS])
    elif name == "gpt2":
        inputs["labels"] = padded(rows, -100)
    else:
        inputs["labels"] = padded([ids(text, end=True) for text in TARGETS], -100)
    return inputs


def steps(model, groups, inputs):
    decayed = set(transformers.Trainer.get_decay_parameter_names(None, model))
    others = [p for n, p in model.named_parameters() if n in decayed]
    spared = [p for n, p in model.named_parameters() if n not in decayed]
    optimizer = torch.optim.AdamW(
        [{"params": others, "weight_decay": DECAY}, {"params": spared, "weight_decay": 0.0}], lr=RATE)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for step in range(EVERY * len(groups)):
        if step % EVERY == 0:
            for name, parameter in model.named_parameters():
                if name.startswith(groups[step // EVERY]):
                    parameter.requires_grad_(True)
        loss = model(**inputs).loss
        loss.backward()
        trained = [p for p in model.parameters() if p.requires_grad]
        norm = torch.nn.utils.clip_grad_norm_(trained, 1.0)
        yield {"loss": loss.item(), "norm": norm.item(), "trained": sum(p.numel() for p in trained)}
        optimizer.step()
        optimizer.zero_grad()
    assert all(p.requires_grad for p in model.parameters())


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    result = {}
    for make in (bert, gpt2, t5):
        name = make.__name__
        torch.manual_seed(20260)
        model, groups = make()
        model = model.eval()
        for parameter in model.parameters():  # larger than they begin, so that every group matters
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=0.2)
        model.save_pretrained(OUT / name)
        result[name] = list(steps(model, groups, batch(name)))
    description = {
        "command": "python Scripts/train_unfreezing_reference.py",
        "versions": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__},
        "every": EVERY, "rate": RATE, "weight_decay": DECAY,
        "texts": TEXTS, "labels": LABELS, "targets": TARGETS, "steps": result}
    (OUT / "unfreezing.json").write_text(json.dumps(description, indent=1) + "\n")
    for file in OUT.glob("*/*"):
        file.chmod(0o644)


if __name__ == "__main__":
    main()

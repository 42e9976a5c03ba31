#!/usr/bin/env python3
"""Loads saved models with transformers and compares their outputs with those Anneal wrote.

    python Scripts/models_check_export.py MODEL_FOLDER…

Beside each model lies outputs.json: {"inputs": [[…], …], "outputs": […]}, the outputs of real tokens
or of texts; those of a model with an encoder are of the tokens of "targets". Prints a list of
{"difference": …, "class": …, "missing": […], "unexpected": […], "labels": …} and exits 1 above 1e-4
or where a tensor is missing.
"""

import json
import pathlib
import sys

import torch
import transformers


def padded(model, rows):
    """Rows of one length, and where their real tokens are."""
    pad = model.config.pad_token_id or 0
    width = max(len(row) for row in rows)
    return (torch.tensor([row + [pad] * (width - len(row)) for row in rows]),
            torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows]))


def outputs(model, rows, targets):
    """What the model gives for real tokens, or for texts."""
    ids, mask = padded(model, rows)
    arguments = {"input_ids": ids, "attention_mask": mask}
    if targets:  # FSMT sees later tokens where it keeps a cache
        decoder_ids, mask = padded(model, targets)
        arguments |= {"decoder_input_ids": decoder_ids, "use_cache": False}
    with torch.no_grad():
        output = model(**arguments)
    values = output.logits if "logits" in output else output.last_hidden_state
    return values[mask.bool()] if values.dim() == 3 else values


def is_unused(name, config):
    """The pooler of a base class, and the second bias of an untied output: nothing reads them."""
    return name.startswith("pooler.") or (
        name == "cls.predictions.bias" and not config.tie_word_embeddings)


def check(folder):
    expected = json.loads((folder / "outputs.json").read_text())
    config = transformers.AutoConfig.from_pretrained(folder)
    kind = getattr(transformers, config.architectures[0])
    model, info = kind.from_pretrained(folder, output_loading_info=True)
    ours = torch.tensor(expected["outputs"])
    theirs = outputs(model.eval(), expected["inputs"], expected.get("targets"))
    return {
        "difference": float((theirs.flatten() - ours).abs().max()), "class": kind.__name__,
        "missing": sorted(k for k in info["missing_keys"] if not is_unused(k, config)),
        "unexpected": sorted(info["unexpected_keys"]), "labels": config.id2label}


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    results = [check(pathlib.Path(folder)) for folder in sys.argv[1:]]
    print(json.dumps(results))
    sys.exit(any(result["difference"] > 1e-4 or result["missing"] for result in results))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Loads a saved model with transformers and compares its logits with those Anneal wrote.

    python Scripts/models_check_export.py MODEL_FOLDER LOGITS.json

LOGITS.json: {"input_ids": [[…]], "attention_mask": [[…]], "logits": […]} with padded rows.
Prints {"difference": …, "class": …, "missing": […], "labels": …} and exits 1 above 1e-4.
"""

import json
import pathlib
import sys

import torch
import transformers


def main():
    folder, expected = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
    config = transformers.AutoConfig.from_pretrained(folder)
    auto = (transformers.AutoModelForCausalLM
            if config.architectures[0].endswith("LMHeadModel")
            else transformers.AutoModelForSequenceClassification)
    model, info = auto.from_pretrained(folder, output_loading_info=True)
    model.eval()
    with torch.no_grad():
        logits = model(input_ids=torch.tensor(expected["input_ids"]),
                       attention_mask=torch.tensor(expected["attention_mask"])).logits
    ours = torch.tensor(expected["logits"]).reshape(logits.shape)
    if logits.dim() == 3:  # what stands on padding is nobody's
        real = torch.tensor(expected["attention_mask"]).bool().unsqueeze(-1)
        logits, ours = logits * real, ours * real
    difference = float((logits - ours).abs().max())
    print(json.dumps({
        "difference": difference, "class": type(model).__name__,
        "missing": sorted(info["missing_keys"]), "unexpected": sorted(info["unexpected_keys"]),
        "labels": config.id2label}))
    sys.exit(0 if difference < 1e-4 and not info["missing_keys"] else 1)


if __name__ == "__main__":
    main()

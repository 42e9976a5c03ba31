#!/usr/bin/env python3
"""Loads a saved model with transformers and compares its logits with those Anneal wrote.

    python Scripts/models_check_export.py MODEL_FOLDER LOGITS.json

LOGITS.json: {"input_ids": [[…]], "attention_mask": [[…]], "logits": […]} with padded rows; models
with an encoder have "decoder_input_ids" and "decoder_attention_mask" too.
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
    auto = (transformers.AutoModelForSeq2SeqLM
            if config.is_encoder_decoder
            else transformers.AutoModelForCausalLM
            if config.architectures[0].endswith("LMHeadModel")
            else transformers.AutoModelForSequenceClassification)
    model, info = auto.from_pretrained(folder, output_loading_info=True)
    model.eval()
    with torch.no_grad():
        inputs = {key: torch.tensor(expected[key])
                  for key in ["input_ids", "attention_mask", "decoder_input_ids"]
                  if key in expected}
        if config.is_encoder_decoder:  # FSMT masks no later token where it keeps a cache
            inputs["use_cache"] = False
        logits = model(**inputs).logits
    ours = torch.tensor(expected["logits"]).reshape(logits.shape)
    if logits.dim() == 3:  # what stands on padding is nobody's
        mask = expected.get("decoder_attention_mask", expected["attention_mask"])
        real = torch.tensor(mask).bool().unsqueeze(-1)
        logits, ours = logits * real, ours * real
    difference = float((logits - ours).abs().max())
    print(json.dumps({
        "difference": difference, "class": type(model).__name__,
        "missing": sorted(info["missing_keys"]), "unexpected": sorted(info["unexpected_keys"]),
        "labels": config.id2label}))
    sys.exit(0 if difference < 1e-4 and not info["missing_keys"] else 1)


if __name__ == "__main__":
    main()

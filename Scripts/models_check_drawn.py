"""Checks that drawn adapters which Anneal saved give PEFT's logits in peft, and merged models in transformers.

    python Scripts/models_check_drawn.py OUT

OUT is what Scripts/models_draw_adapters.py wrote and DrawnAdapterTests has gone through: each case has a folder
`saved`, and `merged` where the method can be merged. Differences above 1e-4 (merged: 2e-4), relative where
logits are above ten, and values that peft finds nowhere in the file are printed, with exit status 1.
"""

import json
import pathlib
import sys
import warnings

import torch
import transformers
from safetensors.torch import load_file

import models_draw_adapters as drawing


def difference(info, io, output):
    """The largest difference where there is no padding."""
    logits, expected = (output.logits if hasattr(output, "logits") else output[0]), io["logits"]
    if logits.shape != expected.shape:
        return float("inf")
    mask = io["attention_mask"].bool()
    if info["task"] == "SEQ_2_SEQ_LM":
        kept = io["labels"] >= 0
    elif logits.dim() == 3:
        virtual = torch.ones(mask.shape[0], logits.shape[1] - mask.shape[1])
        kept = torch.cat([virtual, mask], 1).bool()
    else:
        kept = torch.ones(logits.shape[0]).bool()
    return (logits - expected)[kept].abs().max().item() / max(1, expected.abs().max().item() / 10)


def check_saved(folder, base, info, io, inputs):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        # Loaded for training, as peft's AdaLoRA asks of models that give a loss.
        model = drawing.peft.PeftModel.from_pretrained(
            drawing.load(base, info["task"]), folder / "saved", is_trainable=info["method"] == "adalora")
    worst = difference(info, io, model.eval()(**inputs))
    if worst > 1e-4:
        return f"saved differs by {worst:.1e}"
    # Tied parts share the vectors of trained tokens, which are filed once; a pooling layer that the model does
    # not have is not filed.
    passed = ("trainable_tokens_delta", "pooler.")
    lost = [str(w.message) for w in seen if "missing" in str(w.message).lower()]
    return next((text[:160] for text in lost if not any(part in text for part in passed)), None)


def check_merged(folder, info, io, inputs):
    model = drawing.KINDS[info["task"]].from_pretrained(folder / "merged").eval()
    worst = difference(info, io, model(**inputs))
    return f"merged differs by {worst:.1e}" if worst > 2e-4 else None


def main():
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1])
    counts = {"saved": 0, "merged": 0, "at fault": 0}
    for case in sorted(root.glob("*/case.json")):
        folder, info = case.parent, json.loads(case.read_text())
        io = load_file(folder / "io.safetensors")
        names = ["input_ids", "attention_mask", "token_type_ids", "decoder_input_ids"]
        names += ["labels"] if info["task"] == "SEQ_2_SEQ_LM" else []
        inputs = {name: io[name] for name in names if name in io}
        faults = []
        with torch.no_grad():
            config = folder / "saved" / "adapter_config.json"
            if config.exists() and "peft_type" in json.loads(config.read_text()):
                counts["saved"] += 1
                faults.append(check_saved(folder, root / info["base"], info, io, inputs))
            if (folder / "merged").exists():
                counts["merged"] += 1
                faults.append(check_merged(folder, info, io, inputs))
        for fault in filter(None, faults):
            counts["at fault"] += 1
            print(folder.name, "|", fault, flush=True)
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    sys.exit(counts["at fault"] > 0 or counts["saved"] == 0)


if __name__ == "__main__":
    main()

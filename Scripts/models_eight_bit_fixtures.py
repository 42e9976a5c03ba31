#!/usr/bin/env python3
"""Writes tiny models as transformers saves them in 8 bits, with outputs, that ModelsTests reads.

    python Scripts/models_eight_bit_fixtures.py

It needs torch, transformers, accelerate and bitsandbytes, and no graphics card. `eightbit-NAME` is
`tiny-NAME` of the same folder in 8 bits; `reference.safetensors` holds what it gives for two rows of
tokens where its integers are widened again to 32 bits.
"""

import json
import pathlib

import bitsandbytes
import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "Tests/Fixtures/Models"
ROWS = [[3, 7, 9, 11, 2], [9, 8, 7, 6, 5]]
TARGETS = [[2, 7, 9], [2, 5, 9]]


def write(name, kind):
    folder = OUT / f"eightbit-{name}"
    configuration = transformers.BitsAndBytesConfig(load_in_8bit=True)
    model = kind.from_pretrained(OUT / f"tiny-{name}", dtype=torch.float16,
                                 quantization_config=configuration)
    model.save_pretrained(folder)
    wide = kind.from_pretrained(folder).dequantize(torch.float32).float().eval()
    arguments = {"input_ids": torch.tensor(ROWS)}
    if wide.config.is_encoder_decoder:
        arguments["decoder_input_ids"] = torch.tensor(TARGETS)
    with torch.no_grad():
        logits = wide(**arguments).logits
    save_file(arguments | {"logits": logits.contiguous()}, folder / "reference.safetensors")
    (folder / "generation_config.json").unlink(missing_ok=True)


def main():
    torch.set_num_threads(1)
    write("gpt2", transformers.GPT2LMHeadModel)
    write("t5", transformers.T5ForConditionalGeneration)
    versions = {"command": "python Scripts/models_eight_bit_fixtures.py",
                "bitsandbytes": bitsandbytes.__version__, "torch": torch.__version__,
                "transformers": transformers.__version__}
    (OUT / "eightbit-gpt2/versions.json").write_text(json.dumps(versions, indent=1) + "\n")


if __name__ == "__main__":
    main()

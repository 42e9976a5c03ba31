"""Writes Tests/TensorsTests/Fixtures/tensors.json: values and gradients of every operation, by torch.

    python Scripts/tensors_reference.py

Each case holds named arrays (shape and base64 of little-endian float32): inputs, the output "y", the
output's gradient "dy", and the gradient of each input as "d" + its name. Computed in float64.
"""

import base64
import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F

SEED = 20260
torch.manual_seed(SEED)
torch.set_default_dtype(torch.float64)
cases = {}


def leaf(*shape, scale=1.0):
    """Random values that float32 holds exactly, so that both sides start from the same numbers."""
    return (torch.randn(*shape) * scale).float().double().requires_grad_()


def write(name, y, inputs, **extra):
    """Records a case, with gradients for a random gradient of y."""
    dy = torch.ones_like(y) if y.dim() == 0 else leaf(*y.shape).detach()
    gradients = torch.autograd.grad(y, list(inputs.values()), dy)
    arrays = dict(inputs, y=y, dy=dy, **extra)
    arrays |= {"d" + key: value for key, value in zip(inputs, gradients)}
    cases[name] = {key: encode(value) for key, value in arrays.items()}


def encode(value):
    array = torch.as_tensor(value).detach().numpy()
    data = base64.b64encode(array.astype("<f4").tobytes()).decode()
    return {"shape": list(array.shape), "data": data}


ACTIVATIONS = {
    "none": lambda x: x,
    "gelu": F.gelu,
    "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
    "relu": F.relu,
    "silu": F.silu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "quickGelu": lambda x: x * torch.sigmoid(1.702 * x),
}


def linear():
    for kind, function in ACTIVATIONS.items():
        x, w, b = leaf(7, 19), leaf(21, 19, scale=0.5), leaf(21)
        write(f"linear.{kind}", function(F.linear(x, w, b)), dict(x=x, w=w, b=b))
    x, w, b = leaf(7, 19), leaf(19, 21, scale=0.5), leaf(21)
    write("linear.inputByOutput", F.gelu(x @ w + b), dict(x=x, w=w, b=b))
    x, w = leaf(1, 9), leaf(5, 9)
    write("linear.oneRow", F.linear(x, w), dict(x=x, w=w))


def elementwise():
    for kind, function in ACTIVATIONS.items():
        x = leaf(3, 37, scale=3.0)
        write(f"activation.{kind}", function(x), dict(x=x))
    a, b = leaf(3, 11), leaf(3, 11)
    write("add", a + 0.5 * b, dict(a=a, b=b))
    write("multiply", a * b, dict(a=a, b=b))
    write("scale", a * -0.75, dict(a=a))
    write("mean", a.mean(), dict(a=a))


def rows():
    word, position, kind = leaf(13, 20), leaf(6, 20), leaf(2, 20)
    ids = [torch.tensor(v) for v in ([3, 12, 3, 0, 7], [0, 1, 2, 0, 1], [0, 0, 0, 1, 1])]
    y = (word[ids[0]] + position[ids[1]] + kind[ids[2]]) * 1.5
    write("embedding", y, dict(word=word, position=position, kind=kind))
    x = leaf(6, 5)
    pooled = torch.stack([x[0:2].mean(0), torch.zeros(5), x[2:6].mean(0)])
    write("meanRows", pooled, dict(x=x))
    write("concatenateRows", torch.cat([x, x[:0], 2 * x]), dict(x=x))
    write("unitRows", F.normalize(x, dim=1), dict(x=x))


def rotate():
    angles = torch.stack([torch.arange(5.0) * f for f in (1.0, 0.3, 0.05)], 1)
    cosine, sine = angles.cos(), angles.sin()
    table = torch.stack([cosine, sine], -1).flatten(1)
    x = leaf(5, 2 * 8)
    heads = x.view(5, 2, 8)
    c, s = cosine[:, None], sine[:, None]
    a, b, rest = heads[..., :3], heads[..., 3:6], heads[..., 6:]
    y = torch.cat([a * c - b * s, b * c + a * s, rest], -1).reshape(5, 16)
    write("rotate.halves", y, dict(x=x), angles=table)
    a, b = heads[..., 0:6:2], heads[..., 1:6:2]
    pairs = torch.stack([a * c - b * s, b * c + a * s], -1).flatten(2)
    write("rotate.interleaved", torch.cat([pairs, rest], -1).reshape(5, 16), dict(x=x), angles=table)


def norms():
    for columns in (5, 48):
        x, r, w, b = leaf(4, columns), leaf(4, columns), leaf(columns), leaf(columns)
        n = (columns,)
        write(f"layerNorm.{columns}", F.layer_norm(x, n, w, b, 1e-5), dict(x=x, w=w, b=b))
        write(f"rmsNorm.{columns}", F.rms_norm(x, n, w, 1e-6), dict(x=x, w=w))
        y = F.layer_norm(x + r, n, w, b, 1e-12)
        write(f"addNorm.{columns}", y, dict(x=x, r=r, w=w, b=b))


def attend(q, k, v, heads, key_heads, causal=False, window=None, bias=None, scale=None):
    """One sequence: q [n, heads * d], k and v [m, key_heads * d]."""
    n, m, d = len(q), len(k), q.shape[1] // heads
    q = q.view(n, heads, d).transpose(0, 1)
    k = k.view(m, key_heads, d).transpose(0, 1).repeat_interleave(heads // key_heads, 0)
    v = v.view(m, key_heads, d).transpose(0, 1).repeat_interleave(heads // key_heads, 0)
    scores = q @ k.transpose(1, 2) * (1 / math.sqrt(d) if scale is None else scale)
    if bias is not None:
        scores = scores + bias[:, bias.shape[1] - n :, :m]
    last = torch.arange(n)[:, None] + (m - n)
    place = torch.arange(m)[None]
    if causal:
        scores = scores.masked_fill(place > last, -math.inf)
    if window is not None:
        scores = scores.masked_fill(place <= last - window, -math.inf)
    return (scores.softmax(-1) @ v).transpose(0, 1).reshape(n, heads * d)


def attention():
    def case(name, lengths, key_lengths, heads, key_heads, d, with_bias=False, **options):
        q = leaf(sum(lengths), heads * d)
        k, v = leaf(sum(key_lengths), key_heads * d), leaf(sum(key_lengths), key_heads * d)
        inputs = dict(q=q, k=k, v=v)
        if with_bias:
            inputs["bias"] = options["bias"] = leaf(heads, max(lengths), max(key_lengths))
        parts = zip(q.split(lengths), k.split(key_lengths), v.split(key_lengths))
        y = torch.cat([attend(*part, heads, key_heads, **options) for part in parts])
        write(f"attention.{name}", y, inputs)

    case("plain", [3, 1, 18], [3, 1, 18], 3, 3, 8)
    case("odd", [5, 2], [5, 2], 2, 2, 7)
    case("causal", [4, 19], [4, 19], 2, 2, 8, causal=True)
    case("cached", [1, 3], [6, 20], 2, 2, 8, causal=True)
    case("cross", [4, 2], [9, 3], 2, 2, 8)
    case("grouped", [6, 17], [6, 17], 4, 2, 8, causal=True)
    case("window", [21], [21], 2, 1, 8, causal=True, window=4)
    case("bias", [5, 5], [7, 7], 2, 2, 8, with_bias=True, scale=1.0)
    packed = leaf(5, 3 * 16)
    q, k, v = packed.split(16, 1)
    write("attention.packed", attend(q, k, v, 2, 2, causal=True), dict(x=packed))


def losses():
    logits = leaf(6, 11, scale=2.0)
    targets = torch.tensor([3, -100, 0, 10, 5, -100])
    write("crossEntropy", F.cross_entropy(logits, targets), dict(x=logits))
    smoothed = F.cross_entropy(logits, targets, label_smoothing=0.1)
    write("crossEntropy.smoothed", smoothed, dict(x=logits))
    weights = torch.rand(11).float().double() + 0.5
    weighted = F.cross_entropy(logits, targets, weight=weights)
    write("crossEntropy.weighted", weighted, dict(x=logits), weights=weights)
    picked = -F.cross_entropy(logits, targets, reduction="none")
    write("logProbabilities", picked, dict(x=logits))
    h, w, b = leaf(6, 9), leaf(31, 9), leaf(31)
    targets = torch.tensor([3, -100, 30, 17, 0, 3])
    y = F.cross_entropy(F.linear(h, w, b), targets)
    write("vocabularyCrossEntropy", y, dict(h=h, w=w, b=b))
    y = -F.cross_entropy(F.linear(h, w, b), targets, reduction="none")
    write("vocabularyLogProbabilities", y, dict(h=h, w=w, b=b))
    t = torch.rand(6, 11).float().double()
    write("meanSquaredError", F.mse_loss(logits, t), dict(x=logits), t=t)
    write("binaryCrossEntropy", F.binary_cross_entropy_with_logits(logits, t), dict(x=logits), t=t)
    write("softmax", logits.softmax(-1), dict(x=logits))


def optimizer():
    value = leaf(3, 13)
    arrays = {"start": encode(value)}
    adam = torch.optim.AdamW([value], lr=1e-2, weight_decay=0.1)
    for step in range(3):
        value.grad = leaf(3, 13, scale=2.0).detach()
        arrays[f"gradient{step}"] = encode(value.grad)
        norm = torch.nn.utils.clip_grad_norm_([value], 1.0)
        arrays[f"norm{step}"] = encode(norm)
        adam.step()
        arrays[f"value{step}"] = encode(value)
    cases["adamw"] = arrays


def gates():
    for kind, function in ACTIVATIONS.items():
        gate, up = leaf(5, 21, scale=2.0), leaf(5, 21)
        write(f"gated.{kind}", function(gate) * up, dict(gate=gate, up=up))
    both = leaf(3, 2 * 10)
    gate, up = both.split(10, 1)
    write("gated.halves", F.silu(gate) * up, dict(both=both))
    part = both[:, 3:8]
    write("gated.parts", F.gelu(part) * both[:, 9:14], dict(both=both))


def joint():
    for rows in (1, 23):
        x, inputs = leaf(rows, 19), {}
        inputs["x"] = x
        for part, outputs in enumerate((21, 16, 5)):
            inputs[f"w{part}"] = leaf(outputs, 19, scale=0.5)
        inputs["b0"], inputs["b2"] = leaf(21), leaf(5)
        y = torch.cat(
            [F.linear(x, inputs[f"w{p}"], inputs.get(f"b{p}")) for p in range(3)], 1)
        write(f"linear.jointly{rows}", y, inputs)


def low_rank():
    for kind in ("none", "gelu"):
        x, w, b = leaf(7, 19), leaf(21, 19, scale=0.5), leaf(21)
        down, up = leaf(3, 19, scale=0.5), leaf(21, 3, scale=0.5)
        y = ACTIVATIONS[kind](F.linear(x, w, b) + 0.75 * F.linear(F.linear(x, down), up))
        write(f"lowRank.{kind}", y, dict(x=x, w=w, b=b, down=down, up=up))
    # Two updates of parts of a map that is stored the other way round.
    x, w = leaf(5, 6), leaf(6, 12)
    down, up, down2, up2 = leaf(2, 6), leaf(4, 2), leaf(3, 6), leaf(5, 3)
    y = x @ w + F.pad(2 * F.linear(F.linear(x, down), up), (0, 8))
    y = y + F.pad(-0.5 * F.linear(F.linear(x, down2), up2), (7, 0))
    write("lowRank.parts", y, dict(x=x, w=w, down=down, up=up, down2=down2, up2=up2))
    x, w, b = leaf(7, 19), leaf(19), leaf(19)
    write("scaleColumns", x * w + b, dict(x=x, w=w, b=b))


def placed():
    """Rows put before others, columns taken and joined, single values and rows that are others."""
    x, w, b, r = leaf(7, 19), leaf(21, 19, scale=0.5), leaf(21), leaf(7, 21)
    write("addLinear", r + F.linear(x, w, b), dict(x=x, w=w, b=b, r=r))
    x, w, r = leaf(1, 9), leaf(9, 5), leaf(1, 5)
    write("addLinear.inputByOutput", r + x @ w, dict(x=x, w=w, r=r))
    first, x = leaf(2, 9), leaf(6, 11)
    parts = [torch.cat([first[:, 1:8], part[:, 4:11]]) for part in x.split([3, 0, 1, 2])]
    write("prepend", torch.cat(parts), dict(first=first, x=x))
    write("copyColumns", x[:, 4:11] * 1, dict(x=x))
    a, b, c = leaf(3, 4), leaf(3, 1), leaf(3, 6)
    write("joinColumns", torch.cat([a, b, c, b], 1), dict(a=a, b=b, c=c))
    matrix, values, rows = leaf(5, 3), leaf(4), leaf(2, 3)
    spread = torch.zeros(15).index_add(0, torch.tensor([0, 7, 14, 7]), values)
    write("addAt", matrix + spread.reshape(5, 3), dict(matrix=matrix, values=values))
    write("replaceRows", matrix.index_copy(0, torch.tensor([4, 1]), rows),
          dict(matrix=matrix, rows=rows))


for generate in (
    linear, elementwise, rows, rotate, norms, attention, losses, optimizer, gates, joint,
    low_rank, placed
):
    generate()
about = {"torch": torch.__version__.split("+")[0], "numpy": numpy.__version__, "seed": SEED,
         "command": "python Scripts/tensors_reference.py"}
path = pathlib.Path(__file__).parent.parent / "Tests/TensorsTests/Fixtures/tensors.json"
path.write_text(json.dumps({"about": about, "cases": cases}, indent=0) + "\n")
print(f"{len(cases)} cases, {path.stat().st_size} bytes")

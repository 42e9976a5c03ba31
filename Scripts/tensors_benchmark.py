"""Times one encoder layer of MiniLM's size in torch, forward and backward, eager and sdpa.

    python Scripts/tensors_benchmark.py [THREADS]

Counterpart of Tests/TensorsTests/EncoderLayerBenchmark.swift: batch 32, length 128, no padding.
"""

import math
import sys
import time

import torch
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 4)
B, S, D, FF, H = 32, 128, 384, 1536, 12


class Layer(torch.nn.Module):
    def __init__(self, p, fused):
        super().__init__()
        self.p, self.fused = p, fused
        self.q, self.k, self.v, self.o = (torch.nn.Linear(D, D) for _ in range(4))
        self.up, self.down = torch.nn.Linear(D, FF), torch.nn.Linear(FF, D)
        self.n1, self.n2 = torch.nn.LayerNorm(D, 1e-12), torch.nn.LayerNorm(D, 1e-12)

    def forward(self, x):
        q, k, v = (f(x).view(B, S, H, D // H).transpose(1, 2) for f in (self.q, self.k, self.v))
        if self.fused:
            a = F.scaled_dot_product_attention(q, k, v, dropout_p=self.p)
        else:
            w = (q @ k.transpose(2, 3) / math.sqrt(D // H)).softmax(-1)
            a = F.dropout(w, self.p) @ v
        a = self.o(a.transpose(1, 2).reshape(B, S, D))
        x = self.n1(x + F.dropout(a, self.p))
        return self.n2(x + F.dropout(self.down(F.gelu(self.up(x))), self.p))


x = torch.randn(B, S, D, requires_grad=True)
dy = torch.randn(B, S, D)
for p in (0.1, 0.0):
    for fused in (False, True):
        layer = Layer(p, fused)
        forward, whole = [], []
        for _ in range(20):
            layer.zero_grad()
            x.grad = None
            start = time.perf_counter()
            y = layer(x)
            forward.append(time.perf_counter() - start)
            y.backward(dy)
            whole.append(time.perf_counter() - start)
        whole.sort()
        print(f"torch {torch.__version__} {'sdpa' if fused else 'eager'} dropout {p}: forward "
              f"{min(forward) * 1e3:.1f} ms, both {whole[0] * 1e3:.1f}, median {whole[10] * 1e3:.1f}")

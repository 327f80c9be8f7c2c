#!/usr/bin/env python3
"""Records PyTorch's results of attention in attention.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_attention.py (PyTorch 1.13 was used).
Queries, keys and values are fill(1), fill(5), fill(6), gradients of the output fill(4). Parameters are
0.5 fill(10), ... in our order: the weights of queries, keys, values and the last layer, then biases.
"""
import os

import torch

from record_spatial import entry, fill

E, HEADS, L, S, N = 6, 2, 3, 4, 2
PADDING = torch.tensor([[0, 0, 0, 1], [0, 1, 0, 0]]).bool()
MASK = torch.tensor([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]).bool()


def run(kind, kdim=E, vdim=E, bias=True, batch_first=False, padding=False, mask=None, self_=False):
    net = torch.nn.MultiheadAttention(E, HEADS, bias=bias, kdim=kdim, vdim=vdim,
                                      batch_first=batch_first)
    shapes = [(E, E), (E, kdim), (E, vdim), (E, E)] + ([(E,)] * 4 if bias else [])
    own = [(0.5 * fill(10 + i, *s)).requires_grad_() for i, s in enumerate(shapes)]

    def size(t, c):
        return (N, t, c) if batch_first else (t, N, c)

    q = fill(1, *size(L, E)).requires_grad_()
    k = q if self_ else fill(5, *size(S, kdim)).requires_grad_()
    v = q if self_ else fill(6, *size(S, vdim)).requires_grad_()

    def turn(t):
        return t.transpose(0, 1) if batch_first else t

    attn_mask = mask
    if kind == "causal":
        attn_mask = torch.triu(torch.ones(L, L if self_ else S), 1).bool()
    y, weights = torch.nn.functional.multi_head_attention_forward(
        turn(q), turn(k), turn(v), E, HEADS, None,
        torch.cat(own[4:7]) if bias else None, None, None, False, 0.0, own[3],
        own[7] if bias else None, training=True, attn_mask=attn_mask,
        key_padding_mask=PADDING if padding else None, use_separate_proj_weight=True,
        q_proj_weight=own[0], k_proj_weight=own[1], v_proj_weight=own[2],
        average_attn_weights=False)
    y = turn(y)
    y.backward(fill(4, *y.shape))
    inputs = [q] if self_ else [q, k, v]
    return entry(args=[E, HEADS, 0, bias, kdim, vdim, batch_first, kind == "causal"],
                 sizes=[list(t.shape) for t in inputs], padding=padding,
                 mask="none" if mask is None else ("bytes" if mask.dtype == torch.bool else "sum"),
                 output=y, weights=weights, gradInput=[t.grad for t in inputs],
                 gradients=[p.grad for p in own]).replace("'", '"')


ENTRIES = [
    run("all"),
    run("all", self_=True, batch_first=True),
    run("all", kdim=3, vdim=5, bias=False, padding=True),
    run("all", mask=MASK, padding=True, batch_first=True),
    run("all", mask=fill(9, L, S)),
    run("causal", self_=True),
]

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "attention.lua")
    with open(path, "w") as out:
        out.write("-- Recorded by record_attention.py with PyTorch %s; do not edit.\n"
                  "-- luacheck: no max line length\nreturn {\n" % torch.__version__)
        out.write("".join(ENTRIES))
        out.write("}\n")

#!/usr/bin/env python3
"""Records PyTorch's results of layer, RMS, group and instance normalization in normalization.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_normalization.py (PyTorch 1.13 was
used). Inputs are 3 fill(1) + 2, gradients of outputs fill(4), weights fill(2), biases fill(3).
"""
import os

import torch
import torch.nn.functional as F

from record_spatial import entry, fill


def rms_norm(x, shape, weight, eps):
    dims = tuple(range(-len(shape), 0))
    return x * torch.rsqrt((x * x).mean(dims, keepdim=True) + eps) * weight


def run(layer, args, size, parameter, f):
    x = (3 * fill(1, *size) + 2).requires_grad_()
    weight = fill(2, *parameter).requires_grad_() if parameter else None
    bias = fill(3, *parameter).requires_grad_() if parameter and layer != "RMSNorm" else None
    y = f(x, weight, bias)
    y.backward(fill(4, *y.shape))
    gradients = [p.grad for p in (weight, bias) if p is not None]
    return entry(layer=layer, args=args, size=size, output=y, gradInput=x.grad,
                 gradients=gradients)


ENTRIES = [
    run("LayerNorm", [5], [3, 5], [5], lambda x, w, b: F.layer_norm(x, (5,), w, b)),
    run("LayerNorm", [37, 0.1], [2, 37], [37], lambda x, w, b: F.layer_norm(x, (37,), w, b, 0.1)),
    run("LayerNorm", [[2, 3]], [2, 2, 2, 3], [2, 3],
        lambda x, w, b: F.layer_norm(x, (2, 3), w, b)),
    run("LayerNorm", [5, 1e-5, False], [3, 5], None, lambda x, w, b: F.layer_norm(x, (5,))),
    run("RMSNorm", [6, 0.01], [2, 2, 6], [6], lambda x, w, b: rms_norm(x, (6,), w, 0.01)),
    run("GroupNorm", [2, 6], [2, 6, 3], [6], lambda x, w, b: F.group_norm(x, 2, w, b)),
    run("GroupNorm", [3, 6], [2, 6], [6], lambda x, w, b: F.group_norm(x, 3, w, b)),
    run("GroupNorm", [1, 2, 1e-3], [2, 2, 3, 2], [2],
        lambda x, w, b: F.group_norm(x, 1, w, b, 1e-3)),
    run("InstanceNorm", [3], [2, 3, 4], None, lambda x, w, b: F.instance_norm(x)),
    run("InstanceNorm", [2, 1e-5, True], [2, 2, 3, 2], [2],
        lambda x, w, b: F.instance_norm(x, weight=w, bias=b)),
]



def tracked(size, affine, steps=3):
    """Training for some steps with inputs 3 fill(k) + 2, then evaluation of the first input."""
    kind = {3: torch.nn.InstanceNorm1d, 4: torch.nn.InstanceNorm2d}[len(size)]
    norm = kind(size[1], affine=affine, track_running_stats=True).double()
    if affine:
        norm.weight.data.copy_(fill(2, size[1]))
        norm.bias.data.copy_(fill(3, size[1]))
    for k in range(steps):
        norm(3 * fill(1 + k, *size) + 2)
    norm.eval()
    x = (3 * fill(1, *size) + 2).requires_grad_()
    y = norm(x)
    y.backward(fill(4, *y.shape))
    return entry(layer="InstanceNorm", args=[size[1], 1e-5, affine, True], size=size, output=y,
                 gradInput=x.grad, gradients=[p.grad for p in norm.parameters()], steps=steps,
                 mean=norm.running_mean, var=norm.running_var)


ENTRIES += [tracked([2, 3, 4], False), tracked([3, 2, 3, 2], True)]

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "normalization.lua")
    with open(path, "w") as out:
        out.write("-- Recorded by record_normalization.py with PyTorch %s; do not edit.\n"
                  "-- luacheck: no max line length\nreturn {\n" % torch.__version__)
        out.write("".join(ENTRIES).replace("'", '"'))
        out.write("}\n")

#!/usr/bin/env python3
"""Records PyTorch's results of layers of distances, products and extremes in simple.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_simple.py (PyTorch 1.13 was used).
The k-th input is fill(k, ...), the k-th parameter fill(10 + k, ...), the output's gradient
fill(4, ...), with fill as in record_spatial.py.
"""
import math
import os

import torch
import torch.nn.functional as F

from record_spatial import entry, fill


def case(layer, args, f, sizes, parameters=None):
    inputs = [fill(1 + k, *size).requires_grad_() for k, size in enumerate(sizes)]
    names = list(parameters or {})
    weights = [fill(11 + k, *parameters[name]).requires_grad_() for k, name in enumerate(names)]
    y = f(*inputs, *weights)
    y.backward(fill(4, *y.shape))
    return entry(layer=layer, args=args, sizes=[list(size) for size in sizes],
                 outputSize=list(y.shape), output=y, gradInputs=[x.grad for x in inputs],
                 parameters=names,
                 gradParameters=[w.grad for w in weights])


def distance(p):
    return lambda a, b: (a - b).norm(p, 1)


def centers(x, w):
    return (x[:, :, None] - w[None]).norm(2, 1)


def weighted_centers(x, w, d):
    return ((x[:, :, None] - w[None]) * d[None]).norm(2, 1)


CASES = [
    case("PairwiseDistance", [p], distance(p), [(4, 5), (4, 5)]) for p in (1, 1.5, 2, 3)
] + [
    case("CosineDistance", [], lambda a, b: F.cosine_similarity(a, b), [(4, 5), (4, 5)]),
    case("DotProduct", [], lambda a, b: (a * b).sum(1), [(4, 5), (4, 5)]),
    case("Euclidean", [5, 3], centers, [(4, 5)], dict(weight=(5, 3))),
    case("Euclidean", [3, 21], centers, [(2, 3)], dict(weight=(3, 21))),
    case("WeightedEuclidean", [5, 3], weighted_centers, [(4, 5)],
         dict(weight=(5, 3), diagCov=(5, 3))),
    case("Cosine", [5, 3], lambda x, w: F.cosine_similarity(x[:, None], w[None], 2), [(4, 5)],
         dict(weight=(3, 5))),
    case("Bilinear", [3, 4, 2], F.bilinear, [(5, 3), (5, 4)], dict(weight=(2, 3, 4), bias=(2,))),
    case("Bilinear", [3, 4, 2, False], F.bilinear, [(5, 3), (5, 4)], dict(weight=(2, 3, 4))),
    case("CMul", [3, 1], lambda x, w: x * w, [(2, 3, 4)], dict(weight=(3, 1))),
    case("CAdd", [3, 1], lambda x, w: x + w, [(2, 3, 4)], dict(bias=(3, 1))),
    case("Max", [2], lambda x: x.max(1)[0], [(3, 7, 2)]),
    case("Min", [-1], lambda x: x.min(-1)[0], [(3, 7, 2)]),
    case("Sum", [2], lambda x: x.sum(1), [(3, 7, 2)]),
    case("Mean", [1], lambda x: x.mean(0), [(3, 7, 2)]),
    case("MV", [], lambda m, v: (m @ v[:, :, None])[:, :, 0], [(2, 3, 4), (2, 4)]),
    case("MV", [True], lambda m, v: (m.transpose(1, 2) @ v[:, :, None])[:, :, 0],
         [(2, 3, 4), (2, 3)]),
    case("CMaxTable", [], torch.maximum, [(3, 4), (3, 4)]),
    case("CMinTable", [], torch.minimum, [(3, 4), (3, 4)]),
] + [case("Normalize", [p], lambda x, p=p: F.normalize(x, p), [(4, 5)])
     for p in (1, 1.5, 2, 3, math.inf)]

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "simple.lua")
    with open(path, "w") as out:
        out.write("-- Recorded by record_simple.py with PyTorch %s; do not edit.\n"
                  "-- luacheck: no max line length\nlocal inf = math.huge\nreturn {\n"
                  % torch.__version__)
        out.write("".join(CASES).replace("'", '"') + "}\n")

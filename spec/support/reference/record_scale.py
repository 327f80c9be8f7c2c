#!/usr/bin/env python3
"""Records PyTorch's resized pictures in scale.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_scale.py (PyTorch 1.13 was used).
The picture that goes in is not recorded: element i (from 0, in row-major order) is
(37 i mod 101) / 100.
"""
import os
import torch
import torch.nn.functional as F


def fill(*size):
    count = torch.Size(size).numel()
    return ((torch.arange(count) * 37 % 101).double() / 100).reshape(size)


def scaled(size, to, **how):
    return F.interpolate(fill(*size), to, **how)


def entry(mode, size, to, result):
    values = ", ".join("%.12g" % x for x in result.flatten().tolist())
    return '  { mode = "%s", size = { %s }, to = { %d, %d },\n    values = { %s } },\n' % (
        mode, ", ".join(map(str, size)), to[0], to[1], values)


enlarge = dict(mode="bilinear", align_corners=True)
cases = [
    ("bilinear", (1, 1, 2, 3), (4, 5), enlarge),
    ("bilinear", (2, 3, 3, 4), (7, 4), enlarge),
    ("bilinear", (1, 2, 1, 3), (1, 6), enlarge),
    ("bilinear", (1, 1, 4, 6), (2, 3), dict(mode="area")),
    ("bilinear", (2, 1, 6, 4), (2, 4), dict(mode="area")),
    ("simple", (1, 2, 3, 4), (5, 2), dict(mode="nearest")),
    ("simple", (2, 1, 2, 2), (4, 6), dict(mode="nearest")),
]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scale.lua")
with open(path, "w") as out:
    out.write("-- Recorded from PyTorch by record_scale.py: do not edit.\n")
    out.write("-- luacheck: no max line length\nreturn {\n")
    for mode, size, to, how in cases:
        out.write(entry(mode, size, to, scaled(size, to, **how)))
    out.write("}\n")

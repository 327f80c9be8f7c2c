#!/usr/bin/env python3
"""Records PyTorch's results of convolution, pooling and batch normalization in spatial.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_spatial.py (PyTorch 1.13 was used).
Tensors that go in are not recorded: both sides fill them with fill(), element i (from 0, in row-major
order) of a tensor with the given salt.
"""
import os
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def fill(salt, *size):
    count = torch.Size(size).numel()
    i = torch.arange(count)
    return (((i * 37 + salt * 11) % 101).double() / 50 - 1).reshape(size)


def lua(value):
    if isinstance(value, torch.Tensor):
        return "{ " + ", ".join("%.12g" % x for x in value.detach().flatten().tolist()) + " }"
    if isinstance(value, (list, tuple)):
        return "{ " + ", ".join(lua(x) for x in value) + " }"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def entry(**fields):
    return "  {\n" + "".join("    %s = %s,\n" % (k, lua(v)) for k, v in fields.items()) + "  },\n"


def conv(size, planes, kernel, step=(1, 1), pad=(0, 0), dilation=(1, 1), groups=1, adj=None):
    """Sizes as Torch7 orders them: width first."""
    n_in, n_out = planes
    full = adj is not None
    x = fill(1, *size).requires_grad_()
    shape = (n_in, n_out // groups) if full else (n_out, n_in // groups)
    weight = fill(2, *shape, kernel[1], kernel[0]).requires_grad_()
    bias = fill(3, n_out).requires_grad_()
    if full:
        y = F.conv_transpose2d(x, weight, bias, step[::-1], pad[::-1], adj[::-1], groups,
                               dilation[::-1])
    else:
        y = F.conv2d(x, weight, bias, step[::-1], pad[::-1], dilation[::-1], groups)
    y.backward(fill(4, *y.shape))
    args = [n_in, n_out, *kernel, *step, *pad] + (list(adj) if full else []) + [*dilation, groups]
    return entry(args=args, size=size, outputSize=list(y.shape), output=y, gradInput=x.grad,
                 gradWeight=weight.grad, gradBias=bias.grad)


def max_pool(size, kernel, step, pad=(0, 0), ceil=False):
    x = fill(1, *size).requires_grad_()
    y, where = F.max_pool2d(x, kernel[::-1], step[::-1], pad[::-1], ceil_mode=ceil,
                            return_indices=True)
    y.backward(fill(4, *y.shape))
    return entry(args=[*kernel, *step, *pad], size=size, ceil=ceil, outputSize=list(y.shape),
                 output=y, indices=where + 1, gradInput=x.grad)


def average_pool(size, kernel, step, pad=(0, 0), ceil=False, count_pad=True):
    x = fill(1, *size).requires_grad_()
    y = F.avg_pool2d(x, kernel[::-1], step[::-1], pad[::-1], ceil, count_pad)
    y.backward(fill(4, *y.shape))
    return entry(args=[*kernel, *step, *pad], size=size, ceil=ceil, countPad=count_pad,
                 outputSize=list(y.shape), output=y, gradInput=x.grad)


def batch_norm(size, eps=1e-5, momentum=0.1, affine=True):
    layer = (torch.nn.BatchNorm1d if len(size) == 2 else torch.nn.BatchNorm2d)(
        size[1], eps, momentum, affine)
    if affine:
        layer.weight.data = fill(2, size[1])
        layer.bias.data = fill(3, size[1])
    layer(fill(5, *size))  # so that the running statistics are not at their start
    layer.zero_grad()
    x = fill(1, *size).requires_grad_()
    y = layer(x)
    y.backward(fill(4, *size))
    fields = dict(args=[size[1], eps, momentum, affine], size=size, output=y, gradInput=x.grad,
                  running_mean=layer.running_mean, running_var=layer.running_var)
    if affine:
        fields.update(gradWeight=layer.weight.grad.clone(), gradBias=layer.bias.grad.clone())
    layer.eval()
    layer.zero_grad()
    x = fill(1, *size).requires_grad_()
    y = layer(x)
    y.backward(fill(4, *size))
    fields.update(evalOutput=y, evalGradInput=x.grad)
    if affine:
        fields.update(evalGradWeight=layer.weight.grad)
    return entry(**fields)


SECTIONS = {
    "convolution": [
        conv([2, 1, 5, 6], (1, 2), (3, 3)),
        conv([2, 3, 6, 5], (3, 4), (3, 2), (2, 1), (1, 2)),
        conv([4, 3, 7], (4, 2), (1, 1)),
        conv([1, 2, 8, 9], (2, 3), (3, 3), (1, 2), (2, 2), (2, 3)),
        conv([2, 4, 5, 5], (4, 6), (3, 3), (1, 1), (1, 1), groups=2),
        conv([2, 3, 5, 6], (3, 3), (3, 3), (1, 1), (1, 1), groups=3),
        conv([3, 2, 4, 4], (2, 7), (4, 4)),
        conv([1, 1, 9, 9], (1, 1), (2, 2), (3, 3)),
        conv([2, 2, 4, 4], (2, 2), (1, 1), (2, 3), (1, 1)),
    ],
    "fullConvolution": [
        conv([2, 3, 3, 4], (3, 2), (3, 3), adj=(0, 0)),
        conv([2, 3, 3, 4], (3, 2), (4, 4), (2, 2), (1, 1), adj=(0, 0)),
        conv([1, 2, 4, 3], (2, 3), (3, 2), (3, 2), (1, 0), adj=(2, 1)),
        conv([2, 4, 1, 1], (4, 3), (4, 4), adj=(0, 0)),
        conv([2, 4, 3, 3], (4, 6), (3, 3), (2, 2), (1, 1), groups=2, adj=(1, 1)),
        conv([1, 2, 3, 3], (2, 2), (2, 2), (4, 4), (0, 0), (3, 1), adj=(0, 0)),
    ],
    "maxPooling": [
        max_pool([2, 2, 6, 6], (2, 2), (2, 2)),
        max_pool([1, 3, 7, 6], (3, 3), (2, 2), (1, 1)),
        max_pool([2, 7, 7], (3, 2), (2, 3), (1, 1), True),
        max_pool([1, 1, 5, 5], (2, 2), (2, 2), (0, 0), True),
        max_pool([1, 2, 5, 5], (3, 3), (1, 1)),
    ],
    "averagePooling": [
        average_pool([2, 2, 6, 6], (2, 2), (2, 2)),
        average_pool([1, 3, 7, 6], (3, 3), (2, 2), (1, 1)),
        average_pool([1, 3, 7, 6], (3, 3), (2, 2), (1, 1), count_pad=False),
        average_pool([2, 7, 7], (3, 2), (2, 3), (1, 1), True),
        average_pool([2, 7, 7], (3, 2), (2, 3), (1, 1), True, False),
        average_pool([1, 2, 4, 4], (4, 4), (1, 1)),
    ],
    "batchNormalization": [
        batch_norm([5, 3]),
        batch_norm([4, 6], 1e-3, 0.3, False),
        batch_norm([2, 3, 4, 5]),
        batch_norm([1, 2, 3, 3], 1e-3, 0.5),
    ],
}

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spatial.lua")
    with open(path, "w") as out:
        out.write("-- Recorded from PyTorch by record_spatial.py: do not edit.\n")
        out.write("-- luacheck: no max line length\nreturn {\n")
        for name, entries in SECTIONS.items():
            out.write("%s = {\n%s},\n" % (name, "".join(entries)))
        out.write("}\n")

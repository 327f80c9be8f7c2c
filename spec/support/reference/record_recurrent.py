#!/usr/bin/env python3
"""Records PyTorch's results of recurrent layers in recurrent.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_recurrent.py (PyTorch 1.13 was used).
Inputs are fill(1), initial states and cells fill(5) and fill(6), gradients of the output fill(4), of the
last states fill(7) and fill(8). Parameter k (from 0) of a layer, in our layout, is 0.5 fill(10 + k).
"""
import os

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from record_spatial import entry, fill

# The place of each of our blocks among PyTorch's.
ORDERS = {"LSTM": [0, 1, 3, 2], "GRU": [0, 1, 2], "RNN": [0]}


def parameters(kind, inputs, size, layers, directions):
    """Our weights and biases: per layer and direction, weight then bias."""
    blocks = len(ORDERS[kind])
    own, k = [], 10
    for layer in range(layers):
        width = inputs if layer == 0 else size * directions
        for _ in range(directions):
            biases = 4 if kind == "GRU" else blocks
            own.append((0.5 * fill(k, width + size, blocks * size)).requires_grad_())
            own.append((0.5 * fill(k + 1, biases * size)).requires_grad_())
            k += 2
    return own


def to_torch(kind, own, size):
    """PyTorch's parameters of one layer and direction as functions of ours."""
    weight, bias = own
    order = ORDERS[kind]
    place = [order.index(i) for i in range(len(order))]
    w = torch.cat([weight[:, p * size:(p + 1) * size] for p in place], 1).t()
    width = weight.shape[0] - size
    b = [bias[i * size:(i + 1) * size] for i in range(len(bias) // size)]
    zero = torch.zeros(size)
    if kind == "GRU":  # ours: r, u, the state's share, n
        bih, bhh = torch.cat([b[0], b[1], b[3]]), torch.cat([zero, zero, b[2]])
    else:
        bih, bhh = torch.cat([b[p] for p in place]), torch.cat([zero] * len(place))
    return [w[:, :width], w[:, width:], bih, bhh]


def run(kind, inputs, size, steps, batch, layers=1, bidirectional=False, lengths=None,
        nonlinearity=None, states=True, batch_first=False, chunks=None):
    """chunks: the lengths of parts of the sequence that are fed one after the other, each from the
    states that the one before ended with, without a gradient across: truncated back-propagation."""
    directions = 2 if bidirectional else 1
    own = parameters(kind, inputs, size, layers, directions)
    extra = dict(nonlinearity=nonlinearity) if nonlinearity else {}
    net = getattr(torch.nn, kind)(inputs, size, layers, bidirectional=bidirectional,
                                  batch_first=batch_first, **extra)
    flat = []
    for k in range(layers * directions):
        flat += to_torch(kind, own[2 * k:2 * k + 2], size)
    names = [n for n, _ in net.named_parameters()]
    for name in names:
        delattr(net, name)
    for name, value in zip(names, flat):
        setattr(net, name, value)
    net._flat_weights = flat
    x = fill(1, *((batch, steps) if batch_first else (steps, batch)), inputs).requires_grad_()
    h0 = fill(5, layers * directions, batch, size).requires_grad_()
    c0 = fill(6, layers * directions, batch, size).requires_grad_()
    start = (h0, c0) if kind == "LSTM" else h0
    if chunks:
        y, end = [], None
        for part in x.split(chunks):
            if end is not None:
                end = tuple(t.detach() for t in end) if kind == "LSTM" else end.detach()
            out, end = net(part, end)
            y.append(out)
        y = torch.cat(y)
    else:
        fed = x
        if lengths:
            fed = pack_padded_sequence(x, lengths, batch_first, enforce_sorted=False)
        y, end = net(fed, start if states else None)
        if lengths:
            y, _ = pad_packed_sequence(y, batch_first, total_length=steps)
    hn, cn = end if kind == "LSTM" else (end, None)
    loss = (y * fill(4, *y.shape)).sum()
    if states:
        loss = loss + (hn * fill(7, *hn.shape)).sum()
        if cn is not None:
            loss = loss + (cn * fill(8, *cn.shape)).sum()
    loss.backward()
    options = [layers, batch_first, 0, bidirectional]
    options += [nonlinearity or "tanh"] if kind == "RNN" else [kind == "GRU"]
    fields = dict(layer="Seq" + kind, args=[inputs, size] + options, size=list(x.shape),
                  states=states, lengths=lengths or [], output=y, hn=hn, gradInput=x.grad)
    if chunks:
        fields["chunks"] = chunks
    fields["gradients"] = [p.grad for p in own]
    if states:
        fields["gradH0"] = h0.grad
    if cn is not None:
        fields.update(cn=cn)
        if states:
            fields.update(gradC0=c0.grad)
    return entry(**fields).replace("'", '"')


ENTRIES = [run(kind, 3, 4, 3, 2, **options)
           for kind in ("LSTM", "GRU", "RNN")
           for options in (dict(), dict(states=False), dict(layers=2, bidirectional=True),
                           dict(bidirectional=True, lengths=[2, 3]))]
ENTRIES += [
    run("RNN", 3, 4, 3, 2, nonlinearity="relu"),
    run("LSTM", 2, 19, 3, 7, states=False),
    run("GRU", 2, 19, 3, 7, states=False),
    run("LSTM", 3, 4, 1, 1, layers=2),
]
ENTRIES += [run(kind, 3, 4, 4, 3, **options) for kind in ("LSTM", "GRU", "RNN")
            for options in (dict(layers=2, lengths=[4, 1, 3]),
                            dict(layers=3, bidirectional=True, lengths=[2, 4, 1],
                                 batch_first=True),
                            dict(batch_first=True, states=False),
                            dict(layers=2, states=False, chunks=[2, 1, 1]))]

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recurrent.lua")
    with open(path, "w") as out:
        out.write("-- Recorded by record_recurrent.py with PyTorch %s; do not edit.\n"
                  "-- luacheck: no max line length\nreturn {\n" % torch.__version__)
        out.write("".join(ENTRIES))
        out.write("}\n")

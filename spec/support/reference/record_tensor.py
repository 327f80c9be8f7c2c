#!/usr/bin/env python3
"""Records PyTorch's and NumPy's results of linear algebra, statistics and special functions in
tensor.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_tensor.py (PyTorch 1.13 and NumPy 1.24
were used). Each entry is a line of Lua, which spec/tensor/reference_spec.lua runs with the same
variables, and the result in row-major order. Variables are made of fill(), see record_spatial.py.
"""
import os

import numpy as np
import torch

from record_spatial import fill

torch.set_default_dtype(torch.float64)

a = fill(1, 5, 5) + 3 * torch.eye(5)
b = fill(2, 5, 3)
s = a @ a.T
tall = fill(3, 7, 4)
wide = fill(4, 3, 6)
c = fill(5, 7, 2)
x = 3 * fill(6, 4, 6)
y = 2 * fill(7, 4, 6)
p = x.abs() + 0.1
batch1 = fill(8, 3, 4, 5)
batch2 = fill(9, 3, 5, 2)
image = fill(10, 2, 6, 7)
kernels = fill(11, 3, 2, 3, 2)
volume = fill(12, 3, 4, 5)
block = fill(13, 2, 2, 3)
ties = (4 * fill(14, 5, 8)).round()
nan = x.clone()
nan[1, 2] = nan[3, 5] = float("nan")


def flipped(k, dims):
    return torch.flip(k, dims)


def xcorr2(x, k, pad=(0, 0)):
    return torch.nn.functional.conv2d(x.unsqueeze(0), k, padding=pad)[0]


def xcorr3(x, k, pad=(0, 0, 0)):
    return torch.nn.functional.conv3d(x[None, None], k[None, None], padding=pad)[0, 0]


def eigenvalues(m):
    """Sorted by real, then imaginary part."""
    e = np.linalg.eigvals(m.numpy())
    order = np.lexsort((np.round(e.imag, 9), np.round(e.real, 9)))
    return torch.tensor(np.stack([e.real[order], e.imag[order]], 1))


def histogram(t, bins, low, high):
    return torch.histc(t, bins, low, high)


ENTRIES = [
    # linear systems
    ("torch.gesv(b, a)", torch.linalg.solve(a, b)),
    ("torch.inverse(a)", torch.inverse(a)),
    ("torch.det(a)", torch.det(a)),
    ("torch.det(s)", torch.det(s)),
    ("torch.trtrs(b, a)", torch.linalg.solve_triangular(a.triu(), b, upper=True)),
    ("torch.trtrs(b, a, 'L')", torch.linalg.solve_triangular(a.tril(), b, upper=False)),
    ("torch.trtrs(b, a, 'U', 'T')", torch.linalg.solve_triangular(a.triu().T, b, upper=False)),
    ("torch.trtrs(b, a, 'L', 'N', 'U')",
     torch.linalg.solve_triangular(a.tril(), b, upper=False, unitriangular=True)),
    ("torch.gels(c, tall):narrow(1, 1, 4)", torch.linalg.lstsq(tall, c).solution),
    ("torch.gels(b:narrow(1, 1, 3), wide)", torch.linalg.pinv(wide) @ b[:3]),
    # factors
    ("torch.potrf(s)", torch.linalg.cholesky(s).T),
    ("torch.potrf(s, 'L')", torch.linalg.cholesky(s)),
    ("torch.potrs(b, torch.potrf(s))", torch.linalg.solve(s, b)),
    ("torch.potrs(b, torch.potrf(s, 'L'), 'L')", torch.linalg.solve(s, b)),
    ("torch.potri(torch.potrf(s))", torch.inverse(s)),
    ("select(2, torch.qr(tall)):abs()", torch.linalg.qr(tall).R.abs()),
    ("select(1, torch.qr(tall)):abs()", torch.linalg.qr(tall).Q.abs()),
    ("select(1, torch.geqrf(tall)):triu():narrow(1, 1, 4):abs()",
     torch.geqrf(tall)[0].triu()[:4].abs()),
    ("torch.orgqr(torch.geqrf(tall)):abs()",
     torch.orgqr(*torch.geqrf(tall)).abs()),
    ("local m, tau = torch.geqrf(tall); return torch.ormqr(m, tau, c):abs()",
     torch.ormqr(*torch.geqrf(tall), c).abs()),
    ("local m, tau = torch.geqrf(tall); return torch.ormqr(m, tau, c, 'L', 'T'):abs()",
     torch.ormqr(*torch.geqrf(tall), c, left=True, transpose=True).abs()),
    ("local m, tau = torch.geqrf(a); return torch.ormqr(m, tau, b:t(), 'R'):abs()",
     torch.ormqr(*torch.geqrf(a), b.T, left=False).abs()),
    # eigenvalues, singular values
    ("torch.symeig(s)", torch.linalg.eigvalsh(s)),
    ("select(2, torch.symeig(s, 'V')):abs()", torch.linalg.eigh(s)[1].abs()),
    ("sorted(torch.eig(a))", eigenvalues(a)),
    ("sorted(torch.eig(fill(2, 4, 4)))", eigenvalues(fill(2, 4, 4))),
    ("select(2, torch.svd(tall))", torch.linalg.svdvals(tall)),
    ("select(1, torch.svd(tall)):abs()", torch.linalg.svd(tall, full_matrices=False)[0].abs()),
    ("select(3, torch.svd(wide)):abs()", torch.linalg.svd(wide, full_matrices=False)[2].T.abs()),
    # products
    ("torch.mm(tall, wide:narrow(2, 1, 4):t())", tall @ wide[:, :4].T),
    ("torch.bmm(batch1, batch2)", torch.bmm(batch1, batch2)),
    ("torch.addbmm(0.5, torch.ones(4, 2):typeAs(a), 2, batch1, batch2)",
     torch.addbmm(torch.ones(4, 2), batch1, batch2, beta=0.5, alpha=2)),
    ("torch.baddbmm(2, torch.ones(3, 4, 2):typeAs(a), -1, batch1, batch2)",
     torch.baddbmm(torch.ones(3, 4, 2), batch1, batch2, beta=2, alpha=-1)),
    ("torch.einsum('bij,bjk->ik', batch1, batch2)", np.einsum("bij,bjk->ik", batch1, batch2)),
    ("torch.einsum('bij,bjk,lk->lbi', batch1, batch2, c)",
     np.einsum("bij,bjk,lk->lbi", batch1, batch2, c)),
    ("torch.einsum('...i,ji->...j', batch1, a)", np.einsum("...i,ji->...j", batch1, a)),
    ("torch.einsum('ii->i', a)", np.einsum("ii->i", a)),
    ("torch.cross(b, b:clone():mul(2):add(1), 2)", torch.cross(b, 2 * b + 1, dim=1)),
    ("torch.match(x, y, 0.5)", 0.5 * torch.cdist(x, y) ** 2),
    # convolution
    ("torch.xcorr2(image, kernels)", xcorr2(image, kernels)),
    ("torch.xcorr2(image, kernels, 'F')", xcorr2(image, kernels, (2, 1))),
    ("torch.conv2(image, kernels)", xcorr2(image, flipped(kernels, (2, 3)))),
    ("torch.conv2(image, kernels, 'F')", xcorr2(image, flipped(kernels, (2, 3)), (2, 1))),
    ("torch.xcorr3(volume, block)", xcorr3(volume, block)),
    ("torch.conv3(volume, block, 'F')", xcorr3(volume, flipped(block, (0, 1, 2)), (1, 1, 2))),
    # statistics
    ("torch.median(x, 1)", x.median(0, keepdim=True).values),
    ("torch.median(x, 2)", x.median(1, keepdim=True).values),
    ("torch.median(nan, 2)", nan.median(1, keepdim=True).values),
    ("select(2, torch.median(nan, 2))", nan.median(1, keepdim=True).indices + 1),
    ("torch.max(nan, 2)", nan.max(1, keepdim=True).values),
    ("select(2, torch.max(nan, 2))", nan.max(1, keepdim=True).indices + 1),
    ("torch.min(nan, 1)", nan.min(0, keepdim=True).values),
    ("select(2, torch.min(nan, 1))", nan.min(0, keepdim=True).indices + 1),
    ("torch.sort(nan, 2)", nan.sort(1).values),
    ("torch.sort(nan, 1, true)", nan.sort(0, descending=True).values),
    ("torch.cmax(nan, 0.5)", nan.clamp(min=0.5)),
    ("torch.clamp(nan, -1, 1)", nan.clamp(-1, 1)),
    ("torch.cumsum(nan, 2)", nan.cumsum(1)),
    ("torch.logsumexp(nan, 2)", nan.logsumexp(1, keepdim=True)),
    ("torch.mode(ties, 2)", ties.mode(1, keepdim=True).values),
    ("torch.kthvalue(x, 3, 2)", x.kthvalue(3, 1, keepdim=True).values),
    ("torch.topk(x, 4, 2)", x.topk(4, 1, largest=False).values),
    ("torch.topk(x, 2, 1, true)", x.topk(2, 0, largest=True).values),
    ("torch.unique(ties)", ties.unique()),
    ("torch.std(x)", x.std()),
    ("torch.std(x, 1)", x.std(0, keepdim=True)),
    ("torch.var(x, 2, true)", x.var(1, unbiased=False, keepdim=True)),
    ("torch.var(x:clone():add(1e4), 2)", (x + 1e4).var(1, keepdim=True)),
    ("torch.norm(x)", x.norm()),
    ("torch.norm(x, 3)", x.norm(3)),
    ("torch.norm(x, 1, 1)", x.norm(1, 0, keepdim=True)),
    ("torch.norm(x, 0.5, 2)", x.norm(0.5, 1, keepdim=True)),
    ("torch.norm(x, math.huge, 2)", x.norm(float("inf"), 1, keepdim=True)),
    ("torch.dist(x, y)", torch.dist(x, y)),
    ("torch.dist(x, y, 3)", torch.dist(x, y, 3)),
    ("torch.renorm(x, 2, 1, 3)", torch.renorm(x, 2, 0, 3)),
    ("torch.renorm(batch1, 1, 2, 4)", torch.renorm(batch1, 1, 1, 4)),
    ("torch.logsumexp(x, 1)", x.logsumexp(0, keepdim=True)),
    ("torch.histc(x, 7, -2, 2)", histogram(x, 7, -2, 2)),
    ("torch.histc(x, 5)", histogram(x, 5, 0, 0)),
    ("torch.cumprod(x, 2)", x.cumprod(1)),
    ("torch.prod(x, 1)", x.prod(0, keepdim=True)),
    ("torch.trace(a)", a.trace()),
    # functions
    ("torch.erf(x)", x.erf()),
    ("torch.expm1(x:clone():mul(1e-5))", (1e-5 * x).expm1()),
    ("torch.log1p(p:clone():mul(1e-5))", (1e-5 * p).log1p()),
    ("torch.log2(p)", p.log2()),
    ("torch.log10(p)", p.log10()),
    ("torch.atan2(x, y)", torch.atan2(x, y)),
    ("torch.asinh(x)", x.asinh()),
    ("torch.acosh(p:clone():add(1))", (p + 1).acosh()),
    ("torch.atanh(x:clone():div(4))", (x / 4).atanh()),
    ("torch.fmod(x, 0.7)", x.fmod(0.7)),
    ("torch.remainder(x, -0.7)", x.remainder(-0.7)),
    ("torch.cpow(p, y)", p.pow(y)),
    ("torch.pow(2, x)", torch.pow(2, x)),
    ("torch.lerp(x, y, 0.3)", torch.lerp(x, y, 0.3)),
    ("torch.rsqrt(p)", p.rsqrt()),
    ("torch.sigmoid(x)", x.sigmoid()),
    ("torch.round(x)", torch.tensor(np.copysign(np.floor(np.abs(x.numpy()) + 0.5), x.numpy()))),
    ("torch.linspace(-1, 2, 7)", torch.linspace(-1, 2, 7)),
    ("torch.logspace(-1, 2, 7)", torch.logspace(-1, 2, 7)),
]


def number(v):
    return "0/0" if v != v else "%.14g" % v


def main():
    lines = ["-- Written by record_tensor.py: lines of Lua and their results.", "return {"]
    for code, value in ENTRIES:
        flat = torch.as_tensor(value, dtype=torch.float64).flatten().tolist()
        lines.append('  { "%s", {' % code)
        line = "   "
        for v in flat:
            if len(line) + len(number(v)) > 97:
                lines.append(line)
                line = "   "
            line += " " + number(v) + ","
        lines += [line, "  } },"]
    lines += ["}", ""]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tensor.lua")
    with open(path, "w") as out:
        out.write("\n".join(lines))


if __name__ == "__main__":
    main()

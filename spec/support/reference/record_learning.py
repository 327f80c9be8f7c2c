#!/usr/bin/env python3
"""Records PyTorch's results of transfer functions and optimizers in learning.lua, of losses in losses.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_learning.py (PyTorch 1.13 was used).
Inputs of transfer functions are 4 fill(1, ...), gradients of outputs fill(4, ...), as in
record_spatial.py; inputs and targets of losses are recorded. Optimizers minimize
sum(0.5 d (x - c)^2) with d = fill(2) + 1.5 and c = fill(3), from x = fill(1).
"""
import os

import torch
import torch.nn.functional as F

from record_spatial import entry, fill


def transfer(layer, args, f, size=(3, 7), parameters=()):
    x = (4 * fill(1, *size)).requires_grad_()
    weights = [fill(2, *p).requires_grad_() for p in parameters]
    y = f(x, *weights)
    y.backward(fill(4, *y.shape))
    fields = dict(layer=layer, args=args, size=list(size), output=y, gradInput=x.grad)
    if weights:
        fields.update(gradWeight=weights[0].grad)
    return entry(**fields)




TRANSFER = [
    transfer("ReLU", [], F.relu),
    transfer("ReLU6", [], F.relu6),
    transfer("LeakyReLU", [], F.leaky_relu),
    transfer("LeakyReLU", [0.2], lambda x: F.leaky_relu(x, 0.2)),
    transfer("Threshold", [0.3, -0.7], lambda x: F.threshold(x, 0.3, -0.7)),
    transfer("HardTanh", [], F.hardtanh),
    transfer("HardTanh", [-0.5, 2], lambda x: F.hardtanh(x, -0.5, 2)),
    transfer("Clamp", [-0.5, 2], lambda x: F.hardtanh(x, -0.5, 2)),
    transfer("HardShrink", [0.85], lambda x: F.hardshrink(x, 0.85)),
    transfer("SoftShrink", [0.85], lambda x: F.softshrink(x, 0.85)),
    transfer("SoftPlus", [], F.softplus),
    transfer("SoftPlus", [2, 3], lambda x: F.softplus(x, 2, 3)),
    transfer("SoftSign", [], F.softsign),
    transfer("LogSigmoid", [], F.logsigmoid),
    transfer("Sigmoid", [], torch.sigmoid),
    transfer("Tanh", [], torch.tanh),
    transfer("TanhShrink", [], F.tanhshrink),
    transfer("ScaledTanh", [], lambda x: 1.7159 * torch.tanh(2 / 3 * x)),
    transfer("ELU", [], F.elu),
    transfer("ELU", [0.3], lambda x: F.elu(x, 0.3)),
    transfer("SELU", [], F.selu),
    transfer("GELU", [], F.gelu),
    transfer("GELU", ["tanh"], lambda x: F.gelu(x, approximate="tanh")),
    transfer("SiLU", [], F.silu),
    transfer("Mish", [], F.mish),
    transfer("Hardswish", [], F.hardswish),
    transfer("Hardsigmoid", [], F.hardsigmoid),
    transfer("Abs", [], torch.abs),
    transfer("Exp", [], torch.exp),
    transfer("Square", [], torch.square),
    transfer("AddConstant", [1.5], lambda x: x + 1.5),
    transfer("MulConstant", [-2.5], lambda x: x * -2.5),
    transfer("PReLU", [], F.prelu, parameters=[(1,)]),
    transfer("PReLU", [7], F.prelu, parameters=[(7,)]),
    transfer("PReLU", [3], F.prelu, (2, 3, 2, 4), parameters=[(3,)]),
    transfer("GatedLinearUnit", [], F.glu, (3, 8)),
    transfer("GatedLinearUnit", [2], lambda x: F.glu(x, 1), (2, 4, 3)),
    transfer("SwiGLU", [], lambda x: F.silu(x[:, :4]) * x[:, 4:], (3, 8)),
    transfer("CReLU", [1], lambda x: torch.cat([F.relu(x), F.relu(-x)], 1)),
    transfer("SoftMax", [], lambda x: F.softmax(x, 0), (9,)),
    transfer("SoftMax", [], lambda x: F.softmax(x, 1), (3, 20)),
    transfer("SoftMax", [], lambda x: F.softmax(x, 0), (3, 2, 4)),
    transfer("SoftMax", [], lambda x: F.softmax(x, 1), (2, 3, 5, 2)),
    transfer("SoftMin", [], lambda x: F.softmin(x, 1)),
    transfer("LogSoftMax", [], lambda x: F.log_softmax(x, 0), (9,)),
    transfer("LogSoftMax", [], lambda x: F.log_softmax(x, 1), (3, 20)),
    transfer("LogSoftMax", [], lambda x: F.log_softmax(x, 1), (2, 3, 5, 2)),
]


def sizes(value):
    return [list(v.shape) for v in value] if isinstance(value, list) else list(value.shape)


def loss(criterion, args, f, x, target, **fields):
    """x: a tensor or a list of tensors; target: a tensor, or None."""
    many = isinstance(x, list)
    inputs = [v.clone().requires_grad_() for v in (x if many else [x])]
    value = f(*inputs, target) if target is not None else f(*inputs)
    value.backward()
    grads = [v.grad for v in inputs]
    fields = dict(fields)
    if target is not None:
        fields.update(target=target, targetSize=list(target.shape))
    return entry(criterion=criterion, args=args, input=x, inputSize=sizes(x), loss=value.item(),
                 gradInput=grads if many else grads[0], **fields)


X, Y = 3 * fill(1, 4, 5), 2 * fill(2, 4, 5)
P, Q = (fill(1, 4, 5) + 1.05) / 2.1, (fill(5, 4, 5) + 1) / 2
BITS, SIGNS = (fill(6, 4, 5) > 0).double(), torch.sign(fill(6, 4, 5) + 0.001)
LABELS = torch.tensor([3, 1, 5, 2])
W = fill(7, 5) + 1.5
IMAGE, IMAGE_LABELS = 3 * fill(1, 2, 3, 2, 4), (torch.arange(16) * 7 % 3 + 1).reshape(2, 2, 4)
ROW_SIGNS = torch.tensor([1.0, -1.0, -1.0, 1.0])
A, B, C = fill(1, 4, 5), fill(8, 4, 5), fill(20, 4, 5)


def nll(x, t, **k):
    return F.nll_loss(x, t - 1, **k)


def ce(x, t, **k):
    return F.cross_entropy(x, t - 1, **k)


def focal(x, t, gamma=2, alpha=0.25):
    """torchvision's sigmoid_focal_loss"""
    p = torch.sigmoid(x)
    entropy = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    q = p * t + (1 - p) * (1 - t)
    weight = alpha * t + (1 - alpha) * (1 - t)
    return (weight * (1 - q) ** gamma * entropy).mean()


LOSSES = [
    loss("MSECriterion", [], F.mse_loss, X, Y),
    loss("MSECriterion", [False], lambda x, t: F.mse_loss(x, t, reduction="sum"), X, Y),
    loss("AbsCriterion", [], F.l1_loss, X, Y),
    loss("SmoothL1Criterion", [], F.smooth_l1_loss, X, Y),
    loss("SmoothL1Criterion", [False, 0.4],
         lambda x, t: F.smooth_l1_loss(x, t, reduction="sum", beta=0.4), X, Y),
    loss("HuberCriterion", [0.7], lambda x, t: F.huber_loss(x, t, delta=0.7), X, Y),
    loss("BCECriterion", [], F.binary_cross_entropy, P, Q),
    loss("BCECriterion", [], lambda x, t: F.binary_cross_entropy(x, t, weight=W), P, BITS,
         weights=W),
    loss("BCEWithLogitsCriterion", [], F.binary_cross_entropy_with_logits, X, Q),
    loss("BCEWithLogitsCriterion", [], lambda x, t: F.binary_cross_entropy_with_logits(
        x, t, weight=W, pos_weight=2 * W), X, BITS, weights=W, posWeight=2 * W),
    loss("DistKLDivCriterion", [], lambda x, t: F.kl_div(x, t, reduction="mean"), X, Q),
    loss("MarginCriterion", [0.8], lambda x, t: torch.clamp(0.8 - x * t, min=0).mean(), X, SIGNS),
    loss("SoftMarginCriterion", [], F.soft_margin_loss, X, SIGNS),
    loss("HingeEmbeddingCriterion", [0.9], lambda x, t: torch.where(
        t > 0, x, torch.clamp(0.9 - x, min=0)).mean(), X, SIGNS),
    loss("MultiLabelSoftMarginCriterion", [], F.multilabel_soft_margin_loss, X, BITS),
    loss("ClassNLLCriterion", [], nll, X, LABELS),
    loss("ClassNLLCriterion", [], lambda x, t: nll(x, t, weight=W), X, LABELS, weights=W),
    loss("ClassNLLCriterion", [], lambda x, t: nll(x, t, ignore_index=4), X, LABELS, ignore=5),
    loss("ClassNLLCriterion", [], nll, IMAGE, IMAGE_LABELS),
    loss("CrossEntropyCriterion", [], ce, X, LABELS),
    loss("CrossEntropyCriterion", [], lambda x, t: ce(x, t, weight=W), X, LABELS, weights=W),
    loss("CrossEntropyCriterion", [], lambda x, t: ce(x, t, ignore_index=4), X, LABELS, ignore=5),
    loss("CrossEntropyCriterion", [], lambda x, t: ce(x, t, weight=W, reduction="sum"), X, LABELS,
         weights=W, sum=True),
    loss("CrossEntropyCriterion", [], ce, IMAGE, IMAGE_LABELS),
    loss("CrossEntropyCriterion", [], lambda x, t: ce(x, t, label_smoothing=0.2), X, LABELS,
         smoothing=0.2),
    loss("CrossEntropyCriterion", [], lambda x, t: ce(
        x, t, weight=W, ignore_index=4, label_smoothing=0.3), X, LABELS, weights=W, ignore=5,
        smoothing=0.3),
    loss("CrossEntropyCriterion", [], lambda x, t: ce(x, t, label_smoothing=0.1), IMAGE,
         IMAGE_LABELS, smoothing=0.1),
    loss("FocalCriterion", [], focal, X, BITS),
    loss("FocalCriterion", [1.5, 0.6, False],
         lambda x, t: X.numel() * focal(x, t, 1.5, 0.6), X, Q),
    loss("MultiMarginCriterion", [], lambda x, t: F.multi_margin_loss(x, t - 1), X, LABELS),
    loss("MultiMarginCriterion", [2],
         lambda x, t: F.multi_margin_loss(x, t - 1, p=2, margin=0.7, weight=W), X, LABELS,
         weights=W, margin=0.7),
    loss("MultiLabelMarginCriterion", [], lambda x, t: F.multilabel_margin_loss(x, t - 1), X,
         torch.tensor([[1, 3, 0, 0, 0], [4, 0, 1, 2, 0], [5, 4, 3, 2, 1], [2, 0, 0, 0, 0]])),
    loss("CosineEmbeddingCriterion", [0.1],
         lambda a, b, t: F.cosine_embedding_loss(a, b, t, margin=0.1), [A, B], ROW_SIGNS),
    loss("MarginRankingCriterion", [0.3],
         lambda a, b, t: F.margin_ranking_loss(a, b, t, margin=0.3), [A[:, 0], B[:, 0]], ROW_SIGNS),
    loss("TripletMarginCriterion", [1.2], lambda a, b, c: F.triplet_margin_loss(
        a, b, c, margin=1.2, eps=0), [A, B, C], None),
    loss("L1Cost", [], lambda x: x.abs().sum(), X, None),
    loss("L1HingeEmbeddingCriterion", [1.5], lambda a, b, t: (a - b).abs().sum(), [A, B],
         torch.tensor([1.0])),
    loss("L1HingeEmbeddingCriterion", [20], lambda a, b, t: torch.clamp(20 - (a - b).abs().sum(),
                                                                        min=0), [A, B],
         torch.tensor([-1.0])),
    loss("WeightedMSECriterion", [], lambda x, t: F.mse_loss(W * x, W * t), X, Y, weight=W),
    loss("SpatialClassNLLCriterion", [], nll, IMAGE, IMAGE_LABELS),
    loss("GaussianCriterion", [], lambda m, v, t: F.gaussian_nll_loss(
        m, t, v.exp(), full=True, eps=1e-30, reduction="sum"), [A, B], C),
    loss("GaussianKLCriterion", [], lambda m, v: torch.distributions.kl_divergence(
        torch.distributions.Normal(m, (v / 2).exp()),
        torch.distributions.Normal(torch.zeros_like(m), torch.ones_like(m))).sum() / 4, [A, B],
        None),
    loss("DistanceRatioCriterion", [], lambda s, d: F.softplus(s - d).sum() / 4, [A, B], None),
]


def gan(kind, role, f):
    return loss("GANCriterion", [kind], f, X, None, role=role)


def bce(label):
    return lambda x: F.binary_cross_entropy_with_logits(x, torch.full_like(x, label))


LOSSES += [
    gan("nonSaturating", "real", bce(1.0)), gan("nonSaturating", "fake", bce(0.0)),
    gan("nonSaturating", "generator", bce(1.0)),
    gan("leastSquares", "real", lambda x: 0.5 * ((x - 1) ** 2).mean()),
    gan("leastSquares", "fake", lambda x: 0.5 * (x ** 2).mean()),
    gan("leastSquares", "generator", lambda x: 0.5 * ((x - 1) ** 2).mean()),
    gan("hinge", "real", lambda x: F.relu(1 - x).mean()),
    gan("hinge", "fake", lambda x: F.relu(1 + x).mean()),
    gan("hinge", "generator", lambda x: -x.mean()),
    gan("wasserstein", "real", lambda x: -x.mean()),
    gan("wasserstein", "fake", lambda x: x.mean()),
    gan("wasserstein", "generator", lambda x: -x.mean()),
]

D, CENTRE = fill(2, 7) + 1.5, fill(3, 7)


def optimizer(name, config, make, steps=6):
    x = fill(1, 7).requires_grad_()
    method = make([x])
    path = []
    def closure():
        method.zero_grad()
        value = (0.5 * D * (x - CENTRE) ** 2).sum()
        value.backward()
        return value

    for _ in range(steps):
        method.step(closure)
        path.append(x.detach().clone())
    keys = "{ " + ", ".join("%s = %s" % (k, str(v).lower()) for k, v in config.items()) + " }"
    return entry(optimizer=name, path=path).replace(
        "  {\n", "  {\n    config = %s,\n" % keys, 1)


O = torch.optim
OPTIMIZERS = [
    optimizer("sgd", dict(learningRate=0.1), lambda p: O.SGD(p, 0.1)),
    optimizer("sgd", dict(learningRate=0.1, weightDecay=0.05, momentum=0.9, dampening=0),
              lambda p: O.SGD(p, 0.1, 0.9, weight_decay=0.05)),
    optimizer("sgd", dict(learningRate=0.1, momentum=0.8, dampening=0.3),
              lambda p: O.SGD(p, 0.1, 0.8, 0.3)),
    optimizer("sgd", dict(learningRate=0.1, weightDecay=0.05, momentum=0.9, dampening=0,
                          nesterov=True),
              lambda p: O.SGD(p, 0.1, 0.9, 0, 0.05, True)),
    optimizer("adam", dict(learningRate=0.05), lambda p: O.Adam(p, 0.05)),
    optimizer("adam", dict(learningRate=0.05, beta1=0.7, beta2=0.9, weightDecay=0.1),
              lambda p: O.Adam(p, 0.05, (0.7, 0.9), weight_decay=0.1)),
    optimizer("adamw", dict(learningRate=0.05, epsilon=1e-2),
              lambda p: O.AdamW(p, 0.05, eps=1e-2)),
    optimizer("adamax", dict(learningRate=0.05, epsilon=1e-8, weightDecay=0.1),
              lambda p: O.Adamax(p, 0.05, weight_decay=0.1)),
    optimizer("rmsprop", dict(learningRate=0.05, alpha=0.9, epsilon=1e-3, weightDecay=0.1),
              lambda p: O.RMSprop(p, 0.05, 0.9, 1e-3, 0.1)),
    optimizer("adagrad", dict(learningRate=0.1, learningRateDecay=0.2, weightDecay=0.1),
              lambda p: O.Adagrad(p, 0.1, 0.2, 0.1)),
    optimizer("adadelta", dict(rho=0.8, eps=1e-3, weightDecay=0.1),
              lambda p: O.Adadelta(p, 1, 0.8, 1e-3, 0.1)),
    optimizer("rprop", dict(stepsize=0.2137), lambda p: O.Rprop(p, 0.2137)),
    optimizer("asgd", {"eta0": 0.1, "lambda": 0.01, "t0": 2},
              lambda p: O.ASGD(p, 0.1, 0.01, t0=2)),
    optimizer("lbfgs", dict(learningRate=0.5, maxIter=3, maxEval=99),
              lambda p: O.LBFGS(p, 0.5, 3, 99, 1e-12), 3),
    optimizer("lbfgs", dict(learningRate=0.8, maxIter=2, maxEval=99, nCorrection=2),
              lambda p: O.LBFGS(p, 0.8, 2, 99, 1e-12, history_size=2), 4),
]



def write(name, sections):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w") as out:
        out.write("-- Recorded by record_learning.py with PyTorch %s; do not edit.\n"
                  "-- luacheck: no max line length\nreturn {\n" % torch.__version__)
        for section, entries in sections.items():
            out.write("%s = {\n%s},\n" % (section, "".join(entries)))
        out.write("}\n")


if __name__ == "__main__":
    write("learning.lua", dict(transfer=TRANSFER, optimizers=OPTIMIZERS))
    write("losses.lua", dict(losses=LOSSES))

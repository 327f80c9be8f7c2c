#!/usr/bin/env python3
"""Records PyTorch's results of the layers on sequences, images and volumes in images.lua.

Run by hand, from anywhere: python3 spec/support/reference/record_images.py (PyTorch 1.13 was used).
Each entry names a layer of cresset, its arguments, the size of the input and PyTorch's output and
gradients. Tensors that go in are filled by fill() of record_spatial.py on both sides: the input with
salt 1, weight 2, bias 3, gradOutput 4.
"""
import os
import torch
import torch.nn.functional as F
from record_spatial import fill, lua


def entry(name, args, size, function, parameters=None, **more):
    """parameters: sizes of weight and bias as cresset has them; function(x, weight, bias)."""
    x = fill(1, *size).requires_grad_()
    tensors = [fill(2 + i, *s).requires_grad_() for i, s in enumerate(parameters or [])]
    y = function(x, *tensors)
    y.backward(fill(4, *y.shape))
    fields = dict(size=list(size), outputSize=list(y.shape), output=y, gradInput=x.grad)
    for key, t in zip(("gradWeight", "gradBias"), tensors):
        fields[key] = t.grad
    fields.update(more)
    text = "".join("    %s = %s,\n" % (k, lua(v)) for k, v in fields.items())
    return "  {\n    layer = \"%s\", args = { %s },\n%s  },\n" % (name, args, text)


def pad(name, size, amounts, mode):
    return entry(name, ", ".join(map(str, amounts)), size, lambda x: F.pad(x, amounts, mode=mode))


def padding():
    yield pad("SpatialZeroPadding", [2, 2, 4, 5], [1, 2, 3, 0], "constant")
    yield pad("SpatialZeroPadding", [2, 4, 5], [-1, 2, 1, -2], "constant")
    yield pad("SpatialReflectionPadding", [2, 2, 4, 5], [1, 4, 3, 0], "reflect")
    yield pad("SpatialReplicationPadding", [2, 2, 4, 5], [1, 7, 3, 0], "replicate")
    yield pad("VolumetricReplicationPadding", [2, 2, 3, 4, 5], [1, 2, 3, 0, 2, 1], "replicate")


def upsampling():
    def up(name, args, input_size, **options):
        return entry(name, args, input_size, lambda x: F.interpolate(x, **options))

    yield up("SpatialUpSamplingNearest", "3", [2, 2, 3, 4], scale_factor=3, mode="nearest")
    linear = dict(mode="bilinear", align_corners=True)
    yield up("SpatialUpSamplingBilinear", "2", [2, 2, 3, 4], scale_factor=2, **linear)
    yield up("SpatialUpSamplingBilinear", "{ oheight = 7, owidth = 3 }", [1, 3, 4, 5],
             size=(7, 3), **linear)
    yield up("UpSampling", "3", [1, 2, 2, 3, 2], scale_factor=3, mode="nearest")
    linear["mode"] = "trilinear"
    yield up("UpSampling", "2, 'linear'", [2, 2, 2, 3, 4], scale_factor=2, **linear)
    yield up("UpSampling", "{ odepth = 5, oheight = 3, owidth = 7 }, 'linear'", [1, 2, 2, 3, 4],
             size=(5, 3, 7), **linear)
    yield entry("PixelShuffle", "3", [2, 18, 2, 3], lambda x: F.pixel_shuffle(x, 3))


def pooling():
    def adaptive(name, function, size, w, h):
        return entry(name, "%d, %d" % (w, h), size, lambda x: function(x, (h, w)))

    for size, w, h in [([2, 2, 7, 5], 3, 4), ([1, 3, 4, 6], 6, 7), ([2, 2, 5, 5], 1, 1)]:
        yield adaptive("SpatialAdaptiveMaxPooling", F.adaptive_max_pool2d, size, w, h)
        yield adaptive("SpatialAdaptiveAveragePooling", F.adaptive_avg_pool2d, size, w, h)
    yield entry("SpatialDilatedMaxPooling", "3, 2, 2, 1, 1, 1, 2, 3", [2, 2, 8, 9],
                lambda x: F.max_pool2d(x, (2, 3), (1, 2), (1, 1), (3, 2)))
    yield entry("VolumetricMaxPooling", "2, 3, 2, 1, 2, 3, 1, 1, 0", [2, 2, 4, 7, 6],
                lambda x: F.max_pool3d(x, (2, 2, 3), (1, 3, 2), (1, 0, 1)))
    yield entry("VolumetricMaxPooling", "2, 2, 2", [1, 3, 4, 4, 5], lambda x: F.max_pool3d(x, 2))
    yield entry("VolumetricDilatedMaxPooling", "2, 2, 2, 1, 1, 1, 1, 0, 0, 2, 3, 1",
                [1, 2, 4, 4, 5],
                lambda x: F.max_pool3d(x, 2, 1, (1, 0, 0), (2, 1, 3)))
    yield entry("VolumetricAveragePooling", "2, 3, 2, 1, 2, 3, 1, 1, 0", [2, 2, 4, 7, 6],
                lambda x: F.avg_pool3d(x, (2, 2, 3), (1, 3, 2), (1, 0, 1)))

    def fractional(x):
        samples = fill(6, 2, 2, 2).abs()
        return F.fractional_max_pool2d(x, (3, 2), output_size=(3, 4), _random_samples=samples)

    yield entry("SpatialFractionalMaxPooling", "2, 3, 4, 3", [2, 2, 8, 9], fractional,
                randomSamples=fill(6, 2, 2, 2).abs())

    def fractional3(x):  # ours has the time last, and the samples in the order T, W, H
        samples = fill(6, 2, 2, 3).abs().flip(2)
        return F.fractional_max_pool3d(x, (3, 2, 2), output_size=(3, 4, 2),
                                       _random_samples=samples)

    yield entry("VolumetricFractionalMaxPooling", "2, 2, 3, 2, 4, 3", [2, 2, 8, 9, 5], fractional3,
                randomSamples=fill(6, 2, 2, 3).abs())


def unpooling():
    def unpool2(x):
        y, at = F.max_pool2d(x, 2, return_indices=True)
        return F.max_unpool2d(y, at, 2, output_size=x.shape)

    def unpool3(x):
        y, at = F.max_pool3d(x, 2, return_indices=True)
        return F.max_unpool3d(y, at, 2, output_size=x.shape)

    yield entry("SpatialMaxUnpooling", "2, 2", [2, 2, 4, 7], unpool2)
    yield entry("VolumetricMaxUnpooling", "2, 2, 2", [1, 2, 4, 5, 6], unpool3)


def normalization():
    def lrn(args, size, n, *rest):
        return entry("SpatialCrossMapLRN", args, size,
                     lambda x: F.local_response_norm(x, n, *rest))

    yield lrn("5", [2, 7, 3, 2], 5)
    yield lrn("3, 1, 0.5, 2", [1, 4, 3, 5], 3, 1.0, 0.5, 2.0)
    yield lrn("9, 2", [3, 4, 2, 2], 9, 2.0)


def convolution():
    def subsample(x, weight, bias, kernel, step):
        sums = F.avg_pool2d(x, kernel, step) * (kernel[0] * kernel[1])
        return sums * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)

    yield entry("SpatialSubSampling", "3, 2, 3, 2, 1", [2, 3, 6, 7],
                lambda x, w, b: subsample(x, w, b, (3, 2), (1, 2)), [(3,), (3,)])

    table = [(1, 1), (2, 1), (3, 2), (1, 4), (3, 3), (2, 4), (3, 4)]

    def mapped(x, weight, bias):
        planes = [[] for _ in range(4)]
        for k, (i, j) in enumerate(table):
            planes[j - 1].append(F.conv2d(x[:, i - 1:i], weight[k].view(1, 1, 2, 3)))
        return torch.cat([sum(p) for p in planes], 1) + bias.view(-1, 1, 1)

    rows = ", ".join("{ %d, %d }" % pair for pair in table)
    yield entry("SpatialConvolutionMap", "cresset.FloatTensor { %s }, 3, 2" % rows, [2, 3, 4, 5],
                mapped, [(len(table), 2, 3), (4,)])

    def depthwise(x, weight, bias):
        return F.conv2d(x, weight.transpose(0, 1).reshape(6, 1, 3, 2),
                        bias.t().reshape(6), (1, 2), (1, 0), groups=3)

    yield entry("SpatialDepthWiseConvolution", "3, 2, 2, 3, 2, 1, 0, 1", [2, 3, 4, 5], depthwise,
                [(2, 3, 3, 2), (2, 3)])
    for kw, kh, dilation in [(3, 3, 1), (2, 4, 1), (2, 2, 3)]:
        yield entry("SpatialConvolution",
                    "2, 3, %d, %d, 1, 1, 'same', 'same', %d, %d" % (kw, kh, dilation, dilation),
                    [2, 2, 5, 6],
                    lambda x, w, b: F.conv2d(x, w, b, 1, "same", dilation),
                    [(3, 2, kh, kw), (3,)])


def temporal():
    def conv(args, size, outputs, kernel, step=1, pad=0, dilation=1, groups=1):
        width = size[2] // groups

        def run(x, weight, bias):
            w = weight.view(outputs, kernel, width).transpose(1, 2)
            y = F.conv1d(x.transpose(1, 2), w, bias, step, pad, dilation, groups)
            return y.transpose(1, 2)

        return entry("TemporalConvolution", args, size, run,
                     [(outputs, kernel * width), (outputs,)])

    yield conv("3, 4, 3", [2, 7, 3], 4, 3)
    yield conv("3, 4, 3, 2", [2, 8, 3], 4, 3, 2)
    yield conv("2, 3, 2, 4", [3, 11, 2], 3, 2, 4)
    yield conv("4, 6, 3, 2, 2, 2, 2", [2, 9, 4], 6, 3, 2, 2, 2, 2)
    yield conv("2, 3, 4, 1, 'same'", [2, 6, 2], 3, 4, 1, "same")
    yield entry("TemporalMaxPooling", "3, 2", [2, 8, 3],
                lambda x: F.max_pool1d(x.transpose(1, 2), 3, 2).transpose(1, 2))

    def subsample(x, weight, bias):
        return F.avg_pool1d(x.transpose(1, 2), 3, 2).transpose(1, 2) * 3 * weight + bias

    yield entry("TemporalSubSampling", "4, 3, 2", [2, 8, 4], subsample, [(4,), (4,)])

    def row(x, weight, bias):
        return F.conv1d(x.transpose(1, 2), weight, bias, 2, groups=4).transpose(1, 2)

    yield entry("TemporalRowConvolution", "4, 3, 2", [2, 8, 4], row, [(4, 1, 3), (4,)])
    yield entry("TemporalRowConvolution", "4, 3, 1, true", [2, 4, 8],
                lambda x, w, b: F.conv1d(x, w, b, groups=4), [(4, 1, 3), (4,)])

    def largest(x):
        at = x.topk(3, 1)[1].sort(1)[0]
        return x.gather(1, at)

    yield entry("TemporalDynamicKMaxPooling", "2, 0.35", [2, 8, 3], largest)


def volumetric():
    yield entry("VolumetricConvolution", "2, 3, 2, 3, 2", [2, 2, 4, 4, 5], F.conv3d,
                [(3, 2, 2, 2, 3), (3,)])
    yield entry("VolumetricConvolution", "4, 2, 3, 1, 2, 1, 2, 3, 1, 0, 1, 1, 1, 2, 2",
                [1, 4, 4, 5, 6],
                lambda x, w, b: F.conv3d(x, w, b, (1, 3, 2), (1, 1, 0), (1, 2, 1), 2),
                [(2, 2, 3, 2, 1), (2,)])
    yield entry("VolumetricConvolution", "3, 4, 1, 1, 1", [2, 3, 2, 3, 4], F.conv3d,
                [(4, 3, 1, 1, 1), (4,)])
    yield entry("VolumetricDilatedConvolution", "2, 2, 2, 2, 2, 1, 1, 1, 0, 1, 0, 2, 3, 1",
                [1, 2, 3, 4, 5],
                lambda x, w, b: F.conv3d(x, w, b, 1, (0, 0, 1), (2, 1, 3)),
                [(2, 2, 2, 2, 2), (2,)])
    yield entry("VolumetricFullConvolution", "2, 3, 2, 3, 2", [2, 2, 2, 3, 2], F.conv_transpose3d,
                [(2, 3, 2, 2, 3), (3,)])
    yield entry("VolumetricFullConvolution",
                "4, 2, 3, 2, 3, 2, 3, 1, 1, 0, 1, 1, 2, 0, 1, 1, 1, 2", [1, 4, 2, 3, 2],
                lambda x, w, b: F.conv_transpose3d(x, w, b, (2, 1, 3), (1, 1, 0), (1, 0, 2), 2),
                [(4, 1, 3, 3, 2), (2,)])

    def normalize(x, weight, bias):
        return F.batch_norm(x, None, None, weight, bias, True)

    yield entry("VolumetricBatchNormalization", "3", [2, 3, 2, 3, 2], normalize, [(3,), (3,)],
                trainingOnly=True)


def unshared():
    def conv(x, weight, bias, step, pad):
        columns = F.unfold(x, weight.shape[4:], 1, pad, step)  # N x inputs x pixels
        w = weight.flatten(3).flatten(0, 1)  # pixels x outputs x inputs
        return torch.einsum("nip,poi->nop", columns, w).view(x.shape[0], *bias.shape) + bias

    yield entry("SpatialConvolutionLocal", "2, 3, 6, 5, 3, 2, 2, 1, 0, 1", [2, 2, 5, 6],
                lambda x, w, b: conv(x, w, b, (1, 2), (1, 0)), [(6, 2, 3, 2, 2, 3), (3, 6, 2)])


def contrast():
    def parts(x, row, column):
        kernel = (column.view(-1, 1) * row).expand(1, x.shape[1], -1, -1)
        kernel = kernel / kernel.sum()
        around = tuple(n // 2 for n in kernel.shape[2:])
        return (lambda t: F.conv2d(t, kernel, padding=around)), F.conv2d(
            torch.ones_like(x), kernel, padding=around)

    def subtract(x, row, column):
        mean, inside = parts(x, row, column)
        return x - mean(x) / inside

    def divide(x, row, column, threshold):
        mean, inside = parts(x, row, column)
        root = mean(x * x).sqrt() / inside
        return x / torch.where(root > threshold, root, torch.full_like(root, threshold))

    row, column = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 4.0, 2.0, 1.0, 1.0])
    matrix = "cresset.DoubleTensor { { 1, 2, 3 }, { 4, 8, 12 }, { 2, 4, 6 }, { 1, 2, 3 }, { 1, 2, 3 } }"
    vector = "cresset.DoubleTensor { 1, 2, 3 }"
    size = [2, 2, 5, 6]
    yield entry("SpatialSubtractiveNormalization", "2, " + matrix, size,
                lambda x: subtract(x, row, column))
    yield entry("SpatialSubtractiveNormalization", "2, " + vector, size,
                lambda x: subtract(x, row, row))
    yield entry("SpatialDivisiveNormalization", "2, " + matrix, size,
                lambda x: divide(x, row, column, 1e-4))
    yield entry("SpatialDivisiveNormalization", "2, " + vector + ", 0.6", size,
                lambda x: divide(x, row, row, 0.6))
    yield entry("SpatialContrastiveNormalization", "2, " + vector, size,
                lambda x: divide(subtract(x, row, row), row, row, 1e-4))
    yield entry("SpatialLPPooling", "2, 2, 2, 3, 1, 2", size,
                lambda x: F.lp_pool2d(x, 2, (3, 2), (2, 1)))


SECTIONS = [padding, upsampling, pooling, unpooling, normalization, convolution, temporal,
            volumetric, unshared, contrast]

if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "images.lua")
    with open(path, "w") as out:
        out.write("-- Recorded from PyTorch by record_images.py: do not edit.\n")
        out.write("-- luacheck: no max line length\nlocal cresset = require(\"cresset\")\n\nreturn {\n")
        for section in SECTIONS:
            out.write("%s = {\n%s},\n" % (section.__name__, "".join(section())))
        out.write("}\n")

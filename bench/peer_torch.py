"""PyTorch's side of the benchmark: peer_torch.py THREADS; see peer.lua for what is said."""
import sys
import time

import torch
from torch import nn

import peer_networks as networks

SIZE = 4096


def unary(function):
    x = torch.rand(SIZE, SIZE) + 0.5
    result = torch.empty_like(x)
    return lambda: function(x, out=result)


def binary(function):
    a, b = torch.rand(SIZE, SIZE), torch.rand(SIZE, SIZE)
    result = torch.empty_like(a)
    return lambda: function(a, b, out=result)


def on_matrix(call):
    x = torch.randn(SIZE, SIZE)
    return lambda: call(x)


def into(function, *like):
    """A case that writes to given results: `like` tells their types."""
    x = torch.randn(SIZE, SIZE)
    results = tuple(torch.empty(0, dtype=dtype) for dtype in like)
    out = results if len(results) > 1 else results[0]
    return lambda: function(x, out=out)


def mask_select():
    x = torch.randn(SIZE, SIZE)
    mask, result = x > 0, torch.empty(0)
    return lambda: torch.masked_select(x, mask, out=result)


def fill_masked():
    x = torch.randn(SIZE, SIZE)
    mask = x > 0
    return lambda: x.masked_fill_(mask, 1)


def choose():
    x, y, result = torch.randn(SIZE, SIZE), torch.randn(SIZE, SIZE), torch.empty(0)
    mask = x > 0
    return lambda: torch.where(mask, x, y, out=result)


def nonzero():
    x = torch.randn(SIZE, SIZE) > 0
    result = torch.empty(0, dtype=torch.int64)
    return lambda: torch.nonzero(x, out=result)


def sort():
    x = torch.randn(1000000)
    out = (torch.empty(0), torch.empty(0, dtype=torch.long))
    return lambda: torch.sort(x, out=out)


def normal():
    x = torch.empty(SIZE, SIZE)
    return lambda: x.normal_()


def transposed_copy():
    x, result = torch.randn(SIZE, SIZE), torch.empty(SIZE, SIZE)
    return lambda: result.copy_(x.t())


def product(n):
    a, b = torch.rand(n, n), torch.rand(n, n)
    result = torch.empty(n, n)
    return lambda: torch.mm(a, b, out=result)


def step(net, criterion, x, y):
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)

    def run():
        optimizer.zero_grad()
        criterion(net(x), y).backward()
        optimizer.step()

    return run


def mlp(batch):
    net = nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(),
                        nn.Linear(1024, 10))
    return step(net, nn.CrossEntropyLoss(), torch.randn(batch, 784),
                torch.randint(0, 10, (batch,)))


def xor():
    net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1))
    x = torch.tensor([[0., 0], [0, 1], [1, 0], [1, 1]])
    y = torch.tensor([[0.], [1], [1], [0]])
    return step(net, nn.BCEWithLogitsLoss(), x, y)


def lenet_network():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.MaxPool2d(2),
                         nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(),
                         nn.Linear(84, 10))


def lenet():
    x, y = torch.randn(128, 1, 28, 28), torch.randint(0, 10, (128,))
    return step(lenet_network(), nn.CrossEntropyLoss(), x, y)


def inference(net, x):
    net.eval()

    def run():
        with torch.no_grad():
            net(x)

    return run


def infer(make, batch):
    return lambda: inference(make(), torch.randn(batch, 3, 224, 224))


def train(make, batch):
    return lambda: step(make(), nn.CrossEntropyLoss(), torch.randn(batch, 3, 224, 224),
                        torch.randint(0, 1000, (batch,)))


class Letters(torch.nn.Module):
    def __init__(self, kind, layers, bidirectional=False):
        super().__init__()
        self.table = torch.nn.Embedding(65, 256)
        self.layers = getattr(torch.nn, kind)(256, 256, layers, bidirectional=bidirectional)
        self.last = torch.nn.Linear(512 if bidirectional else 256, 65)

    def forward(self, x):
        return self.last(self.layers(self.table(x))[0].flatten(0, 1))


def letters(batch, *args):
    x, y = torch.randint(0, 65, (50, batch)), torch.randint(0, 65, (50 * batch,))
    return step(Letters(*args), torch.nn.CrossEntropyLoss(), x, y)


def rbm():
    """Contrastive divergence in place, as a careful author writes it."""
    w, b, c = 0.01 * torch.randn(784, 500), torch.zeros(784), torch.zeros(500)
    v_w, v_b, v_c = torch.zeros_like(w), torch.zeros_like(b), torch.zeros_like(c)
    x = torch.rand(100, 784)

    def descend(p, v, gradient):
        v.mul_(0.5).add_(gradient)
        p.sub_(v, alpha=0.1)

    def run():
        hidden = torch.addmm(c, x, w).sigmoid_()
        sample = torch.bernoulli(hidden)
        visible = torch.addmm(b, sample, w.t()).sigmoid_()
        model = torch.addmm(c, visible, w).sigmoid_()
        gradient = torch.mm(visible.t(), model).addmm_(x.t(), hidden, beta=0.01, alpha=-0.01)
        descend(w, v_w, gradient.add_(w, alpha=1e-4))
        descend(b, v_b, visible.mean(0) - x.mean(0))
        descend(c, v_c, model.mean(0) - hidden.mean(0))
        return torch.dist(x, visible).item()

    return run


CASES = {
    "add 4096x4096": lambda: binary(torch.add),
    "mul 4096x4096": lambda: binary(torch.mul),
    "exp 4096x4096": lambda: unary(torch.exp),
    "tanh 4096x4096": lambda: unary(torch.tanh),
    "sigmoid 4096x4096": lambda: unary(torch.sigmoid),
    "log 4096x4096": lambda: unary(torch.log),
    "log2 4096x4096": lambda: unary(torch.log2),
    "sin 4096x4096": lambda: unary(torch.sin),
    "cos 4096x4096": lambda: unary(torch.cos),
    "sqrt 4096x4096": lambda: unary(torch.sqrt),
    "erf 4096x4096": lambda: unary(torch.erf),
    "pow 4096x4096": lambda: binary(torch.pow),
    "less than 4096x4096":
        lambda: into(lambda x, out: torch.lt(x, 0.5, out=out), torch.bool),
    "where 4096x4096": choose,
    "softmax of rows 4096x4096":
        lambda: into(lambda x, out: torch.softmax(x, 1, out=out), torch.float32),
    "sum 4096x4096": lambda: on_matrix(lambda x: x.sum().item()),
    "sum over columns 4096x4096":
        lambda: into(lambda x, out: torch.sum(x, 1, out=out), torch.float32),
    "sum over rows 4096x4096":
        lambda: into(lambda x, out: torch.sum(x, 0, out=out), torch.float32),
    "max of rows 4096x4096":
        lambda: into(lambda x, out: torch.max(x, 1, out=out), torch.float32, torch.int64),
    "max of columns 4096x4096":
        lambda: into(lambda x, out: torch.max(x, 0, out=out), torch.float32, torch.int64),
    "argmax 4096x4096": lambda: on_matrix(lambda x: x.argmax().item()),
    "mask select 4096x4096": mask_select,
    "mask fill 4096x4096": fill_masked,
    "nonzero 4096x4096": lambda: nonzero(),
    "cumsum over columns 4096x4096":
        lambda: into(lambda x, out: torch.cumsum(x, 1, out=out), torch.float32),
    "cumsum over rows 4096x4096":
        lambda: into(lambda x, out: torch.cumsum(x, 0, out=out), torch.float32),
    "sort 1M": sort,
    "randn 4096x4096": normal,
    "transposed copy 4096x4096": transposed_copy,
    "MLP 784-1024-1024-10 train b128": lambda: mlp(128),
    "MLP 784-1024-1024-10 train b1": lambda: mlp(1),
    "XOR 2-2-1 train b4": xor,
    "LeNet-5 28x28 train b128": lenet,
    "LeNet-5 28x28 infer b128": lambda: inference(lenet_network(), torch.randn(128, 1, 28, 28)),
    "LeNet-5 28x28 infer b1": lambda: inference(lenet_network(), torch.randn(1, 1, 28, 28)),
    "RBM 784-500 CD-1 b100": rbm,
    "char-LSTM 2x256 T50 train b32": lambda: letters(32, "LSTM", 2),
    "char-LSTM 2x256 T50 train b1": lambda: letters(1, "LSTM", 2),
    "SeqLSTM 256 T50 train b32": lambda: letters(32, "LSTM", 1),
    "SeqGRU 256 T50 train b32": lambda: letters(32, "GRU", 1),
    "two-way LSTM 256 T50 train b32": lambda: letters(32, "LSTM", 1, True),
    "ResNet-18 infer b8": infer(lambda: networks.resnet(18), 8),
    "ResNet-50 infer b1": infer(lambda: networks.resnet(50), 1),
    "VGG-16 infer b1": infer(networks.vgg16, 1),
    "GoogLeNet infer b1": infer(networks.googlenet, 1),
    "MobileNet infer b1": infer(networks.mobilenet, 1),
    "AlexNet infer b8": infer(networks.alexnet, 8),
    "DCGAN 64x64 D+G step b32": lambda: networks.dcgan_step(32),
    "ResNet-18 train b8": train(lambda: networks.resnet(18), 8),
    "ResNet-50 train b4": train(lambda: networks.resnet(50), 4),
    "VGG-16 train b4": train(networks.vgg16, 4),
}
for n in (64, 128, 256, 512, 1024, 2048, 4096):
    CASES["mm %dx%d" % (n, n)] = lambda n=n: product(n)


def measure(work, seconds):
    """Time of one call, as run.lua's measure takes it."""
    begin = time.perf_counter()
    work()
    batch = max(1, int(1e-3 / max(time.perf_counter() - begin, 1e-7)))
    best, stop = float("inf"), time.perf_counter() + seconds
    while True:
        begin = time.perf_counter()
        for _ in range(batch):
            work()
        end = time.perf_counter()
        best = min(best, (end - begin) / batch)
        if end >= stop:
            return best


def main():
    torch.set_num_threads(int(sys.argv[1]))
    print("PyTorch " + torch.__version__.split("+")[0], flush=True)
    name, work = None, None
    for line in sys.stdin:
        seconds, wanted = line.rstrip("\n").split(" ", 1)
        if wanted not in CASES:
            print("-", flush=True)
            continue
        if wanted != name:
            work = None  # frees the last case's memory first
            name, work = wanted, CASES[wanted]()
        print(measure(work, float(seconds)), flush=True)


main()

"""PyTorch's side of the benchmark: peer_torch.py THREADS; see peer.lua for what is said."""
import sys
import time

import torch
from torch import nn

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


def mlp():
    net = nn.Sequential(nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(),
                        nn.Linear(1024, 10))
    return step(net, nn.CrossEntropyLoss(), torch.randn(128, 784), torch.randint(0, 10, (128,)))


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


def lenet_inference(batch):
    net, x = lenet_network().eval(), torch.randn(batch, 1, 28, 28)

    def run():
        with torch.no_grad():
            net(x)

    return run


CASES = {
    "add 4096x4096": lambda: binary(torch.add),
    "mul 4096x4096": lambda: binary(torch.mul),
    "exp 4096x4096": lambda: unary(torch.exp),
    "tanh 4096x4096": lambda: unary(torch.tanh),
    "sigmoid 4096x4096": lambda: unary(torch.sigmoid),
    "log 4096x4096": lambda: unary(torch.log),
    "softmax of rows 4096x4096": lambda: on_matrix(lambda x: torch.softmax(x, 1)),
    "sum 4096x4096": lambda: on_matrix(lambda x: x.sum().item()),
    "sum over columns 4096x4096": lambda: on_matrix(lambda x: x.sum(1)),
    "sum over rows 4096x4096": lambda: on_matrix(lambda x: x.sum(0)),
    "max of rows 4096x4096": lambda: on_matrix(lambda x: x.max(1)),
    "transposed copy 4096x4096": transposed_copy,
    "MLP 784-1024-1024-10 train b128": mlp,
    "XOR 2-2-1 train b4": xor,
    "LeNet-5 28x28 train b128": lenet,
    "LeNet-5 28x28 infer b128": lambda: lenet_inference(128),
    "LeNet-5 28x28 infer b1": lambda: lenet_inference(1),
}
for n in (64, 128, 256, 512, 1024, 2048, 4096):
    CASES["mm %dx%d" % (n, n)] = lambda n=n: product(n)


def measure(work, seconds):
    work()
    calls, begin = 0, time.perf_counter()
    while True:
        work()
        calls += 1
        elapsed = time.perf_counter() - begin
        if elapsed >= seconds:
            return elapsed / calls


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

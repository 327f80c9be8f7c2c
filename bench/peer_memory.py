"""Peak resident memory of training ResNet-50 in PyTorch: python3 bench/peer_memory.py [BATCH [STEPS]],
the same work as in bench/resnet_memory.lua."""
import re
import sys

import torch
from torch import nn

from peer_networks import resnet


def main():
    batch = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    torch.set_num_threads(2)
    torch.manual_seed(1)
    net, criterion = resnet(50), nn.CrossEntropyLoss()
    x = torch.randn(batch, 3, 224, 224)
    labels = torch.randint(1000, (batch,))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        criterion(net(x), labels).backward()
        optimizer.step()
    with open("/proc/self/status") as status:
        peak = int(re.search(r"^VmHWM:\s*(\d+)", status.read(), re.M).group(1)) / 1024
    print("PyTorch %s  ResNet-50, batch %d, %d steps of SGD with momentum: peak %.0f MB resident" % (
        torch.__version__, batch, steps, peak))


main()

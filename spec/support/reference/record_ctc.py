"""Records PyTorch's CTC losses: python3 record_ctc.py > ctc.lua"""
import torch
import torch.nn.functional as F

from record_spatial import fill

T, N, C = 7, 4, 5
x = (3 * fill(1, T, N, C)).requires_grad_()
targets = [[1, 2, 2], [4], [3, 3, 1, 4], []]
sizes = [7, 5, 7, 6]
losses = F.ctc_loss(F.log_softmax(x, 2), torch.tensor(sum(targets, [])), torch.tensor(sizes),
                    torch.tensor([len(t) for t in targets]), blank=0, reduction="none")
losses.sum().backward()

def rows(values):
    text = ["%.9g," % v for v in values.detach().flatten().tolist()]
    return "\n".join("    " + " ".join(text[i:i + 6]) for i in range(0, len(text), 6))

print("-- Recorded by record_ctc.py with PyTorch " + torch.__version__)
print("return {\n  losses = {\n%s\n  },\n  gradInput = {\n%s\n  },\n}" % (rows(losses), rows(x.grad)))

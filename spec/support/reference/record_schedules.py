"""Records PyTorch's learning rates: python3 record_schedules.py > schedules.lua"""
import torch
from torch.optim import lr_scheduler as lr

def path(make, steps, metric=None):
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    s = make(opt)
    rates = []
    for t in range(steps):
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        s.step(metric[t]) if metric else s.step()
    return rates

losses = [1, .9, .9, .95, .8, .81, .82, .83, .84, .79999, .85, .9, .7, .7, .7, .7, .7, .7, .7, .7]
rows = {
    "step": path(lambda o: lr.StepLR(o, 3, 0.5), 10),
    "milestones": path(lambda o: lr.MultiStepLR(o, [2, 5], 0.1), 8),
    "exponential": path(lambda o: lr.ExponentialLR(o, 0.9), 6),
    "cosine": path(lambda o: lr.CosineAnnealingLR(o, 8, 0.01), 9),
    "restarts": path(lambda o: lr.CosineAnnealingWarmRestarts(o, 3, 2, 0.001), 22),
    "onecycle": path(lambda o: lr.OneCycleLR(o, 0.1, total_steps=10), 10),
    "plateau": path(lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1), 20, losses),
}
print("-- Recorded by record_schedules.py with PyTorch " + torch.__version__)
print("return {")
rows = {"losses": losses, **rows}
for name, values in rows.items():
    print("  %s = {" % name)
    for i in range(0, len(values), 4):
        print("    " + " ".join("%.12g," % v for v in values[i:i + 4]))
    print("  },")
print("}")

"""The convolutional networks of lua/cresset/models in PyTorch, for peer_torch.py."""
import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, path, shortcut):
        super().__init__()
        self.path, self.shortcut = path, shortcut
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.path(x) + self.shortcut(x))


def convolve(inputs, outputs, kernel, step=1, groups=1):
    return [nn.Conv2d(inputs, outputs, kernel, step, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs)]


def relu():
    return nn.ReLU(inplace=True)


def residual(path, inputs, outputs, step):
    same = inputs == outputs and step == 1
    shortcut = nn.Identity() if same else nn.Sequential(*convolve(inputs, outputs, 1, step))
    return Residual(nn.Sequential(*path), shortcut)


def basic(inputs, planes, step):
    path = convolve(inputs, planes, 3, step) + [relu()] + convolve(planes, planes, 3)
    return residual(path, inputs, planes, step), planes


def bottleneck(inputs, planes, step):
    path = (convolve(inputs, planes, 1) + [relu()] + convolve(planes, planes, 3, step) + [relu()]
            + convolve(planes, 4 * planes, 1))
    return residual(path, inputs, 4 * planes, step), 4 * planes


def resnet(depth):
    block, counts = {18: (basic, (2, 2, 2, 2)), 50: (bottleneck, (3, 4, 6, 3))}[depth]
    layers = convolve(3, 64, 7, 2) + [relu(), nn.MaxPool2d(3, 2, 1)]
    planes = 64
    for stage, count in enumerate(counts):
        for i in range(count):
            layer, planes = block(planes, 64 << stage, 2 if stage > 0 and i == 0 else 1)
            layers.append(layer)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(planes, 1000))


def vgg16():
    layers, inputs = [], 3
    for planes, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(inputs, planes, 3, padding=1), relu()]
            inputs = planes
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512 * 49, 4096), relu(), nn.Dropout(),
                         nn.Linear(4096, 4096), relu(), nn.Dropout(), nn.Linear(4096, 1000))


def alexnet():
    def lrn():
        return nn.LocalResponseNorm(5, 5e-4, 0.75, 2)

    return nn.Sequential(
        nn.Conv2d(3, 96, 11, 4, 2), relu(), lrn(), nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=2, groups=2), relu(), lrn(), nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1), relu(),
        nn.Conv2d(384, 384, 3, padding=1, groups=2), relu(),
        nn.Conv2d(384, 256, 3, padding=1, groups=2), relu(), nn.MaxPool2d(3, 2), nn.Flatten(),
        nn.Linear(256 * 36, 4096), relu(), nn.Dropout(), nn.Linear(4096, 4096), relu(),
        nn.Dropout(), nn.Linear(4096, 1000))


class Inception(nn.Module):
    def __init__(self, inputs, ones, reduce3, threes, reduce5, fives, pool):
        super().__init__()

        def conv(inputs, outputs, kernel):
            return [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2), relu()]

        self.paths = nn.ModuleList([
            nn.Sequential(*conv(inputs, ones, 1)),
            nn.Sequential(*conv(inputs, reduce3, 1), *conv(reduce3, threes, 3)),
            nn.Sequential(*conv(inputs, reduce5, 1), *conv(reduce5, fives, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), *conv(inputs, pool, 1))])

    def forward(self, x):
        return torch.cat([path(x) for path in self.paths], 1)


def googlenet():
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    def lrn():
        return nn.LocalResponseNorm(5, 1e-4, 0.75, 1)

    return nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3), relu(), pool(), lrn(), nn.Conv2d(64, 64, 1), relu(),
        nn.Conv2d(64, 192, 3, padding=1), relu(), lrn(), pool(),
        Inception(192, 64, 96, 128, 16, 32, 32), Inception(256, 128, 128, 192, 32, 96, 64), pool(),
        Inception(480, 192, 96, 208, 16, 48, 64), Inception(512, 160, 112, 224, 24, 64, 64),
        Inception(512, 128, 128, 256, 24, 64, 64), Inception(512, 112, 144, 288, 32, 64, 64),
        Inception(528, 256, 160, 320, 32, 128, 128), pool(),
        Inception(832, 256, 160, 320, 32, 128, 128), Inception(832, 384, 192, 384, 48, 128, 128),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(1024, 1000))


def mobilenet():
    layers, inputs = convolve(3, 32, 3, 2) + [relu()], 32
    for planes, step in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1),
                         (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)):
        layers += convolve(inputs, inputs, 3, step, inputs) + [relu()]
        layers += convolve(inputs, planes, 1) + [relu()]
        inputs = planes
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


def dcgan_generator():
    layers = [nn.Unflatten(1, (100, 1, 1)), nn.ConvTranspose2d(100, 512, 4, bias=False),
              nn.BatchNorm2d(512), relu()]
    for planes in (512, 256, 128):
        layers += [nn.ConvTranspose2d(planes, planes // 2, 4, 2, 1, bias=False),
                   nn.BatchNorm2d(planes // 2), relu()]
    return nn.Sequential(*layers, nn.ConvTranspose2d(64, 3, 4, 2, 1, bias=False), nn.Tanh())


def dcgan_discriminator():
    layers = [nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    for planes in (64, 128, 256):
        layers += [nn.Conv2d(planes, 2 * planes, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * planes),
                   nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(512, 1, 4, bias=False), nn.Flatten())


def dcgan_step(batch):
    """One step of the discriminator on real and generated images, one of the generator."""
    generator, critic = dcgan_generator(), dcgan_discriminator()
    real = torch.rand(batch, 3, 64, 64) * 2 - 1
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
    criterion = nn.BCEWithLogitsLoss()
    of_generator = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    of_critic = torch.optim.Adam(critic.parameters(), lr=2e-4, betas=(0.5, 0.999))

    def run():
        of_critic.zero_grad()
        criterion(critic(real), ones).backward()
        fakes = generator(torch.randn(batch, 100))
        criterion(critic(fakes.detach()), zeros).backward()
        of_critic.step()
        of_generator.zero_grad()
        critic.requires_grad_(False)  # no gradients of weights that nobody uses
        criterion(critic(fakes), ones).backward()
        critic.requires_grad_(True)
        of_generator.step()

    return run

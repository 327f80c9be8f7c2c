"""Records Frechet distances computed with NumPy, by the eigenvalues of the product of the two
covariances (no symmetric square root): python3 record_frechet.py > frechet.lua"""
import numpy as np


def fill(salt, n, d):
    """Element (i, j), also in the spec: no random numbers."""
    i, j = np.meshgrid(np.arange(1, n + 1), np.arange(1, d + 1), indexing="ij")
    return np.sin(salt * i * (j + 1.5)) + 0.3 * np.cos(i + salt * j)


def frechet(x, y):
    mean = x.mean(0) - y.mean(0)
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(a @ b).real, 0)).sum()
    return mean @ mean + np.trace(a) + np.trace(b) - 2 * roots


print("-- Recorded by record_frechet.py with NumPy " + np.__version__)
print("return {")
for case in [(1.1, 40, 0.7, 40, 3), (0.9, 25, 2.3, 60, 7), (0.5, 200, 0.55, 150, 16)]:
    s, n, t, m, d = case
    y = 1.5 * fill(t, m, d) + 0.25
    print("  { salts = { %g, %g }, rows = { %d, %d }, columns = %d, distance = %.12g }," % (
        s, t, n, m, d, frechet(fill(s, n, d), y)))
print("}")

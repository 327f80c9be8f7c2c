#!/usr/bin/env python3
"""Makes digits-images-idx3-ubyte.gz and digits-labels-idx1-ubyte.gz in this folder.

usage: convert_digits.py digits.csv.gz

digits.csv.gz comes with scikit-learn, in sklearn/datasets/data/ (Debian: python3-sklearn): one
image a line, 64 values from 0 to 16 in rows of 8, then the digit. Images and labels keep the
file's order and values.
"""
import gzip
import os
import struct
import sys


def write_idx(name, sizes, values):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    header = struct.pack(">BBBB", 0, 0, 8, len(sizes)) + struct.pack(">%dI" % len(sizes), *sizes)
    # Neither a name nor a time in the header: the same input gives the same file.
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(header + bytes(values))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with gzip.open(sys.argv[1], "rt") as file:
        rows = [[int(value) for value in line.split(",")] for line in file]
    assert len(rows) == 1797 and all(len(row) == 65 and max(row[:64]) <= 16 for row in rows)
    write_idx("digits-images-idx3-ubyte.gz", [len(rows), 8, 8], [v for r in rows for v in r[:64]])
    write_idx("digits-labels-idx1-ubyte.gz", [len(rows)], [row[64] for row in rows])


main()

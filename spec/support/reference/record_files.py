"""Records files that NumPy writes, and safetensors files written here by the format's description,
into numpy_files.lua and safetensors_files.lua: python3 spec/support/reference/record_files.py"""
import io
import json
import os
import struct

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def lua_string(data):
    text = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else "\\x%02x" % b for b in data)
    return '"' + text + '"'


def lua_values(array):
    def text(value):
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, float):
            if value != value:
                return "0 / 0"
            if value in (float("inf"), float("-inf")):
                return "1 / 0" if value > 0 else "-1 / 0"
        return repr(value)
    if np.ndim(array) == 0:
        return "{ " + text(array) + " }"
    if np.ndim(array) == 1:
        return "{ " + ", ".join(text(v) for v in array) + " }" if len(array) else "{}"
    return "{ " + ", ".join(lua_values(row) for row in array) + " }"


def wrapped(string):
    """A long Lua string as several, joined, to keep the lines short."""
    body, parts = string[1:-1], []
    while body:
        cut = min(len(body), 84)
        while cut < len(body) and "\\" in body[cut - 3:cut]:
            cut -= 1
        parts.append('"' + body[:cut] + '"')
        body = body[cut:]
    return "\n      .. ".join(parts) if parts else '""'


def write(name, entries):
    with open(os.path.join(HERE, name), "w") as out:
        out.write("-- Written by record_files.py.\nreturn {\n")
        for entry in entries:
            out.write("  {\n")
            for key, value in entry.items():
                line = "    %s = %s,\n" % (key, value)
                out.write(line if len(line) <= 101 or "\n" in line.rstrip() else
                          line.replace(", ", ",\n      ", 2))
            out.write("  },\n")
        out.write("}\n")


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, np.asanyarray(array), version=version)
    return out.getvalue()


def numpy_entries():
    types = {"|b1": "Byte", "|i1": "Char", "|u1": "Byte", "<i2": "Short", "<i4": "Int", "<i8": "Long",
             "<u2": "Int", "<u4": "Long", "<u8": "Long", "<f2": "Float", "<f4": "Float",
             "<f8": "Double", ">i2": "Short", ">i4": "Int", ">i8": "Long", ">u2": "Int",
             ">u4": "Long", ">f2": "Float", ">f4": "Float", ">f8": "Double"}
    entries = []

    def add(name, array, word, data):
        entries.append({"name": '"%s"' % name, "type": '"torch.%sTensor"' % word,
                        "values": lua_values(array), "bytes": wrapped(lua_string(data))})

    for code, word in types.items():
        kind = np.dtype(code).kind
        values = {"b": [[0, 1], [1, 0]], "i": [[1, -2], [100, 3]], "u": [[1, 2], [250, 3]],
                  "f": [[1.5, -0.25], [100, -0.0]]}[kind]
        if code[1:] in ("u2", "u4"):
            values[1][0] = 2 ** (8 * int(code[2])) - 1
        array = np.array(values).astype(code)
        add(code, array, word, npy(array))
    halves = np.array([0, 6e-8, 6.1e-5, 65504, np.inf, -np.inf, np.nan, 0.1], dtype="<f2")
    add("half", halves.astype("<f4"), "Float", npy(halves))
    fortran = np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3))
    add("Fortran's order", fortran, "Float", npy(fortran))
    add("three dimensions", np.arange(8, dtype="<i4").reshape(2, 2, 2), "Int",
        npy(np.arange(8, dtype="<i4").reshape(2, 2, 2)))
    add("number", np.array(7.0), "Double", npy(np.array(7.0)))
    add("empty", np.zeros(0, dtype="<f4"), "Float", npy(np.zeros(0, dtype="<f4")))
    add("version 2", np.array([1, 2], dtype="<i4"), "Int", npy(np.array([1, 2], dtype="<i4"), (2, 0)))
    add("version 3", np.array([1, 2], dtype="<i4"), "Int", npy(np.array([1, 2], dtype="<i4"), (3, 0)))
    return entries


def numpy_archives():
    entries = []
    for save in (np.savez, np.savez_compressed):
        out = io.BytesIO()
        save(out, np.array([1, 2], dtype="<i8"), weight=np.ones((40, 2), dtype="<f4"))
        entries.append({"name": '"%s"' % save.__name__, "bytes": wrapped(lua_string(out.getvalue()))})
    return entries


def safetensors(tensors, metadata=None, space=0):
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode() + b" " * space
    return struct.pack("<Q", len(text)) + text + data


def bfloat(values):
    return b"".join(struct.pack("<f", v)[2:] for v in values)


def safetensors_entries():
    def raw(code, values):
        return np.array(values, dtype=code).tobytes()
    tensors = {
        "f64": ("F64", [1, 2], raw("<f8", [1.5, -2])), "f32": ("F32", [2], raw("<f4", [0.5, 3])),
        "i64": ("I64", [1], raw("<i8", [-2 ** 63])), "u64": ("U64", [1], raw("<u8", [2 ** 62])),
        "i32": ("I32", [2], raw("<i4", [-1, 5])), "u32": ("U32", [1], raw("<u4", [2 ** 32 - 1])),
        "i16": ("I16", [1], raw("<i2", [-7])), "u16": ("U16", [1], raw("<u2", [65535])),
        "f16": ("F16", [2], raw("<f2", [0.5, -2])), "bf16": ("BF16", [2], bfloat([1.0, -3.5])),
        "i8": ("I8", [2], raw("i1", [-1, 2])), "u8": ("U8", [1, 1, 2], raw("u1", [0, 255])),
        "bool": ("BOOL", [2], raw("u1", [1, 0])), "empty": ("F32", [0, 3], b""),
        "number": ("F32", [], raw("<f4", [4])),
    }
    return [{"bytes": wrapped(lua_string(safetensors(tensors, {"format": "pt", "é\n": "\"x\\"}, 5)))}]


write("numpy_files.lua", numpy_entries())
write("numpy_archives.lua", numpy_archives())
write("safetensors_files.lua", safetensors_entries())

#!/usr/bin/env python3
"""Checks an exported ledger with nothing but Python's standard library.

Written from the documents alone: RFC 9162 (Merkle trees), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint,
tlog-cosignature and tlog-tiles. It shares no code with the program that wrote the export, nor with its witness.

    verify.py FOLDER LOG_KEY [WITNESS_KEY...]

Ends with 0 when everything holds, with 1 and a line for each thing that does not.
"""

import base64
import hashlib
import pathlib
import struct
import sys

# --- RFC 8032, section 5.1: Ed25519 --------------------------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


def add(a, b):
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, point):
    result = (0, 1, 1, 0)
    while n > 0:
        if n & 1:
            result = add(result, point)
        point = add(point, point)
        n >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point(encoded):
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def ed25519_holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    return same(times(s, BASE), add(r, times(h, a)))


# --- C2SP signed-note, tlog-cosignature ----------------------------------------------------------------------------

LOG, WITNESS = 1, 4


class Key:
    def __init__(self, text):
        self.name, key_id, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        self.kind, self.public = raw[0], raw[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw[:1] + self.public).digest()[:4]
        if self.id.hex() != key_id or len(self.public) != 32 or self.kind not in (LOG, WITNESS):
            raise ValueError("this is no key: " + text)

    def signed(self, text, lines):
        """True, or the time of a cosignature, when a line of this key holds."""
        for line in lines:
            dash, name, encoded = line.split(" ", 2)
            raw = base64.b64decode(encoded, validate=True)
            if dash != "\u2014" or name != self.name or raw[:4] != self.id:
                continue
            if self.kind == LOG and ed25519_holds(self.public, text.encode(), raw[4:]):
                return True
            if self.kind == WITNESS and len(raw) == 76:
                time = struct.unpack(">Q", raw[4:12])[0]
                message = "cosignature/v1\ntime %d\n%s" % (time, text)
                if ed25519_holds(self.public, message.encode(), raw[12:]):
                    return time
        return None


# --- RFC 9162, section 2.1.1, and C2SP tlog-tiles ------------------------------------------------------------------


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def tree_hash(leaves):
    """MTH as the RFC defines it: split at the largest power of two smaller than n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:k]) + tree_hash(leaves[k:])).digest()


def tile_path(index, width):
    parts = ["%03d" % (index % 1000)]
    while index >= 1000:
        index //= 1000
        parts.insert(0, "x%03d" % (index % 1000))
    return "/".join(parts) + ("" if width == 256 else ".p/%d" % width)


def tiles(count):
    return [(at // 256, min(256, count - at)) for at in range(0, count, 256)]


def entries_of(raw):
    entries, at = [], 0
    while at < len(raw):
        (length,) = struct.unpack_from(">H", raw, at)
        entries.append(raw[at + 2 : at + 2 + length])
        if len(entries[-1]) != length:
            raise ValueError("it is cut off")
        at += 2 + length
    return entries


def check(folder, log, witnesses):
    wrong = []
    note = (folder / "checkpoint").read_bytes().decode()
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    lines = signatures.removesuffix("\n").split("\n")
    origin, size_line, root = text.split("\n")[:3]
    size = int(size_line)
    if log.kind != LOG or origin != log.name or not log.signed(text, lines):
        return ["the checkpoint is not signed by the log"], size
    for witness in witnesses:
        if witness.kind != WITNESS or witness.signed(text, lines) is None:
            wrong.append("%s did not cosign this checkpoint" % witness.name)
    leaves = []
    for index, width in tiles(size):
        path = tile_path(index, width)
        entries = entries_of((folder / "tile/entries" / path).read_bytes())
        hashes = [leaf_hash(entry) for entry in entries]
        if len(entries) != width or (folder / "tile/0" / path).read_bytes() != b"".join(hashes):
            wrong.append("tile/entries/%s does not fit tile/0/%s" % (path, path))
        for at, entry in enumerate(entries):
            if entry.split(b"\n")[:2] != [b"candor-ledger-leaf/v1", b"%d" % (index * 256 + at)]:
                wrong.append("entry %d says that it is another one" % (index * 256 + at))
        leaves += hashes
    level, below = 1, leaves
    while len(below) >= 256:
        below = [tree_hash(below[at : at + 256]) for at in range(0, len(below) - 255, 256)]
        for index, width in tiles(len(below)):
            path = "tile/%d/%s" % (level, tile_path(index, width))
            if (folder / path).read_bytes() != b"".join(below[index * 256 : index * 256 + width]):
                wrong.append("%s does not follow from the entries" % path)
        level += 1
    if base64.b64encode(tree_hash(leaves)).decode() != root:
        wrong.append("the entries give another root than was signed")
    return wrong, size


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    try:
        wrong, size = check(folder, Key(sys.argv[2]), [Key(text) for text in sys.argv[3:]])
    except (OSError, ValueError, IndexError, struct.error) as error:
        wrong, size = ["the export cannot be read: %s" % error], 0
    for line in wrong:
        print(line)
    print("%d entries: %s" % (size, "the ledger does not hold" if wrong else "the ledger holds"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

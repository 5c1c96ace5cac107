#!/usr/bin/env python3
"""Checks a Tallystick export (docs/export-format.md) with nothing but Python's standard library.

    tally export --out books.ndjson && python3 tools/verify.py books.ndjson

Shares no code with the ledger. Exit code 0: the books hold; 1: they do not, and the first reason is printed; 2: usage.
"""
import hashlib, json, sys

# From which pool to which, by kind of move, from 1. A grant's pools are in lower case, the account's in upper case.
MOVES = dict(enumerate((move.split(">") for move in (
    "ISSUED>remaining ISSUED>pending pending>remaining remaining>used remaining>held held>used held>remaining "
    "held>expired held>voided remaining>expired remaining>voided pending>voided used>remaining used>expired "
    "used>voided DEBT>UNFUNDED UNFUNDED>DEBT LINE>RESERVED RESERVED>LINE remaining>used UNFUNDED>DEBT NONE>NONE "
    "RESERVED>LINE").split()), 1))
CHARGE, CAPTURE, REFUND, CORRECTION, USAGE, HISTORY, BALANCE, ERASE = 10, 12, 16, 17, 20, 50, 51, 60
SPEND, OWE, CANCEL, REPAY = 4, 16, 17, 21
NO_SEAL = (0, bytes(32), -1 << 63)

class Broken(Exception): """Something does not hold."""

def require(holds, reason):
    if not holds:
        raise Broken(reason)

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()

def big(value, size):
    return value.to_bytes(size, "big", signed=True)

def encode(value):
    """Deterministic CBOR: shortest forms, definite lengths, map keys ascending."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    major, n, rest = {int: lambda: (0, value, b"") if value >= 0 else (1, ~value, b""),
                      bytes: lambda: (2, len(value), value),
                      str: lambda: (3, len(value.encode()), value.encode()),
                      list: lambda: (4, len(value), b"".join(map(encode, value))),
                      dict: lambda: (5, len(value), b"".join(encode(k) + encode(value[k]) for k in sorted(value))),
                      }[type(value)]()
    size, mark = next((s, m) for s, m in ((0, n), (1, 24), (2, 25), (4, 26), (8, 27)) if n < (1 << 8 * s if s else 24))
    return bytes([major << 5 | mark]) + (n.to_bytes(size, "big") if size else b"") + rest

def decode(data, at=0):
    major, info = data[at] >> 5, data[at] & 31
    if major == 7:
        return {20: False, 21: True, 22: None}[info], at + 1
    at, start = at + 1 + {24: 1, 25: 2, 26: 4, 27: 8}.get(info, 0), at + 1
    n = int.from_bytes(data[start:at], "big") if at > start else info
    if major < 2:
        return (n if major == 0 else ~n), at
    if major < 4:
        return (data[at:at + n] if major == 2 else data[at:at + n].decode()), at + n
    items = [None] * (n * (major - 3))
    for i in range(len(items)):
        items[i], at = decode(data, at)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), at

class Chain:
    def __init__(self, project, number):
        self.key, self.sequence, self.at, self.head = (project, number), 0, -1 << 63, bytes(32)
        self.keys, self.grants, self.account, self.debts, self.charges = set(), {}, {}, {}, {}
        self.history = []
        self.lacks_text = self.has_text = 0

    def add(self, line, seals):
        data, stored, text = bytes.fromhex(line["bytes"]), bytes.fromhex(line["hash"]), line.get("text")
        require(line["sequence"] == self.sequence + 1, f"it follows entry {self.sequence}")
        require(sha256(big(len(data), 8), data, self.head) == stored, "its hash is not that of its bytes")
        entry, end = decode(data)
        require(end == len(data) and encode(entry) == data, "its bytes are not in canonical form")
        require([entry[i] for i in range(4)] == [1, *self.key, line["sequence"]], "it is another entry")
        require(entry[4] >= self.at, "it is earlier than the one before")
        require(entry.get(10) not in self.keys, "it claims an idempotency key again")
        digest = text and sha256(bytes.fromhex(text["salt"] + text["content"]))
        require(entry.get(14) == digest or not text, "its text is not the one it names")
        self.erase(line["sequence"], 14 in entry, text, entry[5])
        self.sequence, self.at, self.head = line["sequence"], entry[4], stored
        self.keys |= {entry[10]} if 10 in entry else set()
        self.move(*(entry.get(6, [])[i::3] for i in range(3)))
        moves = entry.get(6, [])
        self.refund(entry[5], sum(n for kind, n in zip(moves[::3], moves[2::3]) if kind in (SPEND, OWE)))
        self.figures(entry)
        require(seals.pop((*self.key, self.sequence), stored) == stored, "a seal has another hash of it")

    def erase(self, sequence, names_text, text, body):
        if text:
            self.has_text = sequence
        elif names_text:
            self.lacks_text = self.lacks_text or sequence
        if body[0] == ERASE:
            require(not self.has_text, f"the text of entry {self.has_text}, which it erased, is still there")
            self.lacks_text = 0

    def move(self, kinds, numbers, amounts):
        postings = 0
        for kind, number, amount in zip(kinds, numbers, amounts, strict=True):
            require(amount > 0, "a move is not positive")
            for pool, delta in zip(MOVES[kind], (-amount, amount)):
                pools = self.account if pool.isupper() else self.grants.setdefault(number, {})
                pools[pool] = pools.get(pool, 0) + delta
                postings += delta
                require(pool in ("ISSUED", "DEBT", "LINE", "NONE") or pools[pool] >= 0, f"{pool} would be negative")
            if kind in (OWE, CANCEL, REPAY):
                debt = self.sequence if kind == OWE else number
                self.debts[debt] = self.debts.get(debt, 0) + (amount if kind == OWE else -amount)
                require(self.debts[debt] >= 0, "a debt is paid twice")
        require(postings == 0, "its postings do not sum to zero")

    def refund(self, body, spent):
        if body[0] in (CHARGE, CAPTURE):
            self.charges[self.sequence] = body[1] if body[0] == CHARGE else body[3]
        if body[0] == USAGE and body[4]:
            self.charges[self.sequence] = spent
        if body[0] == HISTORY:
            self.history.append(body[5])
            self.charges |= {self.sequence: -body[5]} if body[5] < 0 else {}
        if body[0] == BALANCE:
            require((len(self.history), sum(self.history)) == (body[3], body[4]), "its history is another")
        if body[0] == REFUND:
            self.charges[body[1]] = self.charges.get(body[1], -1) - body[2]
            require(self.charges[body[1]] >= 0, "it refunds more than was charged")
        if body[0] == CORRECTION:
            require(body[1] in self.charges, "it corrects no charge")
            require(spent == max(0, body[5] - body[3]), "it takes another amount than it says")
            self.charges[body[1]] += spent - body[6]
            require(self.charges[body[1]] >= 0, "it gives back more than was charged")

    def figures(self, entry):
        remaining, held = (sum(grant.get(p, 0) for grant in self.grants.values()) for p in ("remaining", "held"))
        owed, reserved = -self.account.get("DEBT", 0), self.account.get("RESERVED", 0)
        require(owed == 0 or remaining == 0, f"{owed} is owed while {remaining} remains")
        available = remaining - owed - reserved
        require((entry[8], entry[9]) == (available + held + reserved, available), "balance or available is wrong")

def check_seal(seal, heads, last):
    number, order = seal["number"], [chain for chain, _, _ in heads]
    require(number == last[0] + 1 and seal["at"] >= last[2], f"seal {number} follows seal {last[0]}")
    require(order and order == sorted(set(order)), f"the heads of seal {number} are out of order")
    level = [sha256(b"\0", big(seal["project"], 4), big(chain, 8), big(n, 8), hash) for chain, n, hash in heads]
    while len(level) > 1:
        level = [sha256(b"\1", *level[i:i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    content = big(seal["project"], 4), big(number, 8), big(seal["at"], 8), big(len(heads), 8), level[0], last[1]
    require(level[0].hex() == seal["root"], f"seal {number} has another root than its heads")
    require(sha256(*content).hex() == seal["hash"], f"seal {number} has another hash than its content")
    return number, sha256(*content), seal["at"]

def check(path):
    seals, heads, last, chains, entries, line = {}, [], {}, {}, 0, {}
    for line in map(json.loads, (text for text in open(path, encoding="utf-8") if text[9:13] in ("head", "seal"))):
        if line["type"] == "head":
            heads.append((int(line["chain"]), line["sequence"], bytes.fromhex(line["hash"])))
            seals[line["project"], heads[-1][0], line["sequence"]] = heads[-1][2]
        elif line["type"] == "seal":
            last[line["project"]], heads = check_seal(line, heads, last.get(line["project"], NO_SEAL)), []
    for line in map(json.loads, open(path, encoding="utf-8")):
        if line["type"] == "entry":
            key, entries = (line["project"], int(line["chain"])), entries + 1
            try:
                (chains.get(key) or chains.setdefault(key, Chain(*key))).add(line, seals)
            except Exception as reason:
                raise Broken(f"project {key[0]}, chain {key[1]}, entry {line['sequence']}: {reason}") from reason
    for (project, number), chain in chains.items():
        where = f"project {project}, chain {number}, entry {chain.lacks_text}"
        require(not chain.lacks_text, f"{where}: its text is not the one it names")
    require(line.get("type") == "trailer", "the export is not complete")
    counts = entries, len(chains), sum(number for number, _, _ in last.values())
    require(counts == (line["entries"], line["chains"], line["seals"]), "the export has not what its last line says")
    require(not seals, "a seal covers entries that are not there")
    return "The books hold: {} entries, {} chains, {} seals.".format(*counts)

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(print(__doc__) or 2)
    try:
        print(check(sys.argv[1]))
    except Exception as broken:  # whatever bytes that nobody wrote may do to a reader
        sys.exit(print(broken if isinstance(broken, Broken) else repr(broken)) or 1)

"""Bundles whose bytes were changed: at random, or where a zip says what it holds."""

import io
import struct
import warnings
import zipfile

# The fields of a zip's structures: where they begin, and of how many bytes they are.
FIELDS = {
    b"PK\x03\x04": [(4, 2), (6, 2), (8, 2), (10, 4), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
    b"PK\x01\x02": [
        (4, 2),
        (6, 2),
        (8, 2),
        (10, 2),
        (12, 4),
        (16, 4),
        (20, 4),
        (24, 4),
        (28, 2),
        (30, 2),
        (34, 2),
        (42, 4),
    ],
    b"PK\x05\x06": [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
}
NAMES = ["../{}", "/{}", "{}\0", "{}/", "a/../{}", "C:\\{}", "{}\n", "{}.pkl", "\u202e{}", "{}" + "x" * 60_000]


def mutate(content, rng):
    """What was done to a bundle, and what it became."""
    mutation = MUTATIONS[int(rng.integers(len(MUTATIONS)))]
    return f"{mutation.__name__}", mutation(content, rng)


def flip_bits(content, rng):
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 9))):
        changed[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def overwrite(content, rng):
    start, end = span(content, rng)
    filler = [bytes(end - start), b"\xff" * (end - start), rng.bytes(end - start)]
    return content[:start] + filler[int(rng.integers(3))] + content[end:]


def cut(content, rng):
    position = int(rng.integers(len(content) + 1))
    return content[:position] if rng.random() < 0.7 else content[position:]


def delete(content, rng):
    start, end = span(content, rng)
    return content[:start] + content[end:]


def repeat(content, rng):
    start, end = span(content, rng)
    return content[:end] + content[start:]


def move(content, rng):
    start, end = span(content, rng)
    rest = content[:start] + content[end:]
    position = int(rng.integers(len(rest) + 1))
    return rest[:position] + content[start:end] + rest[position:]


def extend(content, rng):
    more = [bytes(100), rng.bytes(100), content, b"PK\x05\x06" + bytes(18)]
    chosen = more[int(rng.integers(len(more)))]
    return content + chosen if rng.random() < 0.7 else chosen + content


def change_field(content, rng):
    """Numbers in the structures of a zip: methods, flags, sizes, positions, lengths."""
    changed = bytearray(content)
    signature = list(FIELDS)[int(rng.integers(len(FIELDS)))]
    for _ in range(int(rng.integers(1, 4))):
        places = find(content, signature)
        place = places[int(rng.integers(len(places)))]
        start, width = FIELDS[signature][int(rng.integers(len(FIELDS[signature])))]
        old = int.from_bytes(content[place + start : place + start + width], "little")
        most = 256**width - 1
        new = [0, 1, most, most // 2, old + 1, old - 1, old * 2, 12, 14, 99, int(rng.integers(most))]
        value = min(max(new[int(rng.integers(len(new)))], 0), most)
        changed[place + start : place + start + width] = value.to_bytes(width, "little")
    return bytes(changed)


def change_both(content, rng):
    """The same wrong number in a member's header and in the directory."""
    changed = bytearray(content)
    headers, entries = find(content, b"PK\x03\x04"), find(content, b"PK\x01\x02")
    number = int(rng.integers(min(len(headers), len(entries))))
    field = int(rng.integers(len(FIELDS[b"PK\x03\x04"])))
    start, width = FIELDS[b"PK\x03\x04"][field]
    value = [0, 1, 12, 14, 2**31, 256**width - 1][int(rng.integers(6))] % 256**width
    for place in (headers[number] + start, entries[number] + start + 2):
        changed[place : place + width] = value.to_bytes(width, "little")
    return bytes(changed)


def claim_zip64(content, rng):
    """A zip64 end, and its locator, that claim anything."""
    end = len(content) - 22
    n_members, n_bytes, start = struct.unpack("<H2L", content[end + 10 : end + 20])
    huge = int(rng.choice([start, 0, 2**63, 2**40]))
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, n_members, n_members, n_bytes, huge)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    tail = content[end:] if rng.random() < 0.5 else content[end : end + 12] + b"\xff" * 8 + content[end + 20 :]
    return content[:end] + record + locator + tail


def many_members(content, rng):
    """A directory of very many entries."""
    end = len(content) - 22
    start = struct.unpack("<L", content[end + 16 : end + 20])[0]
    entry = content[start : start + 46 + struct.unpack("<H", content[start + 28 : start + 30])[0]]
    directory = entry * int(rng.choice([1_000, 70_000]))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, len(directory), start, 0)
    return content[:start] + directory + tail


def rewrite(content, rng):
    """The same members in another zip: other methods, names, order; members twice, left out or added."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [[name, archive.read(name)] for name in archive.namelist()]
    method = int(rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))
    chosen = int(rng.integers(len(members)))
    name, bytes_ = members[chosen]
    match int(rng.integers(9)):
        case 0:
            members[chosen][0] = NAMES[int(rng.integers(len(NAMES)))].format(name)
        case 1:
            members.append([name, bytes_])
        case 2:
            del members[chosen]
        case 3:
            members.append(["regressor_/foo.npy", bytes_])
        case 4:
            members[chosen][1] = members[(chosen + 1) % len(members)][1]
        case 5:
            rng.shuffle(members)
        case 6:
            members[chosen][1] = content
        case 7:
            members[chosen][1] = bytes(int(rng.choice([0, 10**6, 2**24])))
    return zipped(members, method, comment=b"!" if rng.random() < 0.1 else b"")


def nothing(content, rng):
    """The claim must hold for what was not changed too."""
    del rng
    return content


def zipped(members, method=zipfile.ZIP_DEFLATED, comment=b""):
    """A zip of names and contents as they are given."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            info = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
            # zipfile would mend a name that it is given at first.
            info.filename = info.orig_filename = name
            archive.writestr(info, content, method)
        archive.comment = comment
    return buffer.getvalue()


def span(content, rng):
    """Where a random part begins and ends; short ones are as likely as long ones."""
    length = min(int(2 ** rng.uniform(0, 14)), len(content))
    start = int(rng.integers(len(content) - length + 1))
    return start, start + length


def find(content, signature):
    """The positions of a signature."""
    places, place = [], content.find(signature)
    while place >= 0:
        places.append(place)
        place = content.find(signature, place + 1)
    return places


MUTATIONS = [
    flip_bits,
    flip_bits,
    overwrite,
    cut,
    delete,
    repeat,
    move,
    extend,
    change_field,
    change_field,
    change_both,
    claim_zip64,
    many_members,
    rewrite,
    rewrite,
    nothing,
]

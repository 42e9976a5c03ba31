#!/usr/bin/env python3
"""Writes Tests/Fixtures/Ingest/Archives: small compressed files and archives, good and bad.

expected.json says what Python's own tarfile and zipfile read in the good ones: names and contents.
Needs Python 3.11 and the programs zstd, zip and GNU tar; versions are written into expected.json.

  python3 Scripts/ingest_archives.py
"""
import bz2, gzip, io, json, lzma, pathlib, platform, struct, subprocess, tarfile, tempfile, zipfile, zlib

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/Ingest/Archives"
FIRST = b'{"text":"a"}\n{"text":"\xe4\xb8\xad"}\n'
SECOND = b'{"text":"b"}\n'
ROWS = b"text,label\nc,1\nd,2\n"
LONG = "folder/" + "n" * 90 + "/" + "m" * 90 + "/" + "é" * 20 + ".jsonl"
FILES = [("one.jsonl", FIRST), ("inner/two.csv", ROWS), ("three.txt", b"line one\nline two\n")]


def run(*words, data=None, cwd=None):
    return subprocess.run(words, input=data, stdout=subprocess.PIPE, check=True, cwd=cwd).stdout


def compressed():
    zst = lambda data, *more: run("zstd", "-q", "-c", *more, data=data)
    skipped = struct.pack("<II", 0x184D2A53, 5) + b"notes"
    (OUT / "two.jsonl.zst").write_bytes(zst(FIRST) + skipped + zst(SECOND, "--no-check"))
    # A frame whose window is larger than its library allows unasked.
    (OUT / "long.jsonl.zst").write_bytes(zst(FIRST, "--ultra", "--long=31"))
    (OUT / "two.jsonl.bz2").write_bytes(bz2.compress(FIRST) + bz2.compress(SECOND))
    (OUT / "two.jsonl.xz").write_bytes(lzma.compress(FIRST) + bytes(4) + lzma.compress(SECOND))
    (OUT / "two.jsonl.gz").write_bytes(gzip.compress(FIRST, mtime=0) + gzip.compress(SECOND, mtime=0))
    # More content than one piece of output, so that the library must be asked again.
    many = b"".join(b'{"text":"row %d"}\n' % i for i in range(1, 80001))
    (OUT / "many.jsonl.zst").write_bytes(zst(many, "-19", "--no-check"))
    # What begins as a zip archive and goes on as nothing, 120 MB of it.
    (OUT / "bomb.zip.bz2").write_bytes(bz2.compress(b"PK\3\4" + bytes(120 << 20)))


def info(name, data, kind=tarfile.REGTYPE, link=""):
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = len(data), kind, link
    return member


def tar(name, members, form):
    with tarfile.open(OUT / name, "w", format=form) as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))


def tars():
    files = [(info("folder", b"", tarfile.DIRTYPE), b"")] + [(info(n, d), d) for n, d in FILES]
    tar("ustar.tar", files, tarfile.USTAR_FORMAT)
    tar("gnu.tar", files + [(info(LONG, SECOND), SECOND)], tarfile.GNU_FORMAT)
    tar("pax.tar", files + [(info(LONG, SECOND), SECOND)], tarfile.PAX_FORMAT)
    plain = (OUT / "ustar.tar").read_bytes()
    (OUT / "ustar.tar.gz").write_bytes(gzip.compress(plain, mtime=0))
    (OUT / "named-wrongly.jsonl").write_bytes(bz2.compress(plain))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(zipfile.ZipInfo("deep.jsonl"), SECOND)
    packed = gzip.compress(SECOND, mtime=0)
    odd = [
        (info("one.jsonl", FIRST), FIRST), (info("link.jsonl", b"", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (info("hard.jsonl", b"", tarfile.LNKTYPE, "one.jsonl"), b""), (info("pipe", b"", tarfile.FIFOTYPE), b""),
        (info("../../escape.jsonl", SECOND), SECOND), (info("/absolute.jsonl", SECOND), SECOND),
        (info("._one.jsonl", b"\0\5\x16\7"), b"\0\5\x16\7"), (info("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (info("nothing.jsonl", b""), b""), (info("one.jsonl", SECOND), SECOND),
        (info("inner.zip", inner.getvalue()), inner.getvalue()), (info("two.jsonl.gz", packed), packed),
        (info("bad.jsonl", b'{"text":\n'), b'{"text":\n'), (info("last.jsonl", SECOND), SECOND),
    ]
    tar("odd.tar", odd, tarfile.PAX_FORMAT)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "holes.jsonl"
        with open(path, "wb") as file:
            file.seek(1 << 20)
            file.write(SECOND)
        for form, name in (("gnu", "sparse-gnu.tar"), ("pax", "sparse-pax.tar")):
            run("tar", f"--format={form}", "--sparse", "--mtime=@0", "--owner=0", "--group=0",
                "-cf", str(OUT / name), "holes.jsonl", cwd=folder)
        # More holes than the header has room for, and than one block behind it has.
        with open(path, "wb") as file:
            for place in range(30):
                file.seek(place * 8192)
                file.write(SECOND)
        (pathlib.Path(folder) / "last.jsonl").write_bytes(FIRST)
        holes = run("tar", "--format=gnu", "--sparse", "--mtime=@0", "--owner=0", "--group=0",
                    "-c", "holes.jsonl", "last.jsonl", cwd=folder)
        (OUT / "holes-gnu.tar.xz").write_bytes(lzma.compress(holes))


class Unseekable(io.RawIOBase):
    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def zips():
    def write(name, members, **more):
        with zipfile.ZipFile(OUT / name, "w", **more) as archive:
            for path, data, method in members:
                entry = zipfile.ZipInfo(path)
                entry.compress_type = method
                archive.writestr(entry, data)

    stored, deflated = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
    members = [("folder/", b"", stored)] + [(n, d, deflated if i else stored) for i, (n, d) in enumerate(FILES)]
    write("plain.zip", members + [("zh/中文.jsonl", SECOND, deflated)])
    data = (OUT / "plain.zip").read_bytes()
    (OUT / "program.zip").write_bytes(b"#!/bin/sh\nexit 0\n" + data)
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", deflated) as archive:
        for name, content in FILES:
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
                file.write(content)
    (OUT / "descriptor64.zip").write_bytes(bytes(stream.data))
    # Output of zlib ends where its room does, with more to come from bytes it has read already.
    sizes = [*range(262_145, 263_400, 10), *range(1_048_577, 1_049_000, 30)]
    letters = io.BytesIO()
    with zipfile.ZipFile(letters, "w", deflated) as archive:
        for size in sizes:
            archive.writestr(zipfile.ZipInfo(f"{size}.txt"), b"a" * size, deflated)
    (OUT / "letters.zip.xz").write_bytes(lzma.compress(letters.getvalue(), preset=9))
    zip64()
    write("bad.zip", [
        ("../escape.jsonl", SECOND, stored), ("C:\\one.jsonl", SECOND, stored), ("a\\..\\..\\b.jsonl", SECOND, stored),
        ("bz.jsonl", SECOND, zipfile.ZIP_BZIP2), ("good.jsonl", SECOND, deflated)])
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "secret.jsonl").write_bytes(SECOND)
        (OUT / "encrypted.zip").unlink(missing_ok=True)
        run("zip", "-q", "-X", "-P", "word", str(OUT / "encrypted.zip"), "secret.jsonl", cwd=folder)
    overlap()


def zip64():
    """An archive whose end says its directory by zip64 records alone."""
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 33, zlib.crc32(SECOND), len(SECOND), len(SECOND), 5, 0)
    body = local + b"a.jsl" + SECOND
    extra = struct.pack("<HHQQQ", 1, 24, len(SECOND), len(SECOND), 0)
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 33, zlib.crc32(SECOND), 0xFFFFFFFF,
                        0xFFFFFFFF, 5, len(extra), 0, 0, 0, 0, 0xFFFFFFFF) + b"a.jsl" + extra
    end64 = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(entry), len(body))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(body) + len(entry), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (OUT / "zip64.zip").write_bytes(body + entry + end64 + locator + end)


def overlap():
    """Two members of the directory that share one body, as bombs do."""
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 33, zlib.crc32(SECOND), len(SECOND), len(SECOND), 7, 0)
    body = local + b"a.jsonl" + SECOND
    entry = lambda: struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 0, 0, 33, zlib.crc32(SECOND), len(SECOND),
                                len(SECOND), 7, 0, 0, 0, 0, 0, 0) + b"a.jsonl"
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 2, 2, 2 * len(entry()), len(body), 0)
    (OUT / "overlap.zip").write_bytes(body + entry() + entry() + end)


def expected():
    result = {
        "command": "python3 Scripts/ingest_archives.py", "python": platform.python_version(),
        "zstd": run("zstd", "--version").decode().strip(), "archives": {}}
    for name in ("ustar.tar", "gnu.tar", "pax.tar", "ustar.tar.gz", "named-wrongly.jsonl"):
        with tarfile.open(OUT / name) as archive:
            result["archives"][name] = {
                m.name: archive.extractfile(m).read().decode() for m in archive if m.isfile()}
    for name in ("plain.zip", "program.zip", "descriptor64.zip", "zip64.zip"):
        with zipfile.ZipFile(OUT / name) as archive:
            result["archives"][name] = {
                m.filename: archive.read(m).decode() for m in archive.infolist() if not m.is_dir()}
    (OUT / "expected.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


OUT.mkdir(parents=True, exist_ok=True)
compressed()
tars()
zips()
expected()

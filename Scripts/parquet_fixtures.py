"""Writes Tests/Fixtures/Parquet: small Parquet files of other writers, and their rows as JSON lines.

pip install pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.0
python3 Scripts/parquet_fixtures.py          # seed 7

Each NAME.parquet has NAME.jsonl beside it: what pyarrow reads, in the spelling that Anneal uses
(times as ISO 8601, decimals as numbers with all digits, maps with text keys as objects).
"""
import datetime as dt, decimal, json, os, random, re, uuid
import duckdb, numpy as np, pandas as pd, polars as pl, pyarrow as pa, pyarrow.parquet as pq

random.seed(7)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Fixtures", "Parquet")
os.makedirs(OUT, exist_ok=True)
WORDS = "der die das model train data中文 é naïve 🙂 token \n tab\t quote\" back\\slash".split(" ")


def Literal(text):
    """A number that keeps its digits: a text that the writer takes the quotes from."""
    return f"number:{text}"


def fraction(value, digits=6):
    return f".{value.microsecond:06d}"[: digits + 1] if value.microsecond else ""


def plain(value, kind):
    if value is None: return None
    if pa.types.is_map(kind):
        pairs = [(plain(k, kind.key_type), plain(v, kind.item_type)) for k, v in value]
        return dict(pairs) if pa.types.is_string(kind.key_type) else [{"key": k, "value": v} for k, v in pairs]
    if pa.types.is_struct(kind):
        return {f.name: plain(value.get(f.name), f.type) for f in kind}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return [plain(v, kind.value_type) for v in value]
    if pa.types.is_dictionary(kind): return plain(value, kind.value_type)
    if pa.types.is_decimal(kind): return Literal(format(value, "f"))
    if pa.types.is_timestamp(kind):
        digits = {"ms": 3, "us": 6, "ns": 6}[kind.unit]
        base = value.strftime("%Y-%m-%dT%H:%M:%S") + fraction(value, digits)
        if kind.unit == "ns" and "." in base: base += "000"
        return base + ("Z" if kind.tz else "")
    if pa.types.is_date(kind): return value.isoformat()
    if pa.types.is_time(kind):
        digits = 3 if kind.bit_width == 32 else 6
        return value.strftime("%H:%M:%S") + fraction(value, digits)
    if pa.types.is_floating(kind):
        if value != value or value in (float("inf"), float("-inf")): return None
        if kind.bit_width == 64: return Literal(repr(value)) if value != int(value) or abs(value) > 2**53 else int(value)
        return Literal(str(np.float32(value)))
    if isinstance(value, uuid.UUID): return str(value)
    if isinstance(value, bytes):
        try: return value.decode()
        except UnicodeDecodeError:
            import base64
            return "data:;base64," + base64.b64encode(value).decode()
    return value


def expect(name):
    table = pq.read_table(f"{OUT}/{name}.parquet")
    kinds = {f.name: f.type for f in table.schema}
    with open(f"{OUT}/{name}.jsonl", "w") as file:
        for row in table.to_pylist():
            line = json.dumps({k: plain(v, kinds[k]) for k, v in row.items()}, ensure_ascii=False)
            file.write(re.sub(r'"number:([^"]*)"', r"\1", line) + "\n")


def text(n=6): return " ".join(random.choice(WORDS) for _ in range(random.randrange(n)))
def maybe(make): return None if random.random() < 0.2 else make()


def chats(count):
    turn = lambda: {"role": random.choice(["user", "assistant"]), "content": maybe(text),
                    "tool_calls": maybe(lambda: [{"id": str(i), "arguments": text(3)} for i in range(random.randrange(3))])}
    return [{"id": i, "messages": maybe(lambda: [turn() for _ in range(random.randrange(4))]),
             "tags": [maybe(text) for _ in range(random.randrange(3))], "label": random.choice(["a", "b", None]),
             "grid": [[random.randrange(9) for _ in range(random.randrange(3))] for _ in range(random.randrange(3))]}
            for i in range(count)]


CHAT = pa.schema([
    ("id", pa.int64()),
    ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string()),
        ("tool_calls", pa.list_(pa.struct([("id", pa.string()), ("arguments", pa.string())])))]))),
    ("tags", pa.list_(pa.string())), ("label", pa.string()), ("grid", pa.list_(pa.list_(pa.int32())))])


def nested():
    table = pa.Table.from_pylist(chats(150), schema=CHAT)
    for name, options in {
        "chat-snappy": {}, "chat-zstd-v2": dict(compression="zstd", data_page_version="2.0"),
        "chat-gzip-groups": dict(compression="gzip", row_group_size=37),
        "chat-none-pages": dict(compression="none", data_page_size=200, write_batch_size=8, use_dictionary=False),
        "chat-lz4": dict(compression="lz4"), "chat-checksum": dict(write_page_checksum=True, data_page_version="2.0"),
        "chat-delta": dict(use_dictionary=False, column_encoding={
            "id": "DELTA_BINARY_PACKED", "label": "DELTA_BYTE_ARRAY", "messages.list.element.role": "DELTA_LENGTH_BYTE_ARRAY",
            "messages.list.element.content": "DELTA_BYTE_ARRAY", "grid.list.element.list.element": "DELTA_BINARY_PACKED"}),
    }.items():
        pq.write_table(table, f"{OUT}/{name}.parquet", **options)
        expect(name)
    pq.write_table(table, f"{OUT}/refused-brotli.parquet", compression="brotli")


def types():
    utc = dt.timezone.utc
    moment = lambda: dt.datetime(random.randrange(1950, 2060), random.randrange(1, 13), random.randrange(1, 28),
                                 random.randrange(24), random.randrange(60), random.randrange(60), random.randrange(10**6))
    rows = {
        "bool": (pa.bool_(), lambda: random.random() < 0.5), "i8": (pa.int8(), lambda: random.randrange(-128, 128)),
        "u8": (pa.uint8(), lambda: random.randrange(256)), "i16": (pa.int16(), lambda: random.randrange(-2**15, 2**15)),
        "u32": (pa.uint32(), lambda: random.randrange(2**32)), "u64": (pa.uint64(), lambda: random.randrange(2**64)),
        "i32": (pa.int32(), lambda: random.randrange(-2**31, 2**31)), "i64": (pa.int64(), lambda: random.randrange(-2**63, 2**63)),
        "f32": (pa.float32(), lambda: random.choice([0.5, -1.25, 3.0, float("nan")])),
        "f64": (pa.float64(), lambda: random.choice([random.random(), 1e300, -2.5, 7.0, float("inf")])),
        "f16": (pa.float16(), lambda: random.choice([0.5, -1.25, 3.0, 2.0**-24, 65504.0])),
        "dec9": (pa.decimal128(9, 2), lambda: decimal.Decimal(random.randrange(-10**8, 10**8)) / 100),
        "dec30": (pa.decimal128(30, 10), lambda: decimal.Decimal(random.randrange(-10**29, 10**29)).scaleb(-10)),
        "date": (pa.date32(), lambda: moment().date()), "t32": (pa.time32("ms"), lambda: moment().replace(microsecond=123000).time()),
        "t64": (pa.time64("us"), lambda: moment().time()),
        "ms": (pa.timestamp("ms"), lambda: moment().replace(microsecond=250000)),
        "us": (pa.timestamp("us", tz="UTC"), lambda: moment().replace(tzinfo=utc)),
        "ns": (pa.timestamp("ns"), lambda: moment()),
        "bin": (pa.binary(), lambda: random.choice([b"", b"text", b"\xff\x00\x01", bytes(range(200, 205))])),
        "fixed": (pa.binary(4), lambda: random.choice([b"abcd", b"\xff\xfe\xfd\xfc"])),
        "map": (pa.map_(pa.string(), pa.int32()), lambda: [(str(i), maybe(lambda: i)) for i in range(random.randrange(3))]),
        "intmap": (pa.map_(pa.int32(), pa.string()), lambda: [(i, text(2)) for i in range(random.randrange(3))]),
        "big": (pa.large_string(), text), "cat": (pa.dictionary(pa.int8(), pa.string()), lambda: random.choice("xyz")),
        "two": (pa.list_(pa.float32(), 2), lambda: [0.5, 1.0]), "null": (pa.null(), lambda: None),
        "deep": (pa.struct([("a", pa.struct([("b", pa.list_(pa.struct([("c", pa.int32())])))]))]),
                 lambda: {"a": maybe(lambda: {"b": maybe(lambda: [maybe(lambda: {"c": maybe(lambda: 1)}) for _ in range(2)])})}),
    }
    columns = {k: pa.array([maybe(make) for _ in range(80)], type=kind) for k, (kind, make) in rows.items()}
    pq.write_table(pa.table(columns), f"{OUT}/types.parquet")
    expect("types")
    numbers = {k: columns[k] for k in ("i32", "i64", "f32", "f64", "fixed", "f16", "dec30")}
    pq.write_table(pa.table(numbers), f"{OUT}/types-split.parquet", use_dictionary=False,
                   column_encoding={k: "BYTE_STREAM_SPLIT" for k in numbers})
    expect("types-split")
    pq.write_table(pa.table({"bool": columns["bool"], "i32": columns["i32"]}), f"{OUT}/types-rle.parquet",
                   use_dictionary=False, data_page_version="2.0", column_encoding={"bool": "RLE", "i32": "DELTA_BINARY_PACKED"})
    expect("types-rle")
    pq.write_table(pa.table({"when": columns["ns"]}), f"{OUT}/types-int96.parquet", use_deprecated_int96_timestamps=True)
    expect("types-int96")


def others():
    rows = chats(120)
    pd.DataFrame([{"text": text(9), "label": random.choice(["x", "y"]), "score": random.random(), "n": i} for i in range(90)]
                 ).to_parquet(f"{OUT}/pandas.parquet")
    expect("pandas")
    frame = pl.DataFrame([{k: r[k] for k in ("id", "tags", "label", "messages")} for r in rows], infer_schema_length=None)
    frame.write_parquet(f"{OUT}/polars.parquet", row_group_size=50)
    expect("polars")
    source = pa.Table.from_pylist(rows, schema=CHAT)
    connection = duckdb.connect()
    for version in ("v1", "v2"):
        connection.execute(f"COPY (SELECT * FROM source) TO '{OUT}/duckdb-{version}.parquet' (FORMAT parquet, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048)")
        expect(f"duckdb-{version}")
    pq.write_table(pa.table({"text": []}, schema=pa.schema([("text", pa.string())])), f"{OUT}/empty.parquet")
    expect("empty")
    # Lists by the older rules: the repeated group is called array, or is the element.
    pq.write_table(source, f"{OUT}/chat-oldlist.parquet", use_compliant_nested_type=False)
    expect("chat-oldlist")


nested(); types(); others()
print(sum(os.path.getsize(f"{OUT}/{n}") for n in os.listdir(OUT)) // 1024, "KB in", len(os.listdir(OUT)), "files")

import Records
import Testing

/// What is written straight from raw JSON must be what reading and writing the record gives.
@Suite struct `Records written from the JSON they are read from` {
  private static let source = Source(file: "f \"é\".jsonl", line: 7)
  private static let keys = [
    "instruction", "instruction", "input", "output", "output", "text", "label", "question",
    "answer", "context", "response", "prompt", "reward", "score", "system", "history", "anneal",
    "kto_tag", "anchor", "positive", "id", "é", "note", "sentence1", "sentence2", "messages",
  ]
  private static let strings = [
    #""""#, #""a""#, #""plain text, Zürich 中文 😀""#, #""a\nb\tc\r\"d\" \\e""#, #""a\/b""#,
    #""\u00e9\u0007\b\f""#, #""\ud83d\ude00""#, #""\ud83d""#, #""\x""#, "\"a\tb\"", "\"\u{7F}\"",
    #""{\"anneal\":{\"id\":1}}""#, #""open"#,
  ]
  private static let others = [
    "0", "-1.50e+3", "01", "12345678901234567890", "true", "false", "null", "nul", "[]", "[1]",
    "{}", #"{"a": 1}"#,
  ]

  /// The line by way of the record; nil where there is none.
  private func slow(_ json: [UInt8], _ known: Schema?) -> [UInt8]? {
    guard let object = try? JSONValue.parse(json).object, object[Record.reservedKey] == nil else {
      return nil
    }
    let choice = Schema.choice(for: object)
    guard let schema = known ?? (choice.rivals.isEmpty ? choice.schema : nil),
      let body = try? schema.read(object)
    else { return nil }
    let record = Record(
      id: Self.source.name, source: Self.source, content: body.content, label: body.label,
      schema: schema, metadata: body.metadata)
    var line: [UInt8] = []
    record.write(to: &line)
    return line
  }

  private func fast(_ json: [UInt8], _ writer: inout RawRecordWriter) -> [UInt8]? {
    var line = Array("before".utf8)
    let isWritten = json.withUnsafeBufferPointer {
      writer.write($0, at: Self.source, to: &line)
    }
    #expect(line.starts(with: "before".utf8))
    #expect(isWritten || line.count == 6)
    return isWritten ? Array(line.dropFirst(6)) : nil
  }

  private func json(_ random: inout CounterRandom) -> [UInt8] {
    func blank() -> String {
      random.below(6) == 0 ? [" ", "\t", "\r\n", "  "][random.below(4)] : ""
    }
    var members: [String] = []
    // Most objects are of some form, with other members around it.
    let bases = [
      ["instruction", "output"], ["instruction", "input", "output"], ["text"],
      ["question", "answer"],
    ]
    var keys = bases[random.below(bases.count)]
    for _ in 0..<random.below(4) { keys.append(Self.keys[random.below(Self.keys.count)]) }
    if random.below(4) == 0 { keys.reverse() }
    for key in keys {
      let isText = random.below(10) < 8
      let value =
        isText
        ? Self.strings[random.below(random.below(3) == 0 ? Self.strings.count : 7)]
        : Self.others[random.below(Self.others.count)]
      members.append("\(blank())\"\(key)\"\(blank()):\(blank())\(value)\(blank())")
    }
    var bytes = Array("\(blank()){\(members.joined(separator: ","))}\(blank())".utf8)
    switch random.below(12) {
    case 0: bytes.removeLast(random.below(3) + 1)
    case 1: bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.below(256))
    default: break
    }
    return bytes
  }

  @Test(arguments: [nil, Schema.alpaca, .text, .dolly, .alpacaKTO])
  func `are those of the record`(schema: Schema?) throws {
    var random = CounterRandom(seed: 3, purpose: "raw", record: schema?.rawValue ?? "")
    var written = 0
    // One for all objects, the keys of which it may know from the one before.
    var writer = RawRecordWriter(as: schema)
    for _ in 0..<40_000 {
      let json = json(&random)
      guard let line = fast(json, &writer) else { continue }
      written += 1
      guard line == slow(json, schema) else {
        Issue.record("\(String(decoding: json, as: UTF8.self))")
        return
      }
    }
    #expect(written > 200, "\(written)")
  }

  @Test func `are most records of usual files`() {
    for line in [
      #"{"instruction": "Name it.", "input": "", "output": "A\nB"}"#,
      #"{"text": "caf\u00e9", "label": 3, "id": null}"#,
      #"{"question":"Why?","answer":"So.","score":0.5,"ok":true}"# + "\r",
    ] {
      var writer = RawRecordWriter(as: nil)
      for _ in 1...2 {
        let written = fast(Array(line.utf8), &writer)
        #expect(written == slow(Array(line.utf8), nil))
        #expect(written != nil)
      }
    }
  }
}

import Records
import TestSupport
import Testing

/// What is done with the texts of a line must be what is done with those of its record.
@Suite struct `Texts where they stand in a line` {
  private static let pieces = [
    "a", "word ", "\n", "\"", "\\", "\t", "\u{7}", "é", "中文", "😀", "{", "\"anneal\":{\"id\":", ",",
  ]

  private static func records(_ count: Int) -> [Record] {
    (0..<count).map { index in
      var random = CounterRandom(seed: 5, purpose: "places", record: "\(index)")
      func text() -> String {
        (0..<random.below(6)).map { _ in pieces[random.below(pieces.count)] }.joined()
      }
      let kind = random.below(6)
      let turns = [
        Message(.user, text(), input: kind % 2 == 0 ? text() : nil), Message(.assistant, text()),
      ]
      let content: Content =
        kind == 0 ? .text(text()) : .conversation(Conversation(Array(turns.prefix(kind))))
      let schemas: [Schema] = [.alpaca, .dolly, .questionAnswer, .messages, .text]
      var metadata = JSONObject()
      if random.below(2) == 0 { metadata["k"] = [["x": .string(text())], .null, 1.5] }
      if random.below(5) == 0 { metadata["input"] = .string(text()) }
      if random.below(9) == 0 { metadata["system"] = .string(text()) }
      return Record(
        id: "f:\(index)" + (random.below(9) == 0 ? "\"" : ""),
        source: Source(file: "f", line: index), content: content,
        label: random.below(3) == 0 ? Label("l") : nil, side: random.below(3) == 0 ? .test : nil,
        schema: kind == 0 ? .text : schemas[random.below(schemas.count)], metadata: metadata)
    }
  }

  private func forEachLine(
    _ visit: (Record, UnsafeBufferPointer<UInt8>, TextPlaces) throws -> Void
  ) rethrows -> Int {
    var found = 0
    for record in Self.records(20_000) {
      var line: [UInt8] = []
      record.write(to: &line)
      try line.withUnsafeBufferPointer { json in
        guard let places = TextPlaces(in: json) else { return }
        found += 1
        try visit(record, json, places)
      }
    }
    return found
  }

  @Test func `are changed as in the record`() throws {
    func change(_ text: String) -> String { text.replacing("word ", with: "\"W\"\n") + "" }
    // One for all records, as a stage has it.
    var edits = TextEdits()
    let found = try forEachLine { record, json, places in
      let isRead = edits.read(places, in: json) { text, buffer in
        let new = change(String(decoding: text, as: UTF8.self)).utf8
        let isSame = new.elementsEqual(text)
        if !isSame { buffer += new }
        return !isSame
      }
      try #require(isRead)
      var (line, place) = ([UInt8](), 0)
      for edit in edits.edits {
        line += json[place..<edit.place.lowerBound]
        edits.withTexts(of: edit) { _, new in JSONValue.write(utf8: new, to: &line) }
        place = edit.place.upperBound
      }
      line += json[place...]
      var (changed, paths) = (record, [String]())
      changed.mapFields { path, text in
        if change(text) != text { paths.append(path) }
        return change(text)
      }
      var expected: [UInt8] = []
      changed.write(to: &expected)
      try #require(line == expected, "\(String(decoding: expected, as: UTF8.self))")
      try #require(edits.edits.map(\.field.description) == paths)
    }
    #expect(found > 8000, "\(found)")
  }

  @Test func `are put together as in the record`() throws {
    var whole = 0
    _ = try forEachLine { record, json, places in
      var texts: [UInt8] = []
      guard places.append(textsOf: json, to: &texts) else { return }
      whole += 1
      try #require(texts == Array(record.texts().joined(separator: "\u{0}").utf8))
      let id = json[places.id.lowerBound + 1..<places.id.upperBound - 1]
      try #require(id.elementsEqual(record.id.replacing("\"", with: "\\\"").utf8))
    }
    #expect(whole > 5000, "\(whole)")
  }
}

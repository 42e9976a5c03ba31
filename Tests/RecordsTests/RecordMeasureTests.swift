import Records
import Testing

struct RecordMeasureTests {
  private static let texts = [
    "", "plain", "caf\u{E9} \u{1F600} 中文",
    "quote \" slash \\ / tab \t line \n return \r bell \u{07}",
    "\\u0041 \\n", "ends with a slash \\", "\u{2028}\u{FEFF}",
  ]

  private func record(_ schema: Schema, _ content: Content, _ label: Label?) -> Record {
    Record(
      id: "a\"b:1", source: Source(file: "a\"b", line: 1), content: content, label: label,
      schema: schema, metadata: ["more": "text", "deep": ["anneal": ["id": "x"]]])
  }

  @Test func `the measure of a line is that of its record`() throws {
    var measured = 0
    for (index, text) in Self.texts.enumerated() {
      let turns = Conversation([
        Message(.user, text, input: index % 2 == 0 ? "in\n" : nil), Message(.assistant, "a\(text)"),
      ])
      let system = Conversation([Message(.system, text)] + turns.messages)
      let records = [
        record(.text, .text(text), Label("x")), record(.alpaca, .conversation(turns), nil),
        record(.alpaca, .conversation(system), Label(.integer(1))),
        record(.messages, .conversation(turns), nil),
        record(.questionAnswer, .conversation(turns), Label(.bool(true))),
      ]
      for record in records {
        var line: [UInt8] = []
        record.write(to: &line)
        guard let measure = line.withUnsafeBufferPointer({ RecordMeasure(of: $0) }) else {
          continue
        }
        measured += 1
        #expect(measure == RecordMeasure(record), "\(String(decoding: line, as: UTF8.self))")
      }
    }
    #expect(measured >= 2 * Self.texts.count)
  }

  @Test func `escapes that may be halves of a pair are left to the parser`() {
    let line =
      #"{"text":"\ud83d\ude00","anneal":{"id":"a","schema":"text","source":{"file":"a","line":1}}}"#
    let measure = Array(line.utf8).withUnsafeBufferPointer { RecordMeasure(of: $0) }
    #expect(measure == nil)
  }
}

import Clean
import Records
import Stages
import TestSupport
import Testing

/// What a stage says of a record without parsing it must be what it makes of the record.
@Suite struct `Records that a stage need not see` {
  private static let stages: [(name: String, parameters: [String: String])] = [
    ("clean.unicode", ["form": "NFC"]), ("clean.unicode", ["form": "NFD"]),
    ("clean.unicode", ["form": "NFKC"]), ("clean.unicode", ["form": "NFKD"]),
    ("clean.whitespace", [:]), ("clean.whitespace", ["newlines": "paragraphs"]),
    ("clean.whitespace", ["newlines": "blanks"]), ("clean.whitespace", ["strip": "false"]),
    ("clean.html", [:]),
  ]

  private static let pieces = [
    " ", " ", "\n", "\n", "\t", "\r", "\"", "\\", "\\n", "a", "b", "n", "text", "<b>", "&amp;", "<",
    "é", "e\u{301}", "\u{301}", "ﬁ", "，", "。", "中文", "が", "か\u{3099}", "\u{3099}", "한", "\u{1100}",
    "\u{1161}", "\u{A0}", "\u{2003}", "\u{200B}", "\u{2026}", "’", "—", "\u{3000}", "\u{FEFF}",
    "\u{7}", "\u{85}", "Å", "１", "😀", "\u{1D15E}", "\u{2028}", "\u{AD}", "\u{7F}",
  ]

  private static func records(_ count: Int) -> [Record] {
    (0..<count).map { index in
      var random = CounterRandom(seed: 7, purpose: "spared", record: "\(index)")
      func text() -> String {
        (0..<random.below(7)).map { _ in pieces[random.below(pieces.count)] }.joined()
      }
      let turns = [Message(.user, text(), input: text()), Message(.assistant, text())]
      return Record(
        id: "f:\(index)", source: Source(file: "f", line: index),
        content: index % 2 == 0 ? .text(text()) : .conversation(Conversation(turns)),
        schema: index % 2 == 0 ? .text : .alpaca, metadata: ["k": .string(text())])
    }
  }

  @Test(arguments: stages.indices)
  func `go on as they are`(index: Int) throws {
    let (name, parameters) = Self.stages[index]
    let stage = try #require(
      try cleanStages.first { $0.name == name }?.stage(parameters) as? any RecordStage)
    var spared = 0
    for record in Self.records(20_000) {
      var json: [UInt8] = []
      record.write(to: &json)
      guard json.withUnsafeBufferPointer({ stage.leaves($0) }) else { continue }
      spared += 1
      guard case .keep(let kept, nil) = try stage.outcome(of: record, .test()), kept == record
      else {
        Issue.record("\(name) \(parameters) changes \(String(decoding: json, as: UTF8.self))")
        return
      }
    }
    #expect(spared > 200)
  }

  @Test(arguments: stages.indices)
  func `are most of those with plain text`(index: Int) throws {
    let (name, parameters) = Self.stages[index]
    let stage = try #require(
      try cleanStages.first { $0.name == name }?.stage(parameters) as? any RecordStage)
    for text in ["A plain sentence, \"quoted\" and C:\\so.", "头痛怎么办？请多喝水，早点休息。"] {
      var json: [UInt8] = []
      Record.text(text).write(to: &json)
      // The compatibility forms change the marks of full width.
      let changes = parameters["form"]?.hasPrefix("NFK") == true && text.hasPrefix("头")
      #expect(json.withUnsafeBufferPointer { stage.leaves($0) } == !changes)
    }
  }
}

import Augment
import Records
import Stages
import TestSupport
import Testing

/// What an augmenter makes of one record.
struct Brood {
  let texts: [String]
  let records: [Record]
  let notes: [JSONValue]
  /// Why there is no child.
  let reason: String?

  /// Runs a stage of the family, by its name behind the dot.
  init(
    _ name: String, of record: Record, _ parameters: [String: String] = [:], seed: UInt64 = 42
  ) throws {
    let full = "augment.\(name)"
    let stage = try #require(
      try Brood.descriptor(name).stage(parameters) as? any RecordStage)
    let context = StageContext(seed: seed, stage: full, threads: 1)
    switch try stage.outcome(of: record, context) {
    case .derive(let parent, let children):
      #expect(parent == record)
      records = children.map(\.record)
      notes = children.map(\.note)
      reason = nil
    case .keep(let parent, let note):
      #expect(parent == record)
      (records, notes) = ([], [])
      reason = note?["no-child"]?.string
    default:
      Issue.record("the record came to an end")
      (records, notes, reason) = ([], [], nil)
    }
    texts = records.flatMap { $0.fields(.all).map(\.text) }
  }

  /// The stage of a name.
  static func descriptor(_ name: String) throws -> StageDescriptor {
    let stages = augmentStages { _ throws(Diagnostic) in throw Diagnostic("no translator") }
    return try #require(stages.first { $0.name == "augment.\(name)" })
  }

  /// Expects the same children on any number of threads, others of another seed, and of each record its own.
  static func drawsForItself(
    _ stage: any RecordStage, named name: String, _ records: [Record]
  ) throws {
    func run(seed: UInt64, threads: Int) throws -> [[Record]] {
      let context = StageContext(seed: seed, stage: "augment.\(name)", threads: threads)
      return try OrderedMap.map(records, threads: threads) { _, record in
        guard case .derive(_, let children) = try stage.outcome(of: record, context) else {
          return []
        }
        return children.map(\.record)
      }
    }
    let one = try run(seed: 1, threads: 1)
    #expect(try run(seed: 1, threads: 4) == one)
    #expect(try run(seed: 2, threads: 1) != one)
    let beginnings = one.map { $0.first?.fields(.all).first?.text.prefix(30) }
    #expect(Set(beginnings).count > 5)
  }

  /// Whether every note leads from the parent's text to the child's.
  static func replays(_ text: String, _ brood: Brood) throws -> Bool {
    try replays(text, brood.texts, brood.notes)
  }

  /// Whether every note leads from the parent's text to that of its child.
  static func replays(_ text: String, _ children: [String], _ notes: [JSONValue]) throws -> Bool {
    for (child, note) in zip(children, notes) {
      var scalars = Array(text.unicodeScalars)
      for edit in try #require(note.array).reversed() {
        let at = try #require(edit["at"]?.int)
        let from = Array(try #require(edit["from"]?.string).unicodeScalars)
        guard Array(scalars[at..<at + from.count]) == from else { return false }
        scalars.replaceSubrange(
          at..<at + from.count, with: try #require(edit["to"]?.string).unicodeScalars)
      }
      var replayed = String.UnicodeScalarView()
      replayed.append(contentsOf: scalars)
      if !String(replayed).utf8.elementsEqual(child.utf8) { return false }
    }
    return true
  }
}

/// Texts with what augmenters must not break: marks, addresses, code, other scripts, odd characters.
enum Soup {
  static let pieces = [
    "movie", "doctors", "Buy", "don't", "a", "the", " ", "  ", "\n", "\t", "\r\n", ",", ".", "!?",
    "(", ")", "\"", "'", "`", "{", "}", "<b>", "</b>", "http://x.org/a", "é", "你好", "学习", "😀",
    "e\u{301}", "\u{200B}", "\u{FEFF}", "-", "—", "12", "3.5", "car's", "\u{0}", "größe", "한국어",
    "नमस्ते", "👩‍👩‍👧", "ไทย",
  ]

  static func text(_ random: inout CounterRandom) -> String {
    (0..<random.below(60)).map { _ in pieces[random.below(pieces.count)] }.joined()
  }
}

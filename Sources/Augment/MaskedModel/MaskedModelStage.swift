import Records
import Stages

/// Derives records in which a masked language model replaced words, or put some in.
///
/// The records of a batch are worked on together, word by word; what becomes of one depends on no other.
struct MaskedModelStage: CopyingCollectionStage {
  let words: any WordPredictor
  let rules: MaskedRules
  let copies: Int
  let fields: [Selector]
  let keepsAnswers: Bool
  let spans: ProtectedSpans
  let language: String

  /// How often a child is drawn anew that is like its parent or a sibling.
  private static let tries = 3

  func dependencies() throws(StageError) -> [String] { try words.files() + rules.fit.files }

  func identity() throws(StageError) -> JSONValue? { words.identity }

  func plan(
    _ records: RecordCollection, _ context: StageContext, wanted: @Sendable (Int) -> Int
  ) throws -> PlannedLines {
    var plan = try PlannedLines(records: records.count, context)
    try records.forEachStoredBatch { stored in
      try litter(of: stored, wanted: wanted(stored.index), context)
    } _: { batch in
      var litters = batch.compactMap(\.self)
      for copy in 0..<(litters.map(\.wanted).max() ?? 0) { try derive(copy + 1, &litters, context) }
      for litter in litters { try plan.note(litter.line, at: litter.index) }
    }
    return plan
  }

  func outcome(
    of record: Record, at index: Int, _ plan: PlannedLines, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard plan.holds(index), var offspring = Offspring(of: record, fields, context) else {
      return .keep(record)
    }
    let line = try plan.line(at: index)
    guard let entry = MaskedLitter.Entry(line: line, rules.action) else {
      preconditionFailure("line \(index) of the plan is \(String(decoding: line, as: UTF8.self))")
    }
    for edits in entry.children { _ = offspring.add(edits) }
    return offspring.outcome(withoutChild: entry.reason)
  }

  // MARK: - Asking

  /// What may be changed of a record; nil for one that may have no children, or of which none is wanted.
  private func litter(
    of stored: StoredRecord, wanted: Int, _ context: StageContext
  ) throws(StageError) -> MaskedLitter? {
    guard wanted > 0 else { return nil }
    let record = try stored.record()
    guard let offspring = Offspring(of: record, fields, context) else { return nil }
    let free = FreeWords(
      of: record, protecting: spans, keepsAnswers: keepsAnswers, language: language)
    var texts: [MaskableText] = []
    for field in offspring.texts {
      texts.append(try MaskableText(field, free, rules.fit, rules.action))
    }
    return MaskedLitter(offspring, texts, at: stored.index, wanted: wanted)
  }

  /// Makes one more child of each record that wants one.
  private func derive(
    _ copy: Int, _ litters: inout [MaskedLitter], _ context: StageContext
  ) throws {
    var draws = litters.map { $0.random(copy: copy) }
    var waiting = litters.indices.filter {
      copy <= litters[$0].wanted && !litters[$0].texts.isEmpty
    }
    for _ in 0..<Self.tries where !waiting.isEmpty {
      var children = waiting.map { MaskedChild(litters[$0].texts, rules, draws[$0]) }
      try change(&children, waiting.map { litters[$0].texts })
      var refused: [Int] = []
      for (litter, child) in zip(waiting, children) {
        draws[litter] = child.random
        if !litters[litter].take(child) { refused.append(litter) }
      }
      waiting = refused
    }
  }

  /// Changes words of children, one word of each at a time, until each has enough.
  private func change(_ children: inout [MaskedChild], _ texts: [[MaskableText]]) throws {
    var active = Array(children.indices)
    while !active.isEmpty {
      try Interruption.check()
      var gaps: [TextGap] = []
      active = active.filter { child in
        guard let gap = children[child].nextGap(texts[child]) else { return false }
        gaps.append(gap)
        return true
      }
      let found = try words.words(in: gaps, atMost: rules.topK, least: Float(rules.least))
      for (child, words) in zip(active, found) { try children[child].take(words, texts[child]) }
    }
  }
}

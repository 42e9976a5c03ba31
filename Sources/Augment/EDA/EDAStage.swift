import Records
import Stages

/// Derives records by easy data augmentation: one operation a child, the operations by turns.
struct EDAStage: CopyingStage {
  /// The operations done and the rate of each: the paper's α, for deletion its p.
  let rates: [EasyOperation: Double]
  var copies: Int
  let fields: [Selector]
  let keepsAnswers: Bool
  let spans: ProtectedSpans
  let language: String
  /// Where synonyms come from; nil where no operation needs any.
  let synonyms: (any SynonymSource)?

  func dependencies() throws(StageError) -> [String] { synonyms?.files ?? [] }

  /// A record's texts as the operations see them.
  private struct Material {
    let texts: [EasyText]
    let swapper: SynonymSwapper?
  }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    guard var offspring = Offspring(of: record, fields, context) else { return .keep(record) }
    let material = try read(record, offspring.texts)
    guard material.texts.contains(where: { !$0.words.isEmpty }) else {
      return offspring.outcome(withoutChild: "no-words")
    }
    let order = turns(record, context)
    for copy in 1...copies {
      var random = offspring.random(copy: copy)
      addChild(&offspring, material, order[(copy - 1) / rates.count], copy, &random)
    }
    return offspring.outcome(withoutChild: "no-change")
  }

  private func read(_ record: Record, _ fields: [Field]) throws(StageError) -> Material {
    let words = FreeWords(
      of: record, protecting: spans, keepsAnswers: keepsAnswers, language: language)
    let texts = fields.map { field in
      let found = words.find(in: field.text)
      return EasyText(
        path: field.path, text: field.text, count: found.count, words: found.filter(\.isFree))
    }
    let swapper = try synonyms?.swapper(
      record, fields, protecting: spans, keepsAnswers: keepsAnswers)
    return Material(texts: texts, swapper: swapper)
  }

  /// The operations in a new random order for each round of copies, so that all are done alike often.
  private func turns(_ record: Record, _ context: StageContext) -> [[EasyOperation]] {
    var random = context.random(for: record.id)
    let operations = EasyOperation.allCases.filter { rates[$0] != nil }
    return (0...(copies - 1) / operations.count).map { _ in
      random.some(operations.count, of: operations)
    }
  }

  /// A child by the copy's operation, or the next one that changes anything.
  private func addChild(
    _ offspring: inout Offspring, _ material: Material, _ round: [EasyOperation], _ copy: Int,
    _ random: inout CounterRandom
  ) {
    for turn in 0..<round.count {
      let operation = round[(copy - 1 + turn) % round.count]
      // A few draws mostly give a child unlike the others, where there is one.
      for _ in 0..<8 {
        let edits = edits(operation, material, &random)
        if edits.contains(where: { !$0.value.isEmpty }), offspring.add(edits) { return }
      }
    }
  }

  private func edits(
    _ operation: EasyOperation, _ material: Material, _ random: inout CounterRandom
  ) -> [String: [TextEdit]] {
    let rate = rates[operation] ?? 0
    switch operation {
    case .replace:
      let number = material.texts.reduce(0) { $0 + $1.changes(rate) }
      return material.swapper?.draw(number, &random) ?? [:]
    case .insert: return insertions(rate, material, &random)
    case .swap:
      return byPath(material.texts) { $0.swapped($0.changes(rate), &random) }
    case .delete:
      return byPath(material.texts) { $0.deleted(rate, &random) }
    }
  }

  private func insertions(
    _ rate: Double, _ material: Material, _ random: inout CounterRandom
  ) -> [String: [TextEdit]] {
    guard let swapper = material.swapper else { return [:] }
    return byPath(material.texts) { text in
      let synonyms = swapper.drawSynonyms(text.changes(rate), in: text.path, &random)
      return text.inserted(synonyms, &random)
    }
  }

  private func byPath(
    _ texts: [EasyText], _ edits: (EasyText) -> [TextEdit]
  ) -> [String: [TextEdit]] {
    var found: [String: [TextEdit]] = [:]
    for text in texts { found[text.path] = edits(text) }
    return found
  }
}

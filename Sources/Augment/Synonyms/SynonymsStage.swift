import Records
import Stages

/// Derives records in which some words are replaced by synonyms.
struct SynonymsStage: CopyingStage {
  let amount: SwapAmount
  var copies: Int
  let fields: [Selector]
  let keepsAnswers: Bool
  let spans: ProtectedSpans
  let synonyms: any SynonymSource

  func dependencies() throws(StageError) -> [String] { synonyms.files }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    guard record.mayHaveChildren else { return .keep(record) }
    let texts = record.changeableTexts(fields)
    let swapper = try synonyms.swapper(
      record, texts, protecting: spans, keepsAnswers: keepsAnswers)
    guard swapper.swappable >= amount.minimum else { return .keep(record) }
    // Most records have no word to swap, and need no more.
    var offspring = Offspring(of: record, texts: texts, context)
    var random = context.random(for: record.id)
    offspring.add(copies, of: swapper, amount, &random)
    return offspring.outcome()
  }
}

/// How many words of a record are swapped.
struct SwapAmount: Sendable {
  /// The share of the words that may be changed.
  let rate: Double
  /// The fewest.
  let minimum: Int

  func count(of eligible: Int) -> Int {
    max(minimum, Int((rate * Double(eligible)).rounded()))
  }
}

extension Offspring {
  /// Adds up to so many children with words swapped.
  mutating func add(
    _ copies: Int, of swapper: SynonymSwapper, _ amount: SwapAmount, _ random: inout CounterRandom
  ) {
    let count = amount.count(of: swapper.eligible)
    for _ in 0..<copies {
      // A few draws mostly give a child unlike the others, where there is one.
      for _ in 0..<8 where add(swapper.draw(count, &random)) { break }
    }
  }
}

/// What stays as it is because something else in the record refers to it.
struct KeptWords: Sendable {
  /// The label's name: a class is called what it is called.
  let names: [String]
  /// The words of the answers, so that an answer still speaks of what was asked.
  let lemmas: Set<String>

  init(of record: Record, keepsAnswers: Bool, _ finder: SynonymFinder, _ cache: inout WordCache) {
    names = record.labelNames
    guard keepsAnswers, case .conversation(let conversation) = record.content else {
      lemmas = []
      return
    }
    var lemmas: Set<String> = []
    for message in conversation.messages where message.role == .assistant {
      for token in TextScanner.scan(Array(message.content.utf8)) where token.kind == .word {
        lemmas.formUnion(cache.facts(of: token.lower, finder).readings.map(\.lemma))
      }
    }
    self.lemmas = lemmas
  }
}

import Records
import Stages

/// Derives records with the faults that typing and scanning make.
///
/// Words of Han characters and kana stay: they are typed and scanned in other ways.
struct NoiseStage: CopyingStage {
  let kinds: [NoiseKind]
  let noiser: WordNoiser
  /// The shares of the words that get faults, and of such a word's letters that are faults.
  let wordRate: Double
  let characterRate: Double
  /// How many faults a child has.
  let edits: ClosedRange<Int>
  /// Words of fewer letters stay.
  let shortest: Int
  var copies: Int
  let fields: [Selector]
  let keepsAnswers: Bool
  let spans: ProtectedSpans
  let language: String

  /// A word and the text that it stands in.
  private struct Place {
    let path: String
    let word: TextWord
  }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    guard var offspring = Offspring(of: record, fields, context) else { return .keep(record) }
    let words = FreeWords(
      of: record, protecting: spans, keepsAnswers: keepsAnswers, language: language)
    let places = offspring.texts.flatMap { field in
      words.find(in: field.text)
        .filter { $0.isFree && !$0.isIdeographs && $0.text.count >= shortest }
        .map { Place(path: field.path, word: $0) }
    }
    for copy in 1...copies where !places.isEmpty {
      var random = offspring.random(copy: copy)
      // A few draws mostly give a child unlike the others, where there is one.
      for _ in 0..<8 {
        let (edits, faults) = draw(places, &random)
        if faults >= self.edits.lowerBound, offspring.add(edits) { break }
      }
    }
    return offspring.outcome(withoutChild: places.isEmpty ? "no-words" : "too-few-edits")
  }

  /// Faults in as many words as the rate says, by the path of their text and in order.
  private func draw(
    _ places: [Place], _ random: inout CounterRandom
  ) -> (edits: [String: [TextEdit]], faults: Int) {
    var found: [String: [TextEdit]] = [:]
    var faults = 0
    let wanted = Share.count(wordRate, of: places.count)
    var changed = 0
    // Words that have no place for a fault make room for others.
    for place in random.some(places.count, of: places) {
      guard changed < wanted || faults < edits.lowerBound, faults < edits.upperBound else { break }
      guard let (edit, number) = fault(in: place.word, atMost: edits.upperBound - faults, &random)
      else { continue }
      found[place.path, default: []].append(edit)
      changed += 1
      faults += number
    }
    return (
      found.mapValues { $0.sorted { $0.range.lowerBound < $1.range.lowerBound } }, faults
    )
  }

  /// The word with faults of one kind, the first by lot that it has places for.
  private func fault(
    in word: TextWord, atMost limit: Int, _ random: inout CounterRandom
  ) -> (TextEdit, Int)? {
    let most = min(limit, max(1, Share.count(characterRate, of: word.text.count)))
    for kind in random.some(kinds.count, of: kinds) {
      guard let (text, faults) = noiser.noised(word.text, kind, most: most, &random) else {
        continue
      }
      return (
        TextEdit(range: word.range, replacement: text, cause: .rule(kind.rawValue)), faults
      )
    }
    return nil
  }
}

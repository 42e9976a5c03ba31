import Evaluate
import Records
import Stages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Chooses senses of words by an encoder, and of their synonyms the one that keeps the sentence nearest to what
/// it was.
///
/// A sense is as probable as its share of the word's uses in WordNet's tagged texts, times e to the cosine of
/// the sentence with the sense's words and definition over a temperature, as in Lesk's method of 1986 with
/// vectors for words in common. On 3,485 examples of WordNet's own, weighted by how frequent their senses are,
/// nine in ten senses are right with 0.20 of the weight where frequency alone comes to 0.16. The cosine of the
/// sentence with a synonym to the sentence as it was does not tell senses apart (0.90 with the right, 0.90
/// with the wrong ones), so it has no say in that.
struct SenseJudge: Sendable {
  let model: any MeaningModel
  let synonyms: WordNetSynonyms
  let rules: SenseRules

  /// How little a difference of cosines says; of 0.05 to 0.2 this is right most often.
  private static let temperature = 0.1

  /// What is found of a place where synonyms fit.
  struct Verdict: Sendable {
    /// The place of the synonym among the choices; nil where nothing is to be put there.
    let choice: Int?
    /// The score of the likeliest sense, or of its best synonym.
    let score: SenseScore
  }

  /// A place on its way: its likeliest sense, and the synonyms of that.
  private struct Candidate {
    let sentence: Int
    let choices: [Int]
    let score: SenseScore
    /// The sentences with the synonyms, where the sense is sure enough.
    var variants: [Int] = []
  }

  /// What is found of the places of each text, in their order.
  /// - Throws: What the encoder throws, and `StageError` where the dictionary cannot be read.
  func verdicts(on texts: [SensedText], _ meanings: inout SenseMeanings) throws -> [[Verdict]] {
    let all = texts.flatMap { text in text.places.map { (text, $0) } }
    try meanings.learn(all.flatMap(\.1.slot.senses), model, synonyms)
    var sentences = DistinctTexts()
    let owners = all.map { text, place in sentences.place(of: text.sentence(place)) }
    let contexts = try sentences.map(model.vectors)
    var variants = DistinctTexts()
    let candidates = zip(all, owners).map { each, owner -> Candidate in
      let (text, place) = each
      var candidate = candidate(place.slot, in: contexts[owner], at: owner, meanings)
      guard candidate.score.certainty >= candidate.score.leastCertainty else { return candidate }
      candidate.variants = candidate.choices.map {
        variants.place(of: text.sentence(place, with: place.slot.choices[$0]))
      }
      return candidate
    }
    let vectors = try variants.map(model.vectors)
    var verdicts = candidates.map { verdict(on: $0, contexts[$0.sentence], vectors) }[...]
    return texts.map { text in
      defer { verdicts = verdicts.dropFirst(text.places.count) }
      return Array(verdicts.prefix(text.places.count))
    }
  }

  private func candidate(
    _ slot: Slot, in context: [Float], at sentence: Int, _ meanings: SenseMeanings
  ) -> Candidate {
    let weights = slot.senses.map { sense in
      let cosine = EmbeddingSimilarity.cosine(context, meanings.vector(of: sense))
      return sense.prior * exp(SenseScore.rounded(cosine) / Self.temperature)
    }
    let best = weights.indices.max { weights[$0] < weights[$1] } ?? 0
    let score = SenseScore(
      certainty: SenseScore.rounded(weights[best] / weights.reduce(0, +)),
      leastCertainty: max(rules.certainty, slot.certaintyNeeded), similarity: nil,
      leastSimilarity: rules.similarity)
    return Candidate(
      sentence: sentence,
      choices: slot.choices.indices.filter {
        slot.choices[$0].synset == slot.senses[best].synset
      }, score: score)
  }

  private func verdict(
    on candidate: Candidate, _ context: [Float], _ vectors: [[Float]]
  ) -> Verdict {
    var best = Verdict(choice: nil, score: candidate.score)
    for (choice, variant) in zip(candidate.choices, candidate.variants) {
      var score = candidate.score
      let cosine = SenseScore.rounded(EmbeddingSimilarity.cosine(context, vectors[variant]))
      score.similarity = cosine
      // Of two that are alike the first in WordNet's order.
      guard best.score.similarity.map({ cosine > $0 }) ?? true else { continue }
      best = Verdict(choice: score.isEnough ? choice : nil, score: score)
    }
    return best
  }
}

/// What senses mean to an encoder: the vector of each that was met, 1.5 kB for 384 numbers.
struct SenseMeanings {
  private struct Key: Hashable {
    let synset: Int
    let part: WordClass

    init(_ sense: WordSense) { (synset, part) = (sense.synset, sense.part) }
  }

  private var vectors: [Key: [Float]] = [:]

  /// How many are kept from one batch of records to the next.
  private static let most = 1 << 14

  /// Has the encoder read the definitions of senses that it has not met.
  mutating func learn(
    _ senses: [WordSense], _ model: any MeaningModel, _ synonyms: WordNetSynonyms
  ) throws {
    if vectors.count > Self.most { vectors.removeAll() }
    var known: Set<Key> = []
    let new = senses.filter { vectors[Key($0)] == nil && known.insert(Key($0)).inserted }
    guard !new.isEmpty else { return }
    let wordnet = try synonyms.dictionary.finder(synonyms.rules).wordnet
    var texts = DistinctTexts()
    let places = new.map { texts.place(of: Self.text(of: $0, wordnet)) }
    let found = try texts.map(model.vectors)
    for (sense, place) in zip(new, places) { vectors[Key(sense)] = found[place] }
  }

  /// The words of a sense and its definition: `plant, flora, plant life: (botany) a living organism …`.
  private static func text(of sense: WordSense, _ wordnet: WordNet) -> String {
    let words = wordnet.words(of: sense.synset, sense.part).map { word in
      String(SynonymFinder.parts(of: word).lemma.map { $0 == "_" ? " " : $0 })
    }
    return "\(words.joined(separator: ", ")): \(wordnet.definition(of: sense.synset, sense.part))"
  }

  func vector(of sense: WordSense) -> [Float] {
    guard let vector = vectors[Key(sense)] else {
      preconditionFailure("the sense \(sense) was not learned")
    }
    return vector
  }
}

import Stages
import Synchronization
import TextKit

/// What may stand for a word of a thesaurus.
struct ThesaurusEntry: Sendable {
  let agreement: Agreement
  let choices: [Choice]

  struct Choice: Sendable {
    let word: String
    let weight: Int
  }
}

/// Finds what may stand for a word: words that share most senses with it, agree with the same words
/// beside them, are about as well known, and are not marked as regional, old, rude or wider.
final class ThesaurusFinder: Sendable {
  let lexicon: any SenseLexicon
  let grammar: any ThesaurusGrammar
  /// The share of a word's senses that a synonym must stand in, and the other way round.
  private let certainty: Double
  /// What was found before, by the word; nil for a word that stays.
  private let known = Mutex<[String: ThesaurusEntry?]>([:])

  /// Rare words fill the cache too; it starts again before it grows beyond some 20 MB.
  private static let mostKnown = 1 << 15
  private static let mostChoices = 3

  init(_ lexicon: any SenseLexicon, _ grammar: any ThesaurusGrammar, certainty: Double) {
    self.lexicon = lexicon
    self.grammar = grammar
    self.certainty = certainty
  }

  /// What may stand for a word in the case that it is listed in; nil where it stays.
  func entry(of word: String) -> ThesaurusEntry? {
    if let found = known.withLock({ $0[word] }) { return found }
    // Spellings that look the same are one key, so that it must not matter which is met first.
    let made = make(Normalizer(.nfc).normalize(word))
    known.withLock { known in
      if known.count >= Self.mostKnown { known.removeAll(keepingCapacity: true) }
      known[word] = .some(made)
    }
    return made
  }

  /// The senses of a word in just this case: of `Essen`, not those of `essen`.
  ///
  /// Some files name a word among its own synonyms, which tells them apart; others do not.
  func senses(of word: String) -> [ThesaurusSense] {
    let senses = lexicon.senses(of: word).filter(grammar.counts)
    let lower = word.lowercased()
    let namesItself = senses.contains { $0.members.contains { $0.lowercased() == lower } }
    return namesItself ? senses.filter { $0.members.contains(word) } : senses
  }

  private func make(_ word: String) -> ThesaurusEntry? {
    guard isPlain(word), !grammar.isFunctionWord(word.lowercased()) else { return nil }
    let senses = senses(of: word)
    guard let agreement = agreement(of: word, senses) else { return nil }
    var seen: Set<String> = [word]
    var found: [(word: String, overlap: Double)] = []
    for candidate in senses.flatMap(\.synonyms) where seen.insert(candidate).inserted {
      if let overlap = overlap(word, senses, candidate, agreement) {
        found.append((candidate, overlap))
      }
    }
    let best = found.enumerated().sorted {
      ($1.element.overlap, $0.offset) < ($0.element.overlap, $1.offset)
    }
    let choices = best.prefix(Self.mostChoices).map { _, choice in
      ThesaurusEntry.Choice(word: choice.word, weight: Int((choice.overlap * 100).rounded()))
    }
    return choices.isEmpty ? nil : ThesaurusEntry(agreement: agreement, choices: choices)
  }

  /// Letters and their marks alone, and enough of them.
  private func isPlain(_ word: String) -> Bool {
    word.unicodeScalars.count >= grammar.shortestWord
      && word.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
      }
  }

  /// What a word is; nil where its senses do not agree about it.
  private func agreement(of word: String, _ senses: [ThesaurusSense]) -> Agreement? {
    guard let first = senses.first else { return nil }
    let agreement = grammar.agreement(of: word, hint: first.hint)
    let isOne = senses.allSatisfy { grammar.agreement(of: word, hint: $0.hint) == agreement }
    return isOne ? agreement : nil
  }

  /// How much the senses of two words share, 0 to 1; nil where the one may not stand for the other.
  private func overlap(
    _ word: String, _ senses: [ThesaurusSense], _ candidate: String, _ agreement: Agreement
  ) -> Double? {
    guard grammar.looksAlike(candidate, word), isPlain(candidate),
      !grammar.isFunctionWord(candidate.lowercased()),
      !grammar.areVariants(word, candidate),
      grammar.isFamiliar(candidate, beside: word, in: lexicon),
      !Self.areNested(word.lowercased(), candidate.lowercased())
    else { return nil }
    let (rank, largest) = (grammar.furthestRank, grammar.largestSense)
    let meant = senses.filter {
      $0.members.count <= largest && $0.synonyms.prefix(rank).contains(candidate)
    }
    // Before the other's senses are read, which takes longest.
    guard Double(meant.count) >= certainty * Double(senses.count) else { return nil }
    let others = self.senses(of: candidate)
    guard self.agreement(of: candidate, others) == agreement else { return nil }
    let meaning = others.filter {
      $0.members.count <= largest && $0.members.contains(word)
        && (rank == .max || $0.synonyms.prefix(rank).contains(word))
    }
    guard Double(meaning.count) >= certainty * Double(others.count) else { return nil }
    let overlap = meant.flatMap { sense in
      meaning.map { Self.overlap(sense.members.union([word]), $0.members.union([candidate])) }
    }.max()
    guard let overlap, overlap >= grammar.leastOverlap else { return nil }
    return overlap
  }

  /// Whether the one word is the other with something before it: `lügen`, `belügen`, whose objects
  /// differ, or `Ahnung`, `Vorahnung`.
  private static func areNested(_ left: String, _ right: String) -> Bool {
    left.hasSuffix(right) || right.hasSuffix(left)
  }

  /// Jaccard's index.
  private static func overlap(_ left: Set<String>, _ right: Set<String>) -> Double {
    let shared = left.intersection(right).count
    return Double(shared) / Double(left.count + right.count - shared)
  }
}

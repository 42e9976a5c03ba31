import Records
import Stages

/// What an encoder finds of a record's words: kept from plan to outcome as a line of JSON.
struct SensedRecord: Sendable {
  /// How many children are wanted.
  let copies: Int
  /// Of each place where synonyms fit, text by text.
  let verdicts: [[SenseJudge.Verdict]]

  init(copies: Int, _ verdicts: [[SenseJudge.Verdict]]) {
    (self.copies, self.verdicts) = (copies, verdicts)
  }

  // MARK: - Choosing

  /// The record's texts with the places where a synonym is to be put, and that one synonym in each.
  func narrowed(_ swapper: SynonymSwapper) -> SynonymSwapper {
    precondition(
      swapper.texts.map(\.slots.count) == verdicts.map(\.count),
      "\(verdicts.map(\.count)) verdicts on \(swapper.texts.map(\.slots.count)) places")
    return SynonymSwapper(
      zip(swapper.texts, verdicts).map { text, verdicts in
        SlottedText(
          path: text.path, bytes: text.bytes, eligible: text.eligible,
          slots: zip(text.slots, verdicts).compactMap { slot, verdict in
            guard let choice = verdict.choice else { return nil }
            var best = slot.choices[choice]
            best.score = verdict.score
            return Slot(
              range: slot.range, part: slot.part, lemma: slot.lemma, choices: [best],
              article: slot.article)
          })
      })
  }

  /// Why too few words are swapped, told of the word whose sense is surest.
  func note(of swapper: SynonymSwapper) -> JSONValue {
    let refused = zip(swapper.texts, verdicts).flatMap { text, verdicts in
      zip(text.slots, verdicts).filter { $1.choice == nil }.map { (text.bytes, $0, $1.score) }
    }
    // Of a sense without synonyms there is less to say.
    let open = refused.filter { $0.2.refusal != .noSynonym }
    let surest = (open.isEmpty ? refused : open).max { $0.2.certainty < $1.2.certainty }
    guard let (bytes, slot, score) = surest else { return ["no-child": "too-few-words"] }
    var note: JSONObject = [
      "no-child": .string(score.refusal.rawValue),
      "word": .string(String(decoding: bytes[slot.range], as: UTF8.self)),
    ]
    for (key, value) in score.members { note[key] = value }
    return .object(note)
  }

  // MARK: - On disk

  /// What was found, as a line of JSON that `init(line:)` reads.
  var line: [UInt8] {
    let texts = verdicts.map { verdicts in JSONValue.array(verdicts.map(Self.json)) }
    return JSONValue.object(["copies": .integer(copies), "texts": .array(texts)]).bytes
  }

  private static func json(_ verdict: SenseJudge.Verdict) -> JSONValue {
    let score = verdict.score
    return [
      verdict.choice.map { .integer($0) } ?? .null, .real(score.certainty),
      .real(score.leastCertainty), score.similarity.map { .real($0) } ?? .null,
      .real(score.leastSimilarity),
    ]
  }

  /// Reads a line that `line` wrote; nil where it is damaged.
  init?(line: [UInt8]) {
    guard let json = try? JSONValue.parse(line), let copies = json["copies"]?.int,
      let texts = json["texts"]?.array
    else { return nil }
    self.copies = copies
    verdicts = texts.map { ($0.array ?? []).compactMap(Self.verdict) }
  }

  private static func verdict(_ json: JSONValue) -> SenseJudge.Verdict? {
    guard let parts = json.array, parts.count == 5, let certainty = parts[1].double,
      let leastCertainty = parts[2].double, let leastSimilarity = parts[4].double
    else { return nil }
    return SenseJudge.Verdict(
      choice: parts[0].int,
      score: SenseScore(
        certainty: certainty, leastCertainty: leastCertainty, similarity: parts[3].double,
        leastSimilarity: leastSimilarity))
  }
}

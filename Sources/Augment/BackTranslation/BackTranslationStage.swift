import Records
import Stages

/// Derives records whose texts were translated to another language and back.
///
/// A child that does not keep the contract is tried again with other draws; a record that gets none goes on with
/// a note of why.
struct BackTranslationStage: CopyingCollectionStage {
  let there: any Translator
  let back: any Translator
  /// The language of the texts, and the one they pass through.
  let language: String
  let pivot: String
  let copies: Int
  let tries: Int
  /// How many translations of the way back are looked at.
  let readings: Int
  let fields: [Selector]
  let contract: RoundTripContract

  func dependencies() throws(StageError) -> [String] {
    let limit = there.draws ? "" : "; it draws nothing, so a record has one child at most"
    Fetching.current.say(
      "augment.back-translation: \(language) to \(pivot) by \(there.name), back by \(back.name)\(limit)"
    )
    return try there.files() + back.files()
  }

  var spent: EndpointSpending? { there.spent ?? back.spent }

  func identity() throws(StageError) -> JSONValue? {
    do { return try [there.identity, back.identity] } catch {
      throw error as? StageError ?? StageError("no-translation", "\(error)")
    }
  }

  func plan(
    _ records: RecordCollection, _ context: StageContext, wanted: @Sendable (Int) -> Int
  ) throws -> PlannedLines {
    var plan = try PlannedLines(records: records.count, context)
    try RoundTrips.Parent.forEachBatch(of: records, fields: fields, wanted: wanted) { parents in
      // What does not draw says the same again.
      var trips = parents.map { RoundTrips(of: $0, wanted: there.draws ? wanted($0.index) : 1) }
      for attempt in 1...(there.draws ? tries : 1) {
        try Interruption.check()
        try translate(&trips, attempt: attempt, context)
      }
      for trip in trips { try plan.note(trip.line, at: trip.parent.index) }
    }
    return plan
  }

  func outcome(
    of record: Record, at index: Int, _ plan: PlannedLines, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard plan.holds(index) else { return .keep(record) }
    let trips = try entry(at: index, plan)
    let children = trips.children.enumerated().map { number, child in
      Derived(record.child(number + 1, texts: child.texts, context), note: note(child))
    }
    if !children.isEmpty { return .derive(record, children: children) }
    return .keep(record, note: ["no-child": .string(trips.fault ?? "none")])
  }

  private func entry(
    at index: Int, _ plan: PlannedLines
  ) throws(StageError) -> RoundTrips.Entry {
    let line = try plan.line(at: index)
    guard let entry = RoundTrips.Entry(line: line) else {
      preconditionFailure("line \(index) of the plan is \(String(decoding: line, as: UTF8.self))")
    }
    return entry
  }

  // MARK: - Translating

  /// Makes one more child of each record that wants one.
  private func translate(
    _ trips: inout [RoundTrips], attempt: Int, _ context: StageContext
  ) throws {
    let copies = there.draws ? copies : 1
    // Where the likeliest translation did, a further copy needs another.
    let isDrawn = attempt > 1 || copies > 1
    let waiting = trips.indices.filter { trips[$0].children.count < trips[$0].wanted }
    for copy in 0..<copies {
      let members = waiting.filter {
        copy < trips[$0].wanted && trips[$0].children.count <= copy
      }
      guard !members.isEmpty else { continue }
      let draw = isDrawn ? UInt64(attempt * 1000 + copy) : nil
      let texts = try roundTrip(members.map { trips[$0].parent }, draw: draw, context)
      let taken = try OrderedMap.map(members, threads: context.threads) { [trips] place, member in
        trips[member].taking(texts[place], attempt: attempt, contract)
      }
      for (member, trip) in zip(members, taken) { trips[member] = trip }
    }
  }

  /// The readings of each record, there and back, the likeliest first: its texts, nil where one came to no end.
  private func roundTrip(
    _ parents: [RoundTrips.Parent], draw: UInt64?, _ context: StageContext
  ) throws -> [[[String?]]] {
    var sentences: [SentenceDress] = []
    var draws: [UInt64] = []
    var pieces: [SentencePieces] = []
    for parent in parents {
      for field in parent.texts {
        let cut = SentencePieces(
          field.text, language: language, kept: contract.kept(in: field.text))
        let key = StableHash.hash(
          "\(context.stage)/\(parent.id)/\(field.path)/\(draw ?? 0)", seed: context.seed)
        sentences += cut.texts.map { SentenceDress($0, language: language) }
        draws += cut.ranges.indices.map { key &+ UInt64($0) }
        pieces.append(cut)
      }
    }
    // What is drawn is drawn once, on the way there; the way back is the likeliest.
    let returned = try there.roundTrips(
      sentences.map(\.text), draws: draw == nil ? nil : draws, by: back, most: readings)
    let home = zip(sentences, returned).map { sentence, texts in
      // A sentence of which nothing came back is one without a translation: it does not vanish.
      texts.map { sentence.undressed(SentencePieces.trimmed($0)) }.filter { !$0.isEmpty }
    }
    return regrouped(home, pieces, parents)
  }

  /// The readings of each record from those of its sentences.
  private func regrouped(
    _ sentences: [[String]], _ pieces: [SentencePieces], _ parents: [RoundTrips.Parent]
  ) -> [[[String?]]] {
    var (sentence, piece) = (0, 0)
    return parents.map { parent in
      let fields = parent.texts.map { _ in
        defer { (sentence, piece) = (sentence + pieces[piece].ranges.count, piece + 1) }
        return TranslatedField(
          pieces: pieces[piece],
          sentences: Array(sentences[sentence..<sentence + pieces[piece].ranges.count]))
      }
      let count = fields.map(\.count).max() ?? 1
      return (0..<count).map { rank in fields.map { $0.text(rank) } }
    }
  }

  // MARK: - Children

  /// How a child was made, for the ledger.
  private func note(_ child: RoundTrips.Child) -> JSONValue {
    [
      "via": .string(pivot), "similarity": .real((child.similarity * 100).rounded() / 100),
      "try": .integer(child.attempt),
    ]
  }
}

/// A text whose sentences came back.
private struct TranslatedField {
  let pieces: SentencePieces
  /// The readings of each, the likeliest first; none of one that came to no end.
  let sentences: [[String]]

  /// How many readings it has.
  var count: Int { max(1, sentences.map(\.count).max() ?? 1) }

  /// The text of a rank: each sentence's reading of that rank, or its last; nil where one has none.
  func text(_ rank: Int) -> String? {
    let chosen = sentences.compactMap { $0.isEmpty ? nil : $0[min(rank, $0.count - 1)] }
    return chosen.count == sentences.count ? pieces.with(chosen) : nil
  }
}

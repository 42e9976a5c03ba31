import Records
import Stages

/// Derives records whose texts were translated to another language and back.
///
/// A child that does not keep the contract is tried again with other draws; a record that gets none goes on with
/// a note of why.
struct BackTranslationStage: CollectionStage {
  let there: any Translator
  let back: any Translator
  /// The language of the texts, and the one they pass through.
  let language: String
  let pivot: String
  let copies: Int
  let tries: Int
  let fields: [Selector]
  let contract: RoundTripContract

  /// What became of each record, by its place.
  struct Plan: Sendable {
    fileprivate(set) var results: [Int: RoundTrips] = [:]
  }

  func dependencies() throws(StageError) -> [String] {
    Fetching.current.say(
      "augment.back-translation: \(language) to \(pivot) by \(there.name), back by \(back.name)"
    )
    return try there.files() + back.files()
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> Plan {
    var plan = Plan()
    try records.forEachStoredBatch {
      RoundTrips.Parent(try $0.record(), at: $0.index, fields: fields)
    } _: { parents in
      var trips = parents.compactMap { $0 }.map { RoundTrips(of: $0) }
      for attempt in 1...tries {
        try Interruption.check()
        try translate(&trips, attempt: attempt, context)
      }
      for trip in trips { plan.results[trip.parent.index] = trip }
    }
    return plan
  }

  func leaves(recordAt index: Int, _ plan: Plan) -> Bool { plan.results[index] == nil }

  func outcome(
    of record: Record, at index: Int, _ plan: Plan, _ context: StageContext
  ) throws(StageError) -> Outcome {
    guard let trips = plan.results[index] else { return .keep(record) }
    // A second stage of this kind is `augment.back-translation#2`, and so are its children's names.
    let name = context.stage.split(separator: ".").last ?? "back-translation"
    let children = trips.children.enumerated().map { number, child in
      derived(from: record, child, "\(name).\(number + 1)", context)
    }
    if !children.isEmpty { return .derive(record, children: children) }
    return .keep(record, note: ["no-child": .string(trips.fault?.rawValue ?? "none")])
  }

  // MARK: - Translating

  /// Makes one more child of each record that wants one.
  private func translate(
    _ trips: inout [RoundTrips], attempt: Int, _ context: StageContext
  ) throws(StageError) {
    // Where the likeliest translation did, a further copy needs another.
    let isDrawn = attempt > 1 || copies > 1
    let waiting = trips.indices.filter { trips[$0].children.count < copies }
    for copy in 0..<copies {
      let members = waiting.filter { trips[$0].children.count <= copy }
      guard !members.isEmpty else { continue }
      let draw = isDrawn ? UInt64(attempt * 1000 + copy) : nil
      let texts = try roundTrip(members.map { trips[$0].parent }, draw: draw, context)
      for (member, texts) in zip(members, texts) {
        trips[member].take(texts, attempt: attempt, contract)
      }
    }
  }

  /// The texts of each record, there and back; nil for one whose translation came to no end.
  private func roundTrip(
    _ parents: [RoundTrips.Parent], draw: UInt64?, _ context: StageContext
  ) throws(StageError) -> [[String?]] {
    var sentences: [String] = []
    var draws: [UInt64] = []
    var pieces: [SentencePieces] = []
    for parent in parents {
      for field in parent.texts {
        let kept = contract.spans.find(in: Array(field.text.utf8))
        let cut = SentencePieces(field.text, language: language, kept: kept)
        let key = StableHash.hash("\(context.stage)/\(parent.id)/\(field.path)/\(draw ?? 0)")
        sentences += cut.texts
        draws += cut.ranges.indices.map { key &+ UInt64($0) }
        pieces.append(cut)
      }
    }
    // What is drawn is drawn once, on the way there; the way back is the likeliest.
    let foreign = try there.translate(sentences, draws: draw == nil ? nil : draws)
    let known = foreign.indices.filter { foreign[$0]?.isEmpty == false }
    let returned = try back.translate(known.compactMap { foreign[$0] }, draws: nil)
    var home = [String?](repeating: nil, count: sentences.count)
    for (place, text) in zip(known, returned) { home[place] = text.map(SentencePieces.trimmed) }
    return regrouped(home, pieces, parents)
  }

  private func regrouped(
    _ sentences: [String?], _ pieces: [SentencePieces], _ parents: [RoundTrips.Parent]
  ) -> [[String?]] {
    var (sentence, piece) = (0, 0)
    return parents.map { parent in
      parent.texts.map { _ in
        defer { piece += 1 }
        let own = sentences[sentence..<sentence + pieces[piece].ranges.count]
        sentence += own.count
        let whole = own.compactMap { $0 }
        return whole.count == own.count ? pieces[piece].with(whole) : nil
      }
    }
  }

  // MARK: - Children

  private func derived(
    from record: Record, _ trip: RoundTrips.Child, _ name: String, _ context: StageContext
  ) -> Derived {
    var changed = record
    for (path, text) in trip.texts {
      let selector = path.hasPrefix("metadata.") ? Selector(path) ?? .all : .all
      changed.mapFields(selector) { $0 == path ? text : $1 }
    }
    var child = record.child(name, content: changed.content)
    child.metadata = changed.metadata
    child.augmentedBy = context.stage
    let note: JSONObject = [
      "via": .string(pivot), "similarity": .real((trip.similarity * 100).rounded() / 100),
      "try": .integer(trip.attempt),
    ]
    return Derived(child, note: .object(note))
  }
}

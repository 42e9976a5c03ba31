import Records
import Stages
import TextKit

/// What the records of evaluation sides ask: no child may come near it.
///
/// About 150 bytes an evaluation record, 10 to 12 for each of its 3-word runs and 16 for a fifth of these.
struct EvaluationRecords: Sendable {
  private struct Member: Sendable {
    let id: String
    let side: Side
  }

  private var members: [Member] = []
  /// Which record asks with the same words.
  private var exact: [UInt128: Int] = [:]
  private let near: SetLookup?
  private let threshold: Double?

  private struct Read: Sendable {
    let member: Member
    let key: UInt128
    let shingles: [UInt64]
  }

  /// Reads the evaluation sides of a collection; nil where they hold nothing.
  /// - Parameter threshold: From which Jaccard similarity on a child is too near; nil for the same words.
  init?(_ records: RecordCollection, _ threshold: Double?, _ context: StageContext) throws {
    let folder = Folders.isFolder(context.artifacts) ? context.artifacts : FilePaths.temporary
    var store = SetStore(bytes: 1 << 30, folder: folder)
    self.threshold = threshold
    var members: [Member] = []
    var exact: [UInt128: Int] = [:]
    try records.forEachSlice { slice -> [Read] in
      var found: [Read] = []
      try slice.forEach { stored, json in
        guard let side = try Self.side(of: stored, json), side != .train else { return }
        found.append(Self.read(try stored.record(), side))
      }
      return found
    } _: { found in
      for read in found {
        if exact[read.key] == nil { exact[read.key] = members.count }
        members.append(read.member)
        if threshold != nil { try store.append(read.shingles) }
      }
    }
    guard !members.isEmpty else { return nil }
    (self.members, self.exact) = (members, exact)
    near = try threshold.map { try SetLookup(store, threshold: $0) }
  }

  /// The side of a record, which a line of Anneal's tells without being read.
  private static func side(
    of record: StoredRecord, _ json: UnsafeBufferPointer<UInt8>
  ) throws(StageError) -> Side? {
    if let places = ProvenancePlaces(in: json) { return places.side }
    return try record.provenance().side
  }

  private static func read(_ record: Record, _ side: Side) -> Read {
    let form = ComparableText.form(ofInputsOf: record)
    return Read(
      member: Member(id: record.id, side: side), key: key(ofForm: form),
      shingles: Shingles([form], keepsWordless: true).hashes)
  }

  /// As a split and its proof tell texts apart: by their words alone.
  private static func key(ofForm form: String) -> UInt128 {
    ContentHash.short(ComparableText.words(ofForm: form))
  }

  /// Why a child may not go on: it asks what an evaluation record asks, or nearly so.
  func refusal(of child: Record) throws(StageError) -> Reason? {
    let form = ComparableText.form(ofInputsOf: child)
    if let same = exact[Self.key(ofForm: form)] { return reason(same, similarity: 1) }
    guard let near else { return nil }
    do {
      let found = try near.nearest(to: Shingles([form], keepsWordless: true).hashes)
      return found.map { reason(Int($0.item), similarity: $0.similarity) }
    } catch {
      throw StageError("unreadable", "\(error)", remedy: "run again")
    }
  }

  private func reason(_ place: Int, similarity: Double) -> Reason {
    var detail: JSONObject = [
      "record": .string(members[place].id), "side": .string(members[place].side.rawValue),
      "similarity": .real((similarity * 10_000).rounded() / 10_000),
    ]
    if let threshold { detail["threshold"] = .real(threshold) }
    return Reason(ChildContract.Rule.evaluation.rawValue, detail)
  }
}

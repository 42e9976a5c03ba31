public import Records
import Stages

/// What became of the ids that a side was given, as a certificate says it.
public struct GivenSide: Sendable, Hashable {
  /// The side.
  public let side: Side
  /// The names of the records that were put there, in the order of their bytes.
  public let ids: [String]
  /// How many ids of the list no record has.
  public let missing: Int
  /// Some of these, with the name that may have been meant.
  public let examples: [String]

  init(side: Side, ids: [String], missing: Int, examples: [String]) {
    self.side = side
    self.ids = ids
    self.missing = missing
    self.examples = examples
  }

  /// How many missing ids are told, and among how many names those that were meant are looked for.
  private static let most = (examples: 5, names: 20_000)

  /// Compares lists with the names that were found.
  /// - Throws: `StageError` for a list of which no record has an id.
  static func all(
    _ given: GivenIDs, found: Set<UInt128>, in records: RecordCollection
  ) throws -> [GivenSide] {
    var names: [String]?
    return try given.lists.map { list in
      let lost = list.ids.filter { !found.contains(ContentHash.short($0)) }
      if !lost.isEmpty, names == nil { names = try self.names(of: records, by: given.field) }
      guard lost.count < list.ids.count || records.count == 0 else {
        throw nothingFound(list, given.field, names ?? [])
      }
      let isLost = Set(lost.map { ContentHash.short($0) })
      return GivenSide(
        side: list.side,
        ids: list.ids.filter { !isLost.contains(ContentHash.short($0)) }
          .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
        missing: lost.count,
        examples: lost.prefix(most.examples).map { told($0, names ?? []) })
    }
  }

  /// Likewise with the ids of records alone that the split put on the side: it may have put others aside, as
  /// they have no label.
  func keeping(_ isPlaced: (UInt128) -> Bool) -> GivenSide {
    GivenSide(
      side: side, ids: ids.filter { isPlaced(ContentHash.short($0)) }, missing: missing,
      examples: examples)
  }

  private static func told(_ id: String, _ names: [String]) -> String {
    let near = Suggestion.nearest(to: id, among: names)
    return "'\(id)'" + (near.map { " (did you mean '\($0)'?)" } ?? "")
  }

  private static func nothingFound(
    _ list: GivenIDs.List, _ field: Selector?, _ names: [String]
  ) -> StageError {
    let examples = list.ids.prefix(3).map { told($0, names) }.joined(separator: ", ")
    let known =
      names.first.map { "records are called '\($0)' and the like" } ?? "no record has a name"
    return StageError(
      "no-given-record", "none of the \(list.ids.count) ids is that of a record: \(examples)",
      source: Source(file: list.path, line: 0), field: "\(list.side)-ids",
      remedy: "\(known); 'id-field: metadata.KEY' takes names from a field of the data, "
        + (field.map { "now it is \($0)" } ?? "without it they are FILE:LINE"))
  }

  private static func names(
    of records: RecordCollection, by field: Selector?
  ) throws -> [String] {
    var names: [String] = []
    try records.forEachBatch {
      $0.name(by: field)
    } _: { batch in
      names += batch.compactMap { $0 }.prefix(most.names - names.count)
    }
    return names
  }
}

extension GivenSide {
  /// The side's ids as a certificate has them.
  var json: JSONValue {
    [
      "ids": .array(ids.map { .string($0) }), "missing": .integer(missing),
      "missing_examples": .array(examples.map { .string($0) }),
    ]
  }

  /// Reads what `json` wrote; nil where something is missing.
  init?(_ json: JSONValue, side: Side) {
    guard let ids = json["ids"]?.array, let missing = json["missing"]?.int,
      let examples = json["missing_examples"]?.array
    else { return nil }
    self.init(
      side: side, ids: ids.compactMap(\.string), missing: missing,
      examples: examples.compactMap(\.string))
  }
}

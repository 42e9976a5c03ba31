import Records
import Stages
import TextKit

/// What a record shares with its family, as hashes: its words, its group, itself and its parent.
struct RecordKeys: Sendable {
  /// Of the words of what the record asks, without case, blanks and punctuation.
  let text: UInt128
  /// Of the group's name; nil where the record has none.
  let group: UInt128?
  /// Of the record's id.
  let id: UInt128
  /// Of the id of the record it was made from.
  let parent: UInt128?
  /// The class, where classes matter.
  let label: String?
  let isAugmented: Bool
  /// In a split by time, when it is of; nil where that cannot be read.
  let time: Moment?
  /// Where a list has put it.
  let given: GivenIDs.Placement?
  /// Of all that the record says and is called.
  let contents: UInt128

  /// The keys of a record, and the shingles of what it asks; none where near duplicates play no part.
  static func read(_ record: Record, _ rules: SplitRules) -> (RecordKeys, shingles: [UInt64]) {
    let form = ComparableText.form(ofInputsOf: record)
    let shingles =
      rules.similarity == nil ? [] : Shingles([form], keepsWordless: true).hashes
    return (RecordKeys(record, form: form, rules), shingles)
  }

  private init(_ record: Record, form: String, _ rules: SplitRules) {
    text = ContentHash.short("text \(ComparableText.words(ofForm: form))")
    group = rules.group.flatMap { record.value(of: $0) }.map { ContentHash.short("group \($0)") }
    id = ContentHash.short("id \(record.id)")
    parent = record.parent.map { ContentHash.short("id \($0)") }
    label = rules.strata.map { $0.name(of: record) ?? "" } ?? record.label?.name
    isAugmented = record.augmentedBy != nil
    time = rules.time.flatMap { $0.time(of: record) }
    given = rules.given.place(of: record)
    contents = record.contentsHash
  }

  /// The keys that the record shares with others of its family.
  var links: [UInt128] { [text, group, id, parent].compactMap { $0 } }

  /// The key that decides a new family's side: it is the same whichever member comes first, unless
  /// members share a text but not a group.
  var deciding: UInt128 { group ?? text }
}

extension Record {
  /// The hash of all that the record holds but its side; the certificate's digests are sums of these.
  var contentsHash: UInt128 {
    var copy = self
    copy.side = nil
    var bytes: [UInt8] = []
    copy.write(to: &bytes)
    return bytes.withUnsafeBufferPointer { ContentHash.short($0) }
  }

  /// The value that a selector names, as text; nil where there is none.
  ///
  /// Unlike `fields` this also finds numbers and booleans, since groups are often numbered.
  func value(of selector: Selector) -> String? {
    let name = selector.description
    if name == "label" { return label?.name }
    guard name.hasPrefix("metadata.") else {
      return fields(selector).map(\.text).first
    }
    guard let value = metadata[String(name.dropFirst(9))], !value.isNull else { return nil }
    return value.string ?? value.text
  }
}

/// What decides how records are split.
struct SplitRules: Sendable {
  let shares: Shares
  let strata: Strata?
  let group: Selector?
  let isExact: Bool
  /// The Jaccard similarity from which two records are of one family; nil for no such thing.
  let similarity: Double?
  let seed: UInt64
  /// How time decides about sides; nil where it plays no part.
  let time: TimeRule?
  /// What a person has put on sides.
  let given: GivenIDs

  /// Where a key falls in [0, 1), by the seed alone.
  func position(of key: UInt128) -> Double { Shares.position(of: key, seed: seed) }
}

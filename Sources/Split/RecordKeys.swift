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
    label = rules.stratify.map { record.value(of: $0) ?? "" } ?? record.label?.name
    isAugmented = record.augmentedBy != nil
  }

  /// The keys that the record shares with others of its family.
  var links: [UInt128] { [text, group, id, parent].compactMap { $0 } }

  /// The key that decides a new family's side: it is the same whichever member comes first, unless
  /// members share a text but not a group.
  var deciding: UInt128 { group ?? text }
}

extension Record {
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
  let stratify: Selector?
  let group: Selector?
  let isExact: Bool
  /// The Jaccard similarity from which two records are of one family; nil for no such thing.
  let similarity: Double?
  let seed: UInt64

  /// Where a key falls in [0, 1), by the seed alone.
  func position(of key: UInt128) -> Double {
    var random = CounterRandom(seed: seed, purpose: "split", record: String(key, radix: 16))
    return random.uniform()
  }
}

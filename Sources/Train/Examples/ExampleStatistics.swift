public import Records

/// What the records of a side come to as examples.
public struct ExampleStatistics: Sendable, Equatable {
  /// The number of records.
  public internal(set) var records = 0
  /// The tokens that the model reads.
  public internal(set) var tokens = 0
  /// The targets that are learned: tokens of a language model, labels of a classifier.
  public internal(set) var learned = 0
  /// The tokens of the longest record.
  public internal(set) var longest = 0
  /// The records that were cut to the length limit.
  public internal(set) var truncated = 0
  /// The records of which nothing is learned.
  public internal(set) var unlearned = 0

  init(_ examples: [Example]) {
    for example in examples {
      let counted = example.counted
      records += 1
      tokens += example.tokens.count
      learned += counted
      longest = max(longest, example.tokens.count)
      truncated += example.isTruncated ? 1 : 0
      unlearned += counted == 0 ? 1 : 0
    }
  }

  /// The counts under their names.
  public var json: JSONValue {
    [
      "records": .integer(records), "tokens": .integer(tokens), "learned": .integer(learned),
      "longest": .integer(longest), "truncated": .integer(truncated),
      "unlearned": .integer(unlearned),
    ]
  }
}

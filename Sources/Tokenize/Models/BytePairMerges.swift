import Foundation
import Records

/// Reading the merges of a model.
enum BytePairMerges {
  /// Reads merges as `"a b"` or `["a", "b"]`; the rank of a merge is its place.
  ///
  /// Looking up the tokens of hundreds of thousands of merges is most of the work and goes to all processors.
  static func read(
    _ reader: ComponentReader, _ vocabulary: Vocabulary, prefixLength: Int
  ) throws(TokenizerError) -> MergeTable {
    guard let merges = reader.value.array else { throw reader.expected("an array") }
    guard merges.count <= MergeTable.most, vocabulary.idLimit <= MergeTable.idLimit else {
      throw reader.unsupported(
        "there are more than \(MergeTable.most) merges or \(MergeTable.idLimit) tokens",
        remedy: "use a smaller vocabulary")
    }
    let slices = ThreadedMap.slices(
      of: merges.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { range in
      var resolver = MergeResolver(vocabulary: vocabulary, prefixLength: prefixLength)
      resolver.resolve(merges[range])
      return resolver
    }
    var table = MergeTable(capacity: merges.count)
    var rank = 0
    for slice in slices {
      for merge in slice.resolved { table.append(merge.left, merge.right, makes: merge.whole) }
      rank += slice.resolved.count
      if let reason = slice.fault { throw fault(reader, rank, reason) }
    }
    return table
  }

  private static func fault(
    _ reader: ComponentReader, _ rank: Int, _ reason: String
  ) -> TokenizerError {
    TokenizerError(
      .malformed, file: reader.file, place: "\(reader.place)[\(rank)]",
      reason: "the merge \(reason)",
      remedy: "save the tokenizer again with Hugging Face's tokenizers 0.20 or later")
  }
}

/// Looks up the tokens of merges.
private struct MergeResolver: Sendable {
  let vocabulary: Vocabulary
  let prefixLength: Int
  /// The ids of both sides and of what they make, up to the first fault.
  private(set) var resolved: [(left: Int32, right: Int32, whole: Int32)] = []
  /// What is wrong with the merge behind the last one resolved.
  private(set) var fault: String?
  /// The bytes of both sides, one behind the other.
  private var joined: [UInt8] = []

  init(vocabulary: Vocabulary, prefixLength: Int) {
    self.vocabulary = vocabulary
    self.prefixLength = prefixLength
  }

  mutating func resolve(_ merges: ArraySlice<JSONValue>) {
    resolved.reserveCapacity(merges.count)
    for merge in merges {
      guard let length = join(merge) else {
        fault = "is neither \"a b\" with one space nor [\"a\", \"b\"]"
        return
      }
      guard let left = id(0..<length), let right = id(length..<joined.count),
        let whole = whole(leftLength: length)
      else {
        fault = "joins or makes tokens that are not in the vocabulary"
        return
      }
      resolved.append((left, right, whole))
    }
  }

  /// Writes both sides of a merge to `joined`, and says how long the left one is.
  private mutating func join(_ merge: JSONValue) -> Int? {
    joined.removeAll(keepingCapacity: true)
    if let text = merge.string {
      joined.append(contentsOf: text.utf8)
      guard let space = joined.firstIndex(of: 0x20), joined.lastIndex(of: 0x20) == space else {
        return nil
      }
      joined.remove(at: space)
      return space
    }
    guard let parts = merge.array, parts.count == 2, let left = parts[0].string,
      let right = parts[1].string
    else { return nil }
    joined.append(contentsOf: left.utf8)
    let length = joined.count
    joined.append(contentsOf: right.utf8)
    return length
  }

  private func id(_ range: Range<Int>) -> Int32? {
    vocabulary.id(of: ByteRange(range.lowerBound, range.upperBound), in: joined.span)
  }

  /// The id of both sides together, the right one without the prefix that continuations have.
  private func whole(leftLength: Int) -> Int32? {
    if prefixLength == 0 { return id(0..<joined.count) }
    return vocabulary.id(
      of: Array(joined[..<leftLength] + joined[leftLength...].dropFirst(prefixLength)))
  }
}

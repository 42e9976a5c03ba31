import CKernels
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
    let parts: [StringList]
    if let written = reader.lists?.merges {
      parts = written
    } else {
      parts = [try Self.sides(of: reader)]
    }
    let count = parts.reduce(0) { $0 + $1.count / 2 }
    guard count <= MergeTable.most, vocabulary.idLimit <= MergeTable.idLimit else {
      throw reader.unsupported(
        "there are \(count) merges of tokens up to the id \(vocabulary.idLimit - 1)",
        remedy: "use a vocabulary of less than \(MergeTable.idLimit) tokens and "
          + "\(MergeTable.most) merges")
    }
    let resolver = MergeResolver(
      vocabulary: vocabulary, short: ShortTokens(vocabulary), prefixLength: prefixLength)
    let slices = ThreadedMap.slices(
      of: parts.count, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { range in
      parts[range].map { resolver.resolve($0) }
    }
    var table = MergeTable(capacity: count)
    var rank = 0
    for slice in slices.joined() {
      table.append(slice.merges)
      rank += slice.merges.count
      if slice.hasFault {
        throw fault(reader, rank, "joins or makes tokens that are not in the vocabulary")
      }
    }
    return table
  }

  /// The sides of merges that were read as values.
  private static func sides(of reader: ComponentReader) throws(TokenizerError) -> StringList {
    guard let merges = reader.value.array else { throw reader.expected("an array") }
    var sides = StringListBuilder()
    for (rank, merge) in merges.enumerated() {
      if let text = merge.string {
        sides.add(text)
        if sides.splitAtSpace() { continue }
      } else if let parts = merge.array, parts.count == 2, let left = parts[0].string,
        let right = parts[1].string
      {
        for side in [left, right] {
          sides.add(side)
          sides.endString()
        }
        continue
      }
      throw fault(reader, rank, "is neither \"a b\" with one space nor [\"a\", \"b\"]")
    }
    guard let list = sides.list() else {
      throw reader.unsupported("the merges have 2 GiB or more", remedy: "use fewer")
    }
    return list
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

extension MergeTable {
  /// How many merges ahead places are asked for.
  private static let ahead = 12

  /// Adds the merges of the next ranks.
  fileprivate mutating func append(_ merges: [MergeResolver.Merge]) {
    for (index, merge) in merges.enumerated() {
      let coming = merges[min(index + Self.ahead, merges.count - 1)]
      ask(for: coming.left, coming.right)
      append(merge.left, merge.right, makes: merge.whole)
    }
  }
}

/// Looks up the tokens of merges.
private struct MergeResolver: Sendable {
  let vocabulary: Vocabulary
  let short: ShortTokens
  let prefixLength: Int

  /// The ids of both sides and of what they make.
  struct Merge: Sendable {
    var left, right, whole: Int32
  }

  /// Merges up to the first one of tokens that are not there.
  struct Resolved: Sendable {
    var merges: [Merge] = []
    var hasFault = false
  }

  func resolve(_ sides: StringList) -> Resolved {
    var resolved = Resolved()
    let count = sides.count / 2
    resolved.merges.reserveCapacity(count)
    let group = ShortTokens.group / 3
    sides.bytes.withUnsafeBufferPointer { text in
      for first in stride(from: 0, to: count, by: group) {
        let ranks = first..<min(first + group, count)
        if !resolve(group: ranks, of: sides, text, &resolved) { return }
      }
    }
    return resolved
  }

  /// Resolves a few merges; false at the first of tokens that are not there.
  private func resolve(
    group ranks: Range<Int>, of sides: StringList, _ text: UnsafeBufferPointer<UInt8>,
    _ resolved: inout Resolved
  ) -> Bool {
    withUnsafeTemporaryAllocation(of: anneal_range.self, capacity: ranks.count * 3) { words in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: ranks.count * 3) { ids in
        guard let base = ids.baseAddress else { return true }
        for (index, rank) in ranks.enumerated() {
          let (left, right) = (sides.range(rank * 2), sides.range(rank * 2 + 1))
          words[index * 3] = anneal_range(start: left.start, end: left.end)
          words[index * 3 + 1] = anneal_range(start: right.start, end: right.end)
          words[index * 3 + 2] = anneal_range(start: left.start, end: right.end)
        }
        short.look(up: UnsafeBufferPointer(words), in: text, base)
        for (index, rank) in ranks.enumerated() {
          let found = Merge(
            left: ids[index * 3], right: ids[index * 3 + 1], whole: ids[index * 3 + 2])
          guard
            let merge = completed(
              found, sides.range(rank * 2), sides.range(rank * 2 + 1), text.span)
          else {
            resolved.hasFault = true
            return false
          }
          resolved.merges.append(merge)
        }
        return true
      }
    }
  }

  /// A merge with the ids that are not known of short tokens, or nil where a token is not there.
  @inline(__always)
  private func completed(
    _ found: Merge, _ left: ByteRange, _ right: ByteRange, _ text: borrowing Span<UInt8>
  ) -> Merge? {
    if prefixLength == 0, found.left >= 0, found.right >= 0, found.whole >= 0 { return found }
    guard let leftId = vocabulary.id(of: left, in: text),
      let rightId = vocabulary.id(of: right, in: text), let wholeId = whole(left, right, text)
    else { return nil }
    return Merge(left: leftId, right: rightId, whole: wholeId)
  }

  /// The id of both sides together, the right one without the prefix that continuations have.
  private func whole(
    _ left: ByteRange, _ right: ByteRange, _ text: borrowing Span<UInt8>
  ) -> Int32? {
    if prefixLength == 0 {
      return vocabulary.id(of: ByteRange(Int(left.start), Int(right.end)), in: text)
    }
    let rest = right.indices.dropFirst(prefixLength)
    return vocabulary.id(of: left.indices.map { text[$0] } + rest.map { text[$0] })
  }
}

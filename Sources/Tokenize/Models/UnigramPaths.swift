import CKernels

/// A unigram model as the kernel reads it that finds the best paths of many words at once.
///
/// Scores stand beside the units of the trie, so that a step reads one place of memory, and the first two steps of
/// words of visible ASCII, which are half of all, are one.
struct UnigramPaths: Sendable {
  private let trie: PackedTrie
  private let units: LargeTable<anneal_scored_unit>
  private let singles: LargeTable<Bool>
  private let pairs: LargeTable<UInt32>
  private let unknownId: Int32?

  private static let visible = Int(ANNEAL_VISIBLE)

  /// Takes the pieces with their ids, and the score of each id.
  init(_ trie: PackedTrie, scores: [Double], unknownId: Int32?) {
    self.trie = trie
    self.unknownId = unknownId
    units = trie.scored(by: scores)
    singles = LargeTable(zeros: Self.visible, of: false)
    pairs = LargeTable(zeros: Self.visible * Self.visible, of: 0)
    for first in 0..<Self.visible {
      let node = trie.child(of: PackedTrie.root, Self.character(first))
      if node == PackedTrie.none { continue }
      singles.base[first] = trie.value(of: node) >= 0
      for second in 0..<Self.visible {
        let next = trie.child(of: node, Self.character(second))
        if next == PackedTrie.none { continue }
        let isPiece = trie.value(of: next) >= 0
        pairs.base[first * Self.visible + second] = UInt32(next) << 1 | (isPiece ? 1 : 0)
      }
    }
  }

  private static func character(_ place: Int) -> UInt8 { UInt8(Int(ANNEAL_FIRST_VISIBLE) + place) }

  /// Finds the tokens of the open raw words of a memory, as far as they are of visible ASCII and have no unknown
  /// characters.
  ///
  /// - Parameter prefix: What stands before every word.
  func learn(in memory: inout WordMemory, prefix: [UInt8]) {
    let node = trie.node(of: prefix)
    guard node != PackedTrie.none, trie.value(of: node) >= 0 else { return }
    trie.withKernel { trie in
      memory.learn(
        by: anneal_lattice(
          units: units.base, values: trie.values, singles: singles.base, pairs: pairs.base,
          prefix: node, unknown: unknownId ?? -1))
    }
  }
}

extension PackedTrie {
  /// The units with the scores of their values.
  fileprivate func scored(by scores: [Double]) -> LargeTable<anneal_scored_unit> {
    let table = LargeTable(zeros: count, of: anneal_scored_unit())
    withKernel { trie in
      for place in 0..<count {
        let unit = trie.units[place]
        let score = unit.base & 1 == 1 ? scores[Int(trie.values[place])] : 0
        table.base[place] = anneal_scored_unit(base: unit.base, parent: unit.parent, score: score)
      }
    }
    return table
  }
}

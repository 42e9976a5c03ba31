import Records
import Stages
import TestSupport
import Testing
import TextKit

@Suite(.enabled(if: Shared.exists, "needs ../shared"))
struct `Near duplicates of MedQuAD` {
  private struct Pair: Hashable {
    let first: Int32
    let second: Int32
  }

  /// Every set is a group of its own, so all pairs are found.
  private struct AllPairs: NeighbourVisitor {
    var pairs: [Pair: Double] = [:]

    func group(of item: Int32) -> Int32 { item }

    mutating func visit(_ item: Int32, _ neighbours: [Neighbour]) -> Bool {
      for one in neighbours {
        let pair = Pair(first: min(item, one.item), second: max(item, one.item))
        pairs[pair] = one.similarity
      }
      return true
    }
  }

  private func texts() throws -> [String] {
    try Shared.objects("data/medical/medquad/medquad_qa.jsonl.gz").map { row in
      try #require(row["question"]?.string) + "\n" + #require(row["answer"]?.string)
    }
  }

  private func found(_ texts: [String], threads: Int = 4) throws -> [Pair: Double] {
    var store = SetStore(bytes: 1 << 30, folder: "/tmp")
    for set in try OrderedMap.map(texts, threads: threads, { Shingles($1).hashes }) {
      try store.append(set)
    }
    var visitor = AllPairs()
    try NeighbourSearch(
      JaccardRule(threshold: 0.8, in: store), in: store, threads: threads
    )
    .run((0..<Int32(texts.count)).map { $0 }, &visitor)
    return visitor.pairs
  }

  /// The runs of three words as numbers, by means that share nothing with `Shingles`.
  private func plainSets(_ texts: [String]) -> [[Int32]] {
    var numbers: [String: Int32] = [:]
    return texts.map { text in
      let words = text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
      let runs = (0...max(0, words.count - 3)).map { start in
        words[start..<min(start + 3, words.count)].joined(separator: " ")
      }
      return Set(
        runs.map { run in
          let next = Int32(numbers.count)
          let number = numbers[run] ?? next
          if number == next { numbers[run] = next }
          return number
        }
      ).sorted()
    }
  }

  private func shared(_ left: [Int32], _ right: [Int32]) -> Int {
    var (i, j, count) = (0, 0, 0)
    while i < left.count, j < right.count {
      let (a, b) = (left[i], right[j])
      count += a == b ? 1 : 0
      i += a <= b ? 1 : 0
      j += b <= a ? 1 : 0
    }
    return count
  }

  @Test func `are all pairs that comparing each of 3000 records with each finds`() throws {
    let all = try texts()
    let sample = stride(from: 0, to: 3000, by: 1).map { all[$0 * 5] }
    let sets = plainSets(sample)
    let expected = try OrderedMap.map(Array(sets.indices), threads: 4) { _, left in
      sets.indices.dropFirst(left + 1).compactMap { right -> (Pair, Double)? in
        let (a, b) = (sets[left].count, sets[right].count)
        guard 5 * min(a, b) >= 4 * max(a, b) else { return nil }
        let common = shared(sets[left], sets[right])
        let union = a + b - common
        guard 5 * common >= 4 * union else { return nil }
        return (
          Pair(first: Int32(left), second: Int32(right)), Double(common) / Double(union)
        )
      }
    }.flatMap { $0 }
    #expect(expected.count > 1000)
    let pairs = try found(sample)
    #expect(pairs == Dictionary(uniqueKeysWithValues: expected))
  }

  @Test func `are the recorded pairs of all 16407 records`() throws {
    let lines = String(
      decoding: try Shared.contents("data/medical/medquad/near_dup_pairs_j0.8.tsv.gz"),
      as: UTF8.self)
    let recorded = try lines.split(separator: "\n").map { line in
      let cells = line.split(separator: "\t")
      return Pair(first: try #require(Int32(cells[0])), second: try #require(Int32(cells[1])))
    }
    let pairs = Set(try found(texts()).keys)
    #expect(pairs == Set(recorded))
  }
}

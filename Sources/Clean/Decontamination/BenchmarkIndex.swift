import Records
import Stages
import TextKit

/// Runs of words that give away that a record holds a benchmark's question or answer.
///
/// Of texts with at least `width` words every run of that width; of shorter ones, down to `least`
/// words, all their words. Still shorter answers prove nothing alone: they count together with
/// the end of their question.
struct BenchmarkIndex: Sendable {
  /// What part of an item a run is from.
  enum Part: String, Sendable {
    case query
    case answer
    /// The end of the question and the start of the answer.
    case overlap
  }

  /// Where a run is from.
  struct Origin: Sendable {
    let benchmark: Int32
    let item: Int32
    let part: Part
  }

  let names: [String]
  private let itemNames: [[String]]
  private var origins: [UInt64: Origin] = [:]
  /// How many items of its benchmark hold each run.
  private var holders: [UInt64: Int32] = [:]
  /// The widths that runs have.
  private(set) var widths: Set<Int> = []
  private let width: Int
  private let least: Int

  /// An index of benchmarks without runs that more than `common` items of one share.
  init(_ benchmarks: [Benchmark], width: Int, least: Int, common: Int, parts: Set<Part>) {
    names = benchmarks.map(\.name)
    itemNames = benchmarks.map { $0.items.map(\.name) }
    self.width = width
    self.least = min(least, width)
    for (number, benchmark) in benchmarks.enumerated() {
      holders.removeAll()
      for (place, item) in benchmark.items.enumerated() {
        add(item, Int32(number), Int32(place), parts)
      }
      for (hash, count) in holders where Int(count) > common { origins[hash] = nil }
    }
    holders.removeAll()
  }

  /// How many different runs there are.
  var count: Int { origins.count }

  /// The name of an origin's item.
  func item(_ origin: Origin) -> String { itemNames[Int(origin.benchmark)][Int(origin.item)] }

  /// The origin of a run.
  subscript(hash: UInt64) -> Origin? { origins[hash] }

  private mutating func add(
    _ item: Benchmark.Item, _ benchmark: Int32, _ place: Int32, _ parts: Set<Part>
  ) {
    let query = LocatedWords(item.query).hashes
    let answer = LocatedWords(item.answer).hashes
    var runs: [UInt64: Part] = [:]
    if parts.contains(.query) { add(query, .query, to: &runs) }
    if parts.contains(.answer) { add(answer, .answer, to: &runs) }
    if parts.contains(.overlap), !query.isEmpty, !answer.isEmpty {
      addOverlap(query, answer, to: &runs)
    }
    for (hash, part) in runs {
      holders[hash, default: 0] += 1
      if origins[hash] == nil {
        origins[hash] = Origin(benchmark: benchmark, item: place, part: part)
      }
    }
  }

  private mutating func add(_ words: [UInt64], _ part: Part, to runs: inout [UInt64: Part]) {
    guard words.count >= least, !words.isEmpty else { return }
    let all = WordRuns(words)
    let size = min(width, words.count)
    widths.insert(size)
    for start in 0...words.count - size { runs[all.hash(start..<start + size)] = part }
  }

  /// Runs that hold words of both.
  private mutating func addOverlap(
    _ query: [UInt64], _ answer: [UInt64], to runs: inout [UInt64: Part]
  ) {
    let words = query.suffix(width - 1) + answer.prefix(width - 1)
    guard words.count >= least else { return }
    let all = WordRuns(Array(words))
    let size = min(width, words.count)
    widths.insert(size)
    let border = min(query.count, width - 1)
    for start in 0...words.count - size where start < border && start + size > border {
      let hash = all.hash(start..<start + size)
      runs[hash] = runs[hash] ?? .overlap
    }
  }
}

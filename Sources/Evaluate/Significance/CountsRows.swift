/// Rows of a classifier, for metrics that need only how often classes are true and predicted.
struct CountsRows: ScoredRows {
  typealias Score = @Sendable (ClassCounts) -> Measurement

  /// A true class and a predicted one.
  struct Cell: Hashable, Sendable {
    let reference: Int
    let prediction: Int
  }

  let metrics: [ResampledMetric]
  private let functions: [Score]
  private let classes: Int
  private let positive: Int
  /// The cells that occur, and each row's among them.
  private let cells: [Cell]
  private let places: [Int32]

  init(_ outcomes: ClassificationOutcomes, _ scores: [(ResampledMetric, Score)]) {
    metrics = scores.map(\.0)
    functions = scores.map(\.1)
    classes = outcomes.labels.count
    positive = outcomes.positive
    let rows = zip(outcomes.references, outcomes.predictions).map {
      Cell(reference: $0, prediction: $1)
    }
    (cells, places) = Self.numbered(rows)
  }

  /// The different ones among keys, and which of them each is.
  static func numbered<Key: Hashable>(_ keys: [Key]) -> (different: [Key], places: [Int32]) {
    var numbers: [Key: Int32] = [:]
    var different: [Key] = []
    let places = keys.map { key -> Int32 in
      if let number = numbers[key] { return number }
      let number = Int32(different.count)
      numbers[key] = number
      different.append(key)
      return number
    }
    return (different, places)
  }

  var count: Int { places.count }

  func scores(weights: [Int32]) -> [Double] {
    var counts = [Int](repeating: 0, count: cells.count)
    for (row, weight) in weights.enumerated() { counts[Int(places[row])] += Int(weight) }
    var tallies = ClassTally.none(classes)
    for (cell, count) in zip(cells, counts) { tallies.add(count, cell) }
    return scores(tallies)
  }

  /// The metrics of counted classes.
  func scores(_ tallies: [ClassTally]) -> [Double] {
    let counts = ClassCounts(tallies: tallies, positive: positive)
    guard counts.count > 0 else { return functions.map { _ in .nan } }
    return functions.map { $0(counts).number ?? .nan }
  }

  /// One row's classes.
  fileprivate func cell(_ row: Int) -> Cell { cells[Int(places[row])] }
  fileprivate var noTallies: [ClassTally] { ClassTally.none(classes) }
}

extension [ClassTally] {
  /// Counts records of one cell; a negative number takes them away.
  fileprivate mutating func add(_ count: Int, _ cell: CountsRows.Cell) {
    self[cell.reference].support += count
    self[cell.prediction].predicted += count
    if cell.reference == cell.prediction { self[cell.reference].hits += count }
  }
}

extension CountsRows: SwappableRows {
  var swapped: any SwappedScores { SwappedCounts(self) }
}

/// Two classifiers with swapped records: what changes is the count of those on which they disagree.
private struct SwappedCounts: SwappedScores {
  /// The true class and both predictions of a record.
  private struct Kind: Hashable, Sendable {
    let first: CountsRows.Cell
    let second: CountsRows.Cell
  }

  private let rows: CountsRows
  /// Records on which the systems disagree, and which of the kinds each is of.
  private let records: [Int32]
  private let places: [Int32]
  private let kinds: [Kind]
  /// The counts of both systems as they are.
  private let first: [ClassTally]
  private let second: [ClassTally]

  init(_ rows: CountsRows) {
    let count = rows.count / 2
    var first = rows.noTallies
    var second = first
    var records: [Int32] = []
    for record in 0..<count {
      let (one, other) = (rows.cell(record), rows.cell(count + record))
      first.add(1, one)
      second.add(1, other)
      if one != other { records.append(Int32(record)) }
    }
    (kinds, places) = CountsRows.numbered(
      records.map {
        Kind(first: rows.cell(Int($0)), second: rows.cell(count + Int($0)))
      })
    (self.rows, self.records, self.first, self.second) = (rows, records, first, second)
  }

  func differences(_ swaps: [[UInt8]]) -> [[Double]] {
    swaps.map { bits in
      let moved = moved(bits)
      var (first, second) = (first, second)
      for (kind, count) in zip(kinds, moved) where count > 0 {
        first.add(-count, kind.first)
        first.add(count, kind.second)
        second.add(-count, kind.second)
        second.add(count, kind.first)
      }
      return zip(rows.scores(first), rows.scores(second)).map { $0 - $1 }
    }
  }

  /// How many records of each kind change sides: those whose bit is 0.
  private func moved(_ bits: [UInt8]) -> [Int] {
    var moved = [Int](repeating: 0, count: kinds.count)
    for (record, place) in zip(records, places) {
      moved[Int(place)] += Int(~bits[Int(record >> 3)] >> UInt8(record & 7) & 1)
    }
    return moved
  }
}

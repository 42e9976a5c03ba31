/// Edit distances to one reference within a beam around the diagonal, and the alignment they take.
///
/// Only the beam's cells are stored: memory is O(words × beam), not words × words.
struct EditDistances {
  private var beam = Beam()
  /// The rows of the words last aligned, from the one before the first word.
  private var costs: [Int32] = []
  private var steps: [UInt8] = []
  /// Two rows of words that are only tried.
  private var trial: [Int32] = []
  private var alignment: [Int] = []
  private var referenceErrors: [Bool] = []
  private var hypothesisErrors: [Bool] = []

  /// Begins with a reference, and hypotheses of so many words.
  mutating func begin(_ reference: [UInt32], _ count: Int) {
    beam = Beam(reference, count)
    Self.resize(&costs, beam.cells, 0)
    Self.resize(&steps, beam.cells, Step.insert)
    Self.resize(&trial, 2 * (reference.count + 1), 0)
    for place in beam.row(0) { costs[place] = Int32(place) }
  }

  private static func resize<Cell>(_ cells: inout [Cell], _ count: Int, _ value: Cell) {
    if cells.count < count { cells = [Cell](repeating: value, count: count) }
  }

  /// The distance of words, whose alignment is kept.
  mutating func align(_ words: [UInt32]) -> Int {
    let beam = beam
    for row in 0..<words.count {
      costs.withUnsafeMutableBufferPointer { costs in
        steps.withUnsafeMutableBufferPointer { steps in
          let (above, cells) = (beam.stored(row), beam.stored(row + 1))
          beam.fill(
            UnsafeMutableBufferPointer(rebasing: costs[cells]),
            after: UnsafeMutableBufferPointer(rebasing: costs[above]), words, row,
            UnsafeMutableBufferPointer(rebasing: steps[cells]))
        }
      }
    }
    trace(words.count)
    return Int(costs[beam.stored(words.count).upperBound - 1])
  }

  /// The distance of words whose first ones are those last aligned.
  mutating func distance(_ words: [UInt32], unchanged: Int) -> Int {
    let beam = beam
    let width = beam.reference.count + 1
    return costs.withUnsafeMutableBufferPointer { costs in
      trial.withUnsafeMutableBufferPointer { trial in
        var above = UnsafeMutableBufferPointer(rebasing: costs[beam.stored(unchanged)])
        for row in unchanged..<words.count {
          let start = row % 2 * width
          let cells = UnsafeMutableBufferPointer(
            rebasing: trial[start..<start + beam.row(row + 1).count])
          beam.fill(cells, after: above, words, row, nil)
          above = cells
        }
        return Int(above[above.count - 1])
      }
    }
  }

  /// Walks the steps back from the end.
  private mutating func trace(_ count: Int) {
    let length = beam.reference.count
    alignment = [Int](repeating: -1, count: length)
    referenceErrors = [Bool](repeating: true, count: length)
    hypothesisErrors = [Bool](repeating: true, count: count)
    var (row, place) = (count, length)
    while row > 0 || place > 0 {
      switch row == 0 ? Step.insert : place == 0 ? Step.delete : step(row, place) {
      case Step.insert:
        place -= 1
        alignment[place] = row - 1
      case Step.delete:
        row -= 1
      case let step:
        row -= 1
        place -= 1
        alignment[place] = row
        referenceErrors[place] = step == Step.substitute
        hypothesisErrors[row] = step == Step.substitute
      }
    }
  }

  private func step(_ row: Int, _ place: Int) -> UInt8 {
    steps[beam.stored(row).lowerBound + place - beam.row(row).lowerBound]
  }

  /// The word of the hypothesis at a place of the reference, or the one before it; -1 before all.
  func aligned(_ place: Int) -> Int { alignment[place] }

  /// Whether any of these words needs an edit.
  func isWrong(hypothesis words: Range<Int>) -> Bool { hypothesisErrors[words].contains(true) }

  /// Whether any of these words of the reference needs an edit.
  func isWrong(reference words: Range<Int>) -> Bool { referenceErrors[words].contains(true) }
}

/// How a cell is reached.
private enum Step {
  static let same: UInt8 = 0
  static let substitute: UInt8 = 1
  static let delete: UInt8 = 2
  static let insert: UInt8 = 3
}

/// The part of the table around its diagonal that is filled, row behind row.
private struct Beam {
  private static let infinity = Int32.max / 2
  private static let usual = 25

  let reference: [UInt32]
  /// Words of the hypothesis.
  private let count: Int
  /// Words of the reference to one of the hypothesis.
  private let ratio: Double
  /// Cells on either side of the diagonal.
  private let reach: Int
  /// Where each row's cells begin in storage, and where the last one's end.
  private let starts: [Int]

  init(_ reference: [UInt32] = [], _ count: Int = 0) {
    self.reference = reference
    self.count = count
    ratio = count == 0 ? 1 : Double(reference.count) / Double(count)
    // Where lengths differ so much that the beams of two rows would not meet, it is wider.
    let isThin = Double(Self.usual) < ratio / 2
    reach = isThin ? Int((ratio / 2 + Double(Self.usual)).rounded(.up)) : Self.usual
    var starts = [0]
    starts.reserveCapacity(count + 2)
    for row in 0...count {
      let places = Self.places(row, of: count, reference.count + 1, ratio, reach)
      starts.append(starts[row] + places.count)
    }
    self.starts = starts
  }

  /// The cells of all rows together.
  var cells: Int { starts[count + 1] }

  /// Where a row's cells are stored.
  func stored(_ row: Int) -> Range<Int> { starts[row]..<starts[row + 1] }

  /// The places of the reference that a row has cells of; row 0 is the one before the first word.
  func row(_ row: Int) -> Range<Int> {
    Self.places(row, of: count, reference.count + 1, ratio, reach)
  }

  private static func places(
    _ row: Int, of count: Int, _ width: Int, _ ratio: Double, _ reach: Int
  ) -> Range<Int> {
    guard row > 0 else { return 0..<width }
    let diagonal = Int((Double(row) * ratio).rounded(.down))
    return max(0, diagonal - reach)..<(row == count ? width : min(width, diagonal + reach))
  }

  /// Fills the row of a word from the row above it.
  func fill(
    _ cells: UnsafeMutableBufferPointer<Int32>, after above: UnsafeMutableBufferPointer<Int32>,
    _ words: [UInt32], _ row: Int, _ steps: UnsafeMutableBufferPointer<UInt8>?
  ) {
    let (places, before) = (self.row(row + 1), self.row(row))
    let word = words[row]
    var left = Self.infinity
    var corner = Self.infinity
    if places.lowerBound == 0 {
      corner = above[0]
      left = corner + 1
      cells[0] = left
      steps?[0] = Step.delete
    } else if places.lowerBound > before.lowerBound {
      corner = above[places.lowerBound - 1 - before.lowerBound]
    }
    reference.withUnsafeBufferPointer { reference in
      for place in max(places.lowerBound, 1)..<places.upperBound {
        let over = place < before.upperBound ? above[place - before.lowerBound] : Self.infinity
        let isSame = reference[place - 1] == word
        var cost = corner + (isSame ? 0 : 1)
        var step = isSame ? Step.same : Step.substitute
        if over + 1 < cost { (cost, step) = (over + 1, Step.delete) }
        if left + 1 < cost { (cost, step) = (left + 1, Step.insert) }
        left = min(cost, Self.infinity)
        corner = over
        cells[place - places.lowerBound] = left
        steps?[place - places.lowerBound] = step
      }
    }
  }
}

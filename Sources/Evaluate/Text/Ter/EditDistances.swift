/// Edit distances to one reference within a beam around the diagonal, and the alignment they take.
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
    costs.removeAll(keepingCapacity: true)
    steps.removeAll(keepingCapacity: true)
    trial.removeAll(keepingCapacity: true)
    for place in 0..<beam.width { costs.append(Int32(place)) }
    for _ in 0..<count * beam.width { costs.append(Beam.infinity) }
    for _ in 0..<(count + 1) * beam.width { steps.append(Step.insert) }
    for _ in 0..<2 * beam.width { trial.append(Beam.infinity) }
  }

  /// The distance of words, whose alignment is kept.
  mutating func align(_ words: [UInt32]) -> Int {
    let (beam, width) = (beam, beam.width)
    for row in 0..<words.count {
      costs.withUnsafeMutableBufferPointer { costs in
        steps.withUnsafeMutableBufferPointer { steps in
          let above = UnsafeMutableBufferPointer(rebasing: costs[row * width..<(row + 1) * width])
          let cells = (row + 1) * width..<(row + 2) * width
          beam.fill(
            UnsafeMutableBufferPointer(rebasing: costs[cells]), after: above, words, row,
            UnsafeMutableBufferPointer(rebasing: steps[cells]))
        }
      }
    }
    trace(words.count)
    return Int(costs[words.count * width + width - 1])
  }

  /// The distance of words whose first ones are those last aligned.
  mutating func distance(_ words: [UInt32], unchanged: Int) -> Int {
    let (beam, width) = (beam, beam.width)
    var distance: Int32 = 0
    costs.withUnsafeMutableBufferPointer { costs in
      trial.withUnsafeMutableBufferPointer { trial in
        let first = unchanged * width
        var above = UnsafeMutableBufferPointer(rebasing: costs[first..<first + width])
        for row in unchanged..<words.count {
          let cells = UnsafeMutableBufferPointer(
            rebasing: trial[row % 2 * width..<(row % 2 + 1) * width])
          beam.fill(cells, after: above, words, row, nil)
          above = cells
        }
        distance = above[width - 1]
      }
    }
    return Int(distance)
  }

  /// Walks the steps back from the end.
  private mutating func trace(_ count: Int) {
    let (width, length) = (beam.width, beam.reference.count)
    alignment = [Int](repeating: -1, count: length)
    referenceErrors = [Bool](repeating: true, count: length)
    hypothesisErrors = [Bool](repeating: true, count: count)
    var (row, place) = (count, length)
    while row > 0 || place > 0 {
      switch row == 0 ? Step.insert : place == 0 ? Step.delete : steps[row * width + place] {
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

/// The part of the table around its diagonal that is filled.
private struct Beam {
  static let infinity = Int32.max / 2
  private static let usual = 25

  let reference: [UInt32]
  /// Cells a row.
  let width: Int
  /// Words of the reference to one of the hypothesis.
  private let ratio: Double
  /// Cells on either side of the diagonal.
  private let reach: Int

  init(_ reference: [UInt32] = [], _ count: Int = 0) {
    self.reference = reference
    width = reference.count + 1
    ratio = count == 0 ? 1 : Double(reference.count) / Double(count)
    // Where lengths differ so much that the beams of two rows would not meet, it is wider.
    let isThin = Double(Self.usual) < ratio / 2
    reach = isThin ? Int((ratio / 2 + Double(Self.usual)).rounded(.up)) : Self.usual
  }

  /// Fills the row of a word from the row above it.
  func fill(
    _ cells: UnsafeMutableBufferPointer<Int32>, after above: UnsafeMutableBufferPointer<Int32>,
    _ words: [UInt32], _ row: Int, _ steps: UnsafeMutableBufferPointer<UInt8>?
  ) {
    cells.update(repeating: Self.infinity)
    let diagonal = Int((Double(row + 1) * ratio).rounded(.down))
    let first = max(0, diagonal - reach)
    let last = row + 1 == words.count ? width : min(width, diagonal + reach)
    guard first < last else { return }
    let word = words[row]
    var left = Self.infinity
    if first == 0 {
      left = above[0] + 1
      cells[0] = left
      steps?[0] = Step.delete
    }
    reference.withUnsafeBufferPointer { reference in
      for place in max(first, 1)..<max(last, 1) {
        let isSame = reference[place - 1] == word
        var cost = above[place - 1] + (isSame ? 0 : 1)
        var step = isSame ? Step.same : Step.substitute
        if above[place] + 1 < cost { (cost, step) = (above[place] + 1, Step.delete) }
        if left + 1 < cost { (cost, step) = (left + 1, Step.insert) }
        left = min(cost, Self.infinity)
        cells[place] = left
        steps?[place] = step
      }
    }
  }
}

import Foundation
import Stages

/// How often one class was true, predicted, and both: all that precision and recall need.
public struct ClassTally: Sendable, Equatable {
  /// Records of this class that were predicted as it.
  public var hits: Int
  /// Records predicted as this class.
  public var predicted: Int
  /// Records of this class.
  public var support: Int

  /// Creates a tally from its three counts.
  public init(hits: Int, predicted: Int, support: Int) {
    self.hits = hits
    self.predicted = predicted
    self.support = support
  }

  /// Whether the class was neither true nor predicted anywhere.
  var isAbsent: Bool { predicted == 0 && support == 0 }

  /// Counts every class in one pass, of many records on all cores.
  static func count(references: [Int], predictions: [Int], classes: Int) -> [ClassTally] {
    let threads = references.count < 1 << 17 ? 1 : ProcessInfo.processInfo.activeProcessorCount
    let parts: [[ClassTally]]
    do {
      parts = try OrderedMap.slices(of: references.count, threads: threads) { range in
        classes <= 64
          ? pairs(references, predictions, range, classes)
          : one(references, predictions, range, classes)
      }
    } catch {
      preconditionFailure("counting throws nothing, yet it threw \(error)")
    }
    return parts.reduce(none(classes)) { sum, part in sum.indices.map { sum[$0] + part[$0] } }
  }

  /// Few classes: one count a record, of its pair of classes.
  private static func pairs(
    _ references: [Int], _ predictions: [Int], _ range: Range<Int>, _ classes: Int
  ) -> [ClassTally] {
    var counts = [Int](repeating: 0, count: classes * classes)
    for record in range {
      let (reference, prediction) = (references[record], predictions[record])
      check(reference, prediction, classes)
      counts[reference * classes + prediction] += 1
    }
    var tallies = none(classes)
    for reference in 0..<classes {
      for prediction in 0..<classes {
        let count = counts[reference * classes + prediction]
        tallies[reference].support += count
        tallies[prediction].predicted += count
        if reference == prediction { tallies[reference].hits = count }
      }
    }
    return tallies
  }

  private static func one(
    _ references: [Int], _ predictions: [Int], _ range: Range<Int>, _ classes: Int
  ) -> [ClassTally] {
    var tallies = none(classes)
    for record in range {
      let (reference, prediction) = (references[record], predictions[record])
      check(reference, prediction, classes)
      tallies[reference].support += 1
      tallies[prediction].predicted += 1
      if reference == prediction { tallies[reference].hits += 1 }
    }
    return tallies
  }

  private static func check(_ reference: Int, _ prediction: Int, _ classes: Int) {
    let limit = UInt(classes)
    precondition(
      UInt(bitPattern: reference) < limit && UInt(bitPattern: prediction) < limit,
      "reference \(reference) or prediction \(prediction) is none of \(classes) classes")
  }

  static func none(_ classes: Int) -> [ClassTally] {
    [ClassTally](repeating: ClassTally(hits: 0, predicted: 0, support: 0), count: classes)
  }

  static func + (left: ClassTally, right: ClassTally) -> ClassTally {
    ClassTally(
      hits: left.hits + right.hits, predicted: left.predicted + right.predicted,
      support: left.support + right.support)
  }
}

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

  /// Counts every class in one pass.
  static func count(references: [Int], predictions: [Int], classes: Int) -> [ClassTally] {
    var tallies = Array(
      repeating: ClassTally(hits: 0, predicted: 0, support: 0), count: classes)
    for (reference, prediction) in zip(references, predictions) {
      precondition(
        tallies.indices.contains(reference) && tallies.indices.contains(prediction),
        "reference \(reference) or prediction \(prediction) is none of \(classes) classes")
      tallies[reference].support += 1
      tallies[prediction].predicted += 1
      if reference == prediction { tallies[reference].hits += 1 }
    }
    return tallies
  }
}

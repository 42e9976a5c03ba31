/// How many optimizer steps epochs take, and a whole run.
package struct EpochSteps: Sendable {
  /// The steps of the whole run.
  package let total: Int
  /// The steps of an epoch, or of the mean one where they differ.
  package let perEpoch: Int
  /// The steps up to the end of each epoch of the run; empty where all are of one length.
  private let ends: [Int]

  /// Epochs of one length.
  /// - Parameter most: The most steps of the run.
  package init(epochs: Double, atMost most: Int?, each steps: Int) {
    let planned = Int((epochs * Double(steps)).rounded(.up))
    total = min(planned, most ?? planned)
    perEpoch = steps
    ends = []
  }

  /// Epochs whose steps are told one by one; no further than the run goes.
  package init(epochs: Double, atMost most: Int?, _ steps: (Int) -> Int) {
    let whole = epochs.rounded(.down)
    var ends: [Int] = []
    var planned = 0
    for epoch in 0..<Int(epochs.rounded(.up)) where planned < most ?? .max {
      let count = steps(epoch)
      let begun = ends.last ?? 0
      ends.append(begun + count)
      let share = Double(epoch) < whole ? 1 : epochs - whole
      planned = begun + Int((share * Double(count)).rounded(.up))
    }
    total = min(planned, most ?? planned)
    perEpoch = ends.isEmpty ? 1 : ((ends.last ?? 0) + ends.count / 2) / ends.count
    self.ends = ends
  }

  /// The steps up to the end of an epoch, were the run to go so far.
  package func end(ofEpoch epoch: Int) -> Int {
    guard !ends.isEmpty else { return (epoch + 1) * perEpoch }
    return epoch < ends.count ? ends[epoch] : total
  }

  /// Steps as epochs, with the part of the one under way.
  package func epochs(_ step: Int) -> Double {
    guard !ends.isEmpty else { return Double(step) / Double(max(1, perEpoch)) }
    guard let epoch = ends.firstIndex(where: { step < $0 }) else { return Double(ends.count) }
    let begin = epoch == 0 ? 0 : ends[epoch - 1]
    return Double(epoch) + Double(step - begin) / Double(ends[epoch] - begin)
  }
}

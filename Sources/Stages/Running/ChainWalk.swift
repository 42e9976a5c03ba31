/// What the stages of a chain make of a slice of records.
struct ChainSlice: Sendable {
  /// Of each stage that came to its end.
  var buffers: [StageBuffers] = []
  /// How long each took.
  var seconds: [Double] = []
  /// What ended the stage behind those: a fault, or the wish to stop.
  var fault: (any Error)?
}

/// How far a chain has come.
final class ChainWalk {
  let writers: [StageWriter]
  /// How many of the stages go on.
  private(set) var active: Int
  /// What ended the one behind these: a fault, or the wish to stop.
  private(set) var fault: (any Error)?
  /// How long each stage has worked, on all threads together.
  private(set) var seconds: [Double]

  init(writers: [StageWriter]) {
    self.writers = writers
    active = writers.count
    seconds = Array(repeating: 0, count: writers.count)
  }

  /// Adds the time that the source took to read, beside the work on what it had read.
  func addReading(_ time: Double) { seconds[0] += time }

  /// Writes what slices became, in their order.
  /// - Throws: The fault of the first stage; behind it nothing can go on.
  func take(_ slices: [ChainSlice]) throws {
    for slice in slices {
      for (index, time) in slice.seconds.enumerated() { seconds[index] += time }
      guard let error = slice.fault, slice.buffers.count < active else { continue }
      active = slice.buffers.count
      fault = error
    }
    if active == 0, let fault { throw fault }
    for index in 0..<active { try writers[index].write(slices.map { $0.buffers[index] }) }
  }
}

/// What the stages of a chain make of a slice of records.
struct ChainSlice: Sendable {
  /// Of each stage that came to its end.
  var buffers: [StageBuffers] = []
  /// How long each took.
  var seconds: [Double] = []
  /// What ended the stage behind those.
  var fault: StageError?
}

/// How far a chain has come.
final class ChainWalk {
  let writers: [StageWriter]
  /// How many records of the input an earlier run has passed, and this one skips.
  private(set) var skipped: Int
  private let notes: WalkNotes?
  private var pace: WalkPace
  /// How many of the stages go on.
  private(set) var active: Int
  /// What ended the one behind these.
  private(set) var fault: StageError?
  /// How long each stage has worked, on all threads together.
  private(set) var seconds: [Double]

  init(_ start: WalkStart, pace: WalkPace) {
    writers = start.writers
    skipped = start.position
    notes = start.notes
    self.pace = pace
    active = writers.count
    seconds = Array(repeating: 0, count: writers.count)
  }

  /// Adds the time that the source took to read, beside the work on what it had read.
  func addReading(_ time: Double) { seconds[0] += time }

  /// The places of a batch's records that no earlier run has passed; called with every batch in order.
  func pending(of count: Int) -> Range<Int> {
    let passed = min(skipped, count)
    skipped -= passed
    return passed..<count
  }

  /// Sees to it that the input had as many records as an earlier run has passed; called behind its last.
  func checkPassed(in cache: String) throws {
    guard skipped > 0 else { return }
    try WalkNote.remove(in: cache)
    throw StageError(
      "changed-input", "the input has \(skipped) fewer records than an earlier run has read",
      remedy: "run again, which begins the stages anew")
  }

  /// Writes what `work` makes of the records of a range, part by part, in their order.
  /// - Throws: The fault of the first stage; behind it nothing can go on.
  func take(_ range: Range<Int>, _ work: (Range<Int>) throws -> [ChainSlice]) throws {
    try pace.forEachPart(of: range) { try take(work($0)) }
  }

  private func take(_ slices: [ChainSlice]) throws {
    for slice in slices {
      for (index, time) in slice.seconds.enumerated() { seconds[index] += time }
      guard let error = slice.fault, slice.buffers.count < active else { continue }
      active = slice.buffers.count
      fault = error
    }
    if active == 0, let fault { throw fault }
    for index in 0..<active { try writers[index].write(slices.map { $0.buffers[index] }) }
    // Stages that have ended say nothing of the records behind.
    if active == writers.count { notes?.noteIfDue(writers) }
  }

  /// Notes where a wish to stop ends the walk.
  func notingInterruption(_ body: () throws -> Void) throws {
    do { try body() } catch let stop as Interrupted {
      wait()
      if active == writers.count { notes?.note(writers) }
      throw stop
    }
  }

  /// Waits until nothing more is written, nor noted.
  func wait() {
    for writer in writers { writer.wait() }
    notes?.wait()
  }
}

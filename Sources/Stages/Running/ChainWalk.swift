/// What the stages of a chain make of a slice of records.
struct ChainSlice: Sendable {
  /// Of each stage that came to its end.
  var buffers: [StageBuffers]
  /// How long each took.
  var seconds: [Double] = []
  /// What ended the stage behind those.
  var fault: StageError?
  /// How many records it has, and how long all of its stages took.
  fileprivate var count = 0
  fileprivate var time = Duration.zero

  init(buffers: [StageBuffers] = []) { self.buffers = buffers }
}

/// How far a chain has come.
final class ChainWalk {
  let writers: [StageWriter]
  /// How many records of the input an earlier run has passed, and this one skips.
  private(set) var skipped: Int
  private let notes: WalkNotes?
  private let work: OrderedWork<ChainSlice>
  private var pace: WalkPace
  /// How many slices have been written since a note was last thought of, which is done after each `round`
  /// of them, or a slice of a whole slice's time: the first slices are too small for a note each.
  private var unnoted = 0
  private let round: Int
  /// How many of the stages go on.
  private(set) var active: Int
  /// What ended the one behind these.
  private(set) var fault: StageError?
  /// How long each stage has worked, on all threads together.
  private(set) var seconds: [Double]

  init(_ start: WalkStart, threads: Int, pace: WalkPace) {
    writers = start.writers
    skipped = start.position
    notes = start.notes
    work = OrderedWork(threads: threads)
    round = 4 * threads
    self.pace = pace
    active = writers.count
    seconds = Array(repeating: 0, count: writers.count)
  }

  /// How long whoever reads has waited for the work on what was read.
  var waited: Duration { work.waited }

  /// Adds the time that the source took to read, beside the work on what it had read.
  func addReading(_ time: Duration) { seconds[0] += time / .seconds(1) }

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

  /// Has what `make` makes of slices of a range of records written, in their order; with each it is told how
  /// many of the stages go on.
  /// - Parameter size: About how many bytes a record has.
  /// - Throws: The fault of the first stage, of these or earlier records; behind it nothing can go on.
  func take(
    _ range: Range<Int>, size: (Int) -> Int,
    _ make: @escaping @Sendable (Range<Int>, Int) throws -> ChainSlice
  ) throws {
    var left = range
    while !left.isEmpty {
      let part = pace.first(of: left)
      let active = active
      try work.add(
        size: part.reduce(0) { $0 + size($1) },
        {
          var slice = ChainSlice()
          let time = try ContinuousClock().measure { slice = try make(part, active) }
          (slice.count, slice.time) = (part.count, time)
          return slice
        }, take)
      left = part.upperBound..<range.upperBound
    }
  }

  private func finish() throws { try work.finish(take) }

  private func take(_ slice: ChainSlice) throws {
    pace.note(slice.count, took: slice.time)
    for (index, time) in slice.seconds.enumerated() { seconds[index] += time }
    if let error = slice.fault, slice.buffers.count < active {
      active = slice.buffers.count
      fault = error
    }
    if active == 0, let fault { throw fault }
    for index in 0..<active { try writers[index].write(slice.buffers[index]) }
    unnoted += 1
    guard unnoted >= round || pace.isReached(by: slice.time) else { return }
    unnoted = 0
    // Stages that have ended say nothing of the records behind.
    if active == writers.count { notes?.noteIfDue(writers) }
  }

  /// Hands the records over, and has them written.
  ///
  /// Where a wish to stop ends that, it is noted how far it has come.
  func run(_ handOver: () throws -> Void) throws {
    do {
      do { try handOver() } catch {
        // A fault of an earlier record comes first, however far the reading has come.
        try finish()
        throw error
      }
      try finish()
    } catch let stop as Interrupted {
      // What lies before the first slice that met the wish is whole.
      wait()
      if active == writers.count { notes?.note(writers) }
      throw stop
    }
  }

  /// Waits until nothing more is worked on, written or noted.
  func wait() {
    work.cancel()
    for writer in writers { writer.wait() }
    notes?.wait()
  }
}

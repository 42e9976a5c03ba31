import Dispatch
import Synchronization

/// Notes now and then how far a walk has come, for a run that begins again after a kill.
///
/// Each stage's writer tells how far its files are when it comes to a place between two slices that is
/// the same for all. What they tell is on the disk before the note is; nobody waits for that, and while
/// one note is being made none is begun.
final class WalkNotes: Sendable {
  private struct State {
    /// When the next note may be made; nil while one is being made.
    var next: ContinuousClock.Instant?
    /// What the last note says of the files.
    var noted: [StageOutput.Mark.Sizes]
    /// What the writers have told for the one that is being made.
    var marks: [Int: StageOutput.Mark] = [:]
  }

  private let links: [StageLink]
  private let upstream: String?
  private let cache: String
  private let interval: Duration
  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "walk-notes")

  /// - Parameters:
  ///   - upstream: The hash of the records that the walk reads; nil where it has none before it.
  ///   - interval: The least time from one note to the next.
  init(_ links: [StageLink], after upstream: String?, in cache: String, every interval: Duration) {
    self.links = links
    self.upstream = upstream
    self.cache = cache
    self.interval = interval
    state = Mutex(
      State(
        next: ContinuousClock.now + interval,
        noted: Array(repeating: .init(), count: links.count)))
  }

  /// Begins a note where it is time for one; called between two slices, of which all writers have been
  /// handed the one.
  func noteIfDue(_ writers: [StageWriter]) {
    let isDue = state.withLock { $0.next.map { ContinuousClock.now >= $0 } ?? false }
    if isDue { note(writers) }
  }

  /// Begins a note; none is being made.
  func note(_ writers: [StageWriter]) {
    state.withLock { state in
      state.next = nil
      state.marks = [:]
    }
    for (index, writer) in writers.enumerated() {
      writer.mark { [self] in collect($0, of: index) }
    }
  }

  private func collect(_ mark: StageOutput.Mark, of index: Int) {
    let marks = state.withLock { state -> [StageOutput.Mark]? in
      state.marks[index] = mark
      let told = links.indices.compactMap { state.marks[$0] }
      return told.count == links.count ? told : nil
    }
    guard let marks else { return }
    // A note that cannot be made is none; what hinders it, the walk will meet itself.
    queue.async { [self] in try? note(marks) }
  }

  /// Makes the note; where that fails, none is made after it.
  private func note(_ marks: [StageOutput.Mark]) throws(FileError) {
    let before = state.withLock { $0.noted }
    for (link, (mark, old)) in zip(links, zip(marks, before)) {
      for name in mark.sizes.grown(since: old) { try Folders.sync("\(link.folder)/\(name)") }
      if old == .init() { try Folders.sync(link.folder) }
    }
    try WalkNote(links, after: upstream, marks).write(in: cache)
    state.withLock { state in
      state.noted = marks.map(\.sizes)
      state.next = ContinuousClock.now + interval
    }
  }

  /// Waits for the note that is being made; called when the writers have nothing more to do.
  func wait() { queue.sync {} }
}

import Synchronization

/// How much of its files a source has read, counted as they lie on the disk, packed or not.
public final class InputMeter: Sendable {
  private struct State {
    /// The bytes of each file; nil where one cannot be told, as of a pipe.
    var sizes: [Int]?
    var file = 0
    /// Bytes of the files behind, and of the one at hand.
    var behind = 0
    var current = 0
    /// The part of the records that are wanted.
    var taken = 0.0
  }

  private let state = Mutex(State())

  /// A meter of nothing.
  public init() {}

  /// Begins with files of which each has so many bytes; nil where that is unknown.
  public func begin(files sizes: [Int?]) {
    let known = sizes.compactMap { $0 }
    state.withLock { $0 = State(sizes: known.count == sizes.count ? known : nil) }
  }

  /// So many bytes of the file at hand have been read; more than it has count for nothing.
  public func read(_ bytes: Int) {
    state.withLock { state in
      guard let sizes = state.sizes, state.file < sizes.count else { return }
      state.current = min(state.current + bytes, sizes[state.file])
    }
  }

  /// The file at hand is done with.
  public func finishFile() {
    state.withLock { state in
      guard let sizes = state.sizes, state.file < sizes.count else { return }
      state.behind += sizes[state.file]
      state.file += 1
      state.current = 0
    }
  }

  /// So many records of those wanted have been taken.
  public func take(_ count: Int, of limit: Int) {
    state.withLock { $0.taken = Double(count) / Double(max(1, limit)) }
  }

  /// The part of the work that is done, from 0 to 1; nil where nobody knows.
  public var share: Double? {
    state.withLock { state in
      guard let sizes = state.sizes else { return state.taken > 0 ? state.taken : nil }
      let total = sizes.reduce(0, +)
      guard total > 0 else { return nil }
      return max(state.taken, Double(state.behind + state.current) / Double(total))
    }
  }
}

import Synchronization

/// A wish to stop that long work asks about now and then.
public enum Interruption {
  private static let requested = Atomic(false)

  /// Asks all work to stop at the next safe place; may be called from a signal handler.
  public static func request() { requested.store(true, ordering: .relaxed) }

  /// Forgets an earlier wish, before new work in the same process.
  package static func reset() { requested.store(false, ordering: .relaxed) }

  /// Whether work shall stop.
  public static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Stops here if that was asked for.
  /// - Throws: `Interrupted`.
  public static func check() throws(Interrupted) {
    if isRequested { throw Interrupted() }
  }
}

/// The work was stopped by the user; what is done so far is saved.
public struct Interrupted: Error, Sendable, CustomStringConvertible {
  /// What users read.
  public let description = "interrupted; run again to continue"

  /// A stop.
  package init() {}
}

import Dispatch

/// Makes the next of a row of things beside the work on the one before.
package final class Ahead<Element: Sendable, Failure: Error>: @unchecked Sendable {
  // Safe: `make` and `next` are touched by work on `queue`, which is serial, and by `take` when that is
  // done.
  private let queue = DispatchQueue(label: "ahead")
  private let make: () throws(Failure) -> Element?
  private var next: Result<Element?, Failure> = .success(nil)

  /// - Parameter make: Makes the next one; nil behind the last.
  package init(_ make: @escaping () throws(Failure) -> Element?) {
    self.make = make
    begin()
  }

  private func begin() {
    queue.async { [self] in next = Result { () throws(Failure) in try make() } }
  }

  /// The next one; nil behind the last.
  /// - Throws: Why it could not be made, and so whenever it is asked for again.
  package func take() throws(Failure) -> Element? {
    queue.sync {}
    let element = try next.get()
    if element != nil { begin() }
    return element
  }
}

/// Works on batches one after the other, each while the next is being made.
final class Behind<Batch: Sendable>: @unchecked Sendable {
  // Safe: `work` and `fault` are touched by work on `queue`, which is serial, and by `wait` when that is
  // done.
  private let queue = DispatchQueue(label: "behind")
  private let work: (Batch) throws -> Void
  private var fault: (any Error)?

  init(_ work: @escaping (Batch) throws -> Void) { self.work = work }

  /// Hands a batch over when the one before is done.
  /// - Throws: What went wrong with an earlier one.
  func take(_ batch: Batch) throws {
    try wait()
    queue.async { [self] in
      do { try work(batch) } catch { fault = error }
    }
  }

  /// Waits until all is done.
  func wait() throws {
    queue.sync {}
    if let fault { throw fault }
  }
}

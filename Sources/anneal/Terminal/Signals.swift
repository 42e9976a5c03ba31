import Dispatch
import Foundation
import Stages
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Ctrl-C: the first asks the work to stop at a safe place, the second stops at once.
enum Signals {
  private static let hasNothingToSave = Atomic(false)

  /// Lets the first Ctrl-C end the program at once, where there is nothing to save.
  static func endAtOnce() { hasNothingToSave.store(true, ordering: .relaxed) }

  static func install() {
    // A reader that has gone away is seen as an error of write, not as a signal.
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: handle)
      source.resume()
      // The source lives as long as the process.
      _ = Unmanaged.passRetained(source as AnyObject)
    }
  }

  /// Formed outside `main`, so that it may run on any thread.
  private static let handle: @Sendable () -> Void = {
    if Interruption.isRequested { exit(130) }
    if hasNothingToSave.load(ordering: .relaxed) {
      FileHandle.standardError.write(Data("\n".utf8))
      exit(130)
    }
    Interruption.request()
    FileHandle.standardError.write(Data("\nstopping at a safe place; again to stop at once\n".utf8))
  }
}

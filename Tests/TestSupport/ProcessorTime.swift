import Foundation

/// What work takes of a processor, which does not hang on what else the machine does, as a clock's time does.
public enum ProcessorTime {
  /// The seconds of a processor that the calling thread spends in `body`; work of other threads is not in it.
  public static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ofThread
    try body()
    return ofThread - start
  }

  private static var ofThread: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

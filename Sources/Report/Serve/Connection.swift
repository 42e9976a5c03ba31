import Glibc

/// A connection of a browser, closed when it is dropped.
struct Connection: ~Copyable {
  private let descriptor: Int32
  /// Cookies of all that a browser ever saw on ports of this machine come along.
  private static let longestHead = 32 << 10

  /// Takes a socket over.
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Why there is no request.
  enum HeadFault: Error {
    case tooLong, late
    /// Whoever asked has gone, as browsers do that connect in advance.
    case closed
  }

  /// The head of a request, up to its blank line.
  func head(within patience: Duration) -> Result<[UInt8], HeadFault> {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    let end = ContinuousClock.now + patience
    while wait(until: end, SO_RCVTIMEO) {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, [EINTR, EAGAIN, EWOULDBLOCK].contains(errno) { continue }
      guard count > 0 else { return .failure(.closed) }
      head.append(contentsOf: buffer[..<count])
      if head.suffix(count + 3).holds("\r\n\r\n") { return .success(head) }
      if head.count > Self.longestHead { return .failure(.tooLong) }
    }
    return .failure(.late)
  }

  /// Sends bytes, or so many as are taken in time.
  func send(_ bytes: [UInt8], within patience: Duration) {
    var rest = bytes[...]
    let end = ContinuousClock.now + patience
    while !rest.isEmpty, wait(until: end, SO_SNDTIMEO) {
      let sent = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, [EINTR, EAGAIN, EWOULDBLOCK].contains(errno) { continue }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
    if rest.isEmpty { drain() }
  }

  /// Reads what is left of a request: closing before it is read would take the answer back.
  private func drain() {
    shutdown(descriptor, Int32(SHUT_WR))
    var buffer = [UInt8](repeating: 0, count: 4096)
    let end = ContinuousClock.now + .seconds(1)
    while wait(until: end, SO_RCVTIMEO) {
      guard recv(descriptor, &buffer, buffer.count, 0) > 0 else { return }
    }
  }

  /// Lets the next call wait until then at most; false where that is past.
  private func wait(until end: ContinuousClock.Instant, _ option: Int32) -> Bool {
    let (seconds, rest) = (end - ContinuousClock.now).components
    guard seconds > 0 || seconds == 0 && rest > 0 else { return false }
    // A time of zero would be without end.
    var time = timeval(tv_sec: Int(seconds), tv_usec: max(1, Int(rest / 1_000_000_000_000)))
    setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    return true
  }
}

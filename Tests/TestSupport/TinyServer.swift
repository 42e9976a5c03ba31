import Dispatch
import Records
import Stages
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// An HTTP server on 127.0.0.1 that gives prepared answers, one a request, and remembers what it got.
///
/// It takes at most as many requests as it has answers, and stops waiting after five seconds.
public final class TinyServer: Sendable {
  /// One prepared answer.
  public struct Answer: Sendable {
    var status: Int
    var body: String
    var headers: String
    var delay: Double

    /// An answer, given after some seconds.
    public init(
      status: Int = 200, body: String = "", headers: String = "", delay: Double = 0
    ) {
      (self.status, self.body, self.headers) = (status, body, headers)
      self.delay = delay
    }

    /// A chat completion that says something.
    public static func saying(_ text: String, delay: Double = 0) -> Answer {
      let body: JSONValue = [
        "choices": [["message": ["content": .string(text)], "finish_reason": "stop"]]
      ]
      return Answer(body: body.text, delay: delay)
    }
  }

  /// The port it listens on.
  public let port: UInt16
  private let received = Mutex<[String]>([])
  private let finished = DispatchSemaphore(value: 0)

  /// Listens, and answers in a thread of its own.
  /// - Parameter port: 0 for any that is free.
  public init(_ answers: [Answer], port: UInt16 = 0) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw FileError("open", "a socket") }
    var timeout = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      listener, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var again: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &again, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_port = port.bigEndian
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard bound else { throw FileError("listen on", "127.0.0.1") }
    self.port = UInt16(bigEndian: address.sin_port)
    DispatchQueue.global().async { [self] in
      for answer in answers where !serve(listener, answer) { break }
      close(listener)
      finished.signal()
    }
  }

  /// The requests so far, headers and body, once all answers are given or the time is up.
  public func requests() -> [String] {
    finished.wait()
    finished.signal()
    return received.withLock { $0 }
  }

  private func serve(_ listener: Int32, _ answer: Answer) -> Bool {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else { return false }
    defer { close(connection) }
    let request = read(connection)
    received.withLock { $0.append(request) }
    if answer.delay > 0 { usleep(UInt32(answer.delay * 1_000_000)) }
    let text =
      "HTTP/1.1 \(answer.status) X\r\n\(answer.headers)Content-Length: \(answer.body.utf8.count)\r\n"
      + "Connection: close\r\n\r\n\(answer.body)"
    let bytes = Array(text.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    return true
  }

  /// Reads headers, and as many bytes behind them as they say.
  private func read(_ connection: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let head = text[..<end].lowercased()
        let length =
          head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
          .flatMap { Int($0.dropFirst(15).trimmingBlanks) } ?? 0
        let body = text.utf8.distance(from: end, to: text.endIndex) - 4
        if body >= length { return text }
      }
      let got = recv(connection, &chunk, chunk.count, 0)
      guard got > 0 else { return text }
      bytes += chunk[..<got]
    }
  }
}

extension String {
  /// Where a text begins in this one.
  fileprivate func range(of text: String) -> Index? {
    indices.first { self[$0...].utf8.starts(with: text.utf8) }
  }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring { drop { $0 == " " } }
}

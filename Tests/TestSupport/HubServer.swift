import Dispatch
import Stages
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A hub on 127.0.0.1: answers each request as a closure says, until it is stopped.
public final class HubServer: Sendable {
  /// What was asked for.
  public struct Request: Sendable {
    /// `GET` or `HEAD`.
    public let method: String
    /// The path with the query.
    public let path: String
    /// The values of headers by their names in lower case.
    public let headers: [String: String]
  }

  /// What is answered.
  public struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]
    var cut: Int?

    /// An answer; of its body only `cut` bytes are sent, if said, before the line goes dead.
    public init(
      status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], cut: Int? = nil
    ) {
      self.status = status
      self.headers = headers
      self.body = body
      self.cut = cut
    }
  }

  /// Where it listens.
  public let port: UInt16
  private let listener: Int32
  private let answer: @Sendable (Request) -> Answer
  private let received = Mutex<[Request]>([])

  /// The address without a path.
  public var address: String { "http://127.0.0.1:\(port)" }
  /// All requests so far.
  public var requests: [Request] { received.withLock { $0 } }

  /// Listens on a free port.
  public init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
    self.answer = answer
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw FileError("open", "a socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard bound else { throw FileError("listen on", "127.0.0.1") }
    port = UInt16(bigEndian: address.sin_port)
    DispatchQueue.global().async { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        self?.serve(connection)
        close(connection)
      }
    }
  }

  /// Ends accepting, by shutting down the socket.
  public func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32) {
    guard let request = Self.read(connection) else { return }
    received.withLock { $0.append(request) }
    let answer = answer(request)
    var head = "HTTP/1.1 \(answer.status) X\r\nConnection: close\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    if answer.headers["Content-Length"] == nil {
      head += "Content-Length: \(answer.body.count)\r\n"
    }
    var bytes = Array((head + "\r\n").utf8)
    if request.method != "HEAD" { bytes += answer.body.prefix(answer.cut ?? answer.body.count) }
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(connection, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    let headers = lines.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      return (line[..<colon].lowercased(), String(value))
    }
    return Request(
      method: words[0], path: words[1], headers: Dictionary(headers, uniquingKeysWith: { $1 }))
  }
}

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A small HTTP/1.1 server for one person: GET and HEAD, one request a connection.
///
/// It is no server for the world: it listens on the loopback address unless told otherwise, takes
/// heads of 8 KiB in ten seconds, and at most 32 connections at once; others wait in the system's
/// queue.
package final class HTTPServer: Sendable {
  /// What answers.
  package typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

  /// The port in use.
  package let port: Int
  private let listener: Int32
  private let isLoopback: Bool
  private let handler: Handler
  private let slots = DispatchSemaphore(value: 32)
  private static let longestHead = 8192

  /// Takes an address and a port; 0 picks a free one.
  ///
  /// - Throws: ``ServeError`` where they cannot be had.
  package init(address: String, port: Int, handler: @escaping Handler) throws(ServeError) {
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else {
      throw .badAddress(address)
    }
    guard let number = UInt16(exactly: port) else { throw .badPort(port) }
    place.sin_port = number.bigEndian
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard Self.bind(listener, &place), listen(listener, 64) == 0 else {
      let reason = String(cString: strerror(errno))
      close(listener)
      throw .notBound(address: address, port: port, reason: reason)
    }
    self.port = Self.port(of: listener) ?? port
    self.handler = handler
    isLoopback = address.hasPrefix("127.")
  }

  /// Answers until the process ends or ``stop()`` is called.
  package func run() {
    while true {
      let connection = accept(listener, nil, nil)
      if connection < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      slots.wait()
      DispatchQueue.global().async {
        self.serve(connection)
        close(connection)
        self.slots.signal()
      }
    }
  }

  /// Stops listening; `run` returns.
  package func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32) {
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(
        connection, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    guard let head = Self.readHead(connection) else {
      return Self.send(HTTPResponse.failure(431, "the request is too long").bytes(), connection)
    }
    guard let request = HTTPRequest(head: head) else {
      return Self.send(HTTPResponse.failure(400, "this is no request").bytes(), connection)
    }
    Self.send(answer(request).bytes(headOnly: request.method == "HEAD"), connection)
  }

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard ["GET", "HEAD"].contains(request.method) else {
      return .failure(405, "only GET and HEAD are answered")
    }
    // A page from elsewhere must not read the runs by a name that it points at this machine.
    guard !isLoopback || Self.isLocal(request.host) else {
      return .failure(421, "this server answers to 127.0.0.1 and localhost")
    }
    return handler(request)
  }

  private static func isLocal(_ host: String) -> Bool {
    let name = host.split(separator: ":").first.map(String.init) ?? ""
    return name == "localhost"
      || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
  }

  /// The head up to its blank line; nil where it is too long, empty or late.
  private static func readHead(_ connection: Int32) -> [UInt8]? {
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 2048)
    let end = ContinuousClock.now + .seconds(10)
    while head.count <= longestHead, ContinuousClock.now < end {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      head.append(contentsOf: buffer[..<count])
      if head[...].holds("\r\n\r\n") { return head }
    }
    return nil
  }

  private static func send(_ bytes: [UInt8], _ connection: Int32) {
    var start = 0
    while start < bytes.count {
      let sent = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map {
          Glibc.send(connection, $0 + start, buffer.count - start, Int32(MSG_NOSIGNAL))
        } ?? -1
      }
      if sent < 0, errno == EINTR { continue }
      guard sent > 0 else { return }
      start += sent
    }
  }

  private static func bind(_ socket: Int32, _ place: inout sockaddr_in) -> Bool {
    withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func port(of socket: Int32) -> Int? {
    var place = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isKnown = withUnsafeMutablePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(socket, $0, &size) == 0
      }
    }
    return isKnown ? Int(UInt16(bigEndian: place.sin_port)) : nil
  }
}

/// Why pages cannot be served.
public enum ServeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The address is none of version 4.
  case badAddress(String)
  /// The number is no port.
  case badPort(Int)
  /// The system does not give the address and port.
  case notBound(address: String, port: Int, reason: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .badAddress(let text): "'\(text)' is no IPv4 address; 127.0.0.1 is this machine alone"
    case .badPort(let port): "\(port) is no port; they go from 0 to 65535"
    case .notBound(let address, let port, let reason):
      "cannot listen on \(address):\(port): \(reason); name another --port, 0 for any free one"
    }
  }
}

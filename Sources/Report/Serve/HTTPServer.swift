import Foundation
import Glibc
import Synchronization

/// A small HTTP/1.1 server for one person: GET and HEAD, one request a connection.
///
/// It is no server for the world: it listens on the loopback address unless told otherwise, takes
/// heads of 32 KiB in ten seconds, gives each answer a minute, and has at most 32 connections open at
/// once, fewer where the process may have few descriptors; others wait in the system's queue, where they take none of the process's descriptors.
package final class HTTPServer: Sendable {
  /// What answers.
  package typealias Handler = @Sendable (HTTPRequest) -> HTTPResponse

  /// The port in use.
  package let port: Int
  private let listener: Int32
  private let isLoopback: Bool
  private let handler: Handler
  private let patience: Duration
  private let slots: DispatchSemaphore
  private let isStopped = Atomic(false)

  /// Takes an address and a port; 0 picks a free one.
  ///
  /// - Parameters:
  ///   - patience: how long a request may take to come; an answer may take six times as long.
  ///   - connections: how many are open at once.
  /// - Throws: ``ServeError`` where they cannot be had.
  package init(
    address: String, port: Int, patience: Duration = .seconds(10), connections: Int = 32,
    handler: @escaping Handler
  ) throws(ServeError) {
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
    self.patience = patience
    slots = DispatchSemaphore(value: min(connections, Self.mostConnections))
    isLoopback = address.hasPrefix("127.")
  }

  /// How many connections the process has descriptors for.
  ///
  /// Each may open a file beside itself, and threads and the system take some; libdispatch ends a process
  /// that has none left.
  private static var mostConnections: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 8 }
    return max(1, (Int(clamping: limit.rlim_cur) - 16) / 2)
  }

  // Not before the last connection is served: another file could take the number over.
  deinit { close(listener) }

  /// Answers until the process ends or ``stop()`` is called.
  package func run() {
    while !isStopped.load(ordering: .acquiring) {
      // Taken first: a connection that waited for it would hold a descriptor, and threads need some.
      slots.wait()
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else {
        let fault = errno
        slots.signal()
        if [EBADF, EINVAL].contains(fault) { return }
        // Too many open files or too little memory: both pass, and who asks waits in the queue.
        if fault != EINTR, fault != ECONNABORTED { usleep(50_000) }
        continue
      }
      DispatchQueue.global().async {
        self.serve(Connection(connection))
        self.slots.signal()
      }
    }
  }

  /// Stops listening; `run` returns.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func serve(_ connection: consuming Connection) {
    let answer: [UInt8]
    switch connection.head(within: patience) {
    case .success(let head):
      guard let request = HTTPRequest(head: head) else {
        answer = HTTPResponse.failure(400, "this is no request").bytes()
        break
      }
      answer = self.answer(request).bytes(headOnly: request.method == "HEAD")
    case .failure(.tooLong):
      answer = HTTPResponse.failure(431, "the request is too long").bytes()
    case .failure(.late):
      answer = HTTPResponse.failure(408, "the request took too long to come").bytes()
    case .failure(.closed): return
    }
    connection.send(answer, within: patience * 6)
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

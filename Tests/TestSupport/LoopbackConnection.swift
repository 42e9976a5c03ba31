import Foundation
import Glibc

/// A connection to a server of this machine, on which tests send what no well-behaved client would.
public final class LoopbackConnection {
  private let descriptor: Int32

  /// Connects to a port of 127.0.0.1.
  public init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(port).bigEndian
    inet_pton(AF_INET, "127.0.0.1", &place.sin_addr)
    let isConnected = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(descriptor) }

  /// Sends a text as it stands.
  public func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Says that nothing more will be sent.
  public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Takes at most so many bytes; none at the end.
  public func receive(_ most: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &buffer, most, 0)
    return Array(buffer.prefix(max(0, count)))
  }

  /// All that comes until the end.
  public func rest() -> String {
    var bytes: [UInt8] = []
    while true {
      let more = receive(65536)
      if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += more
    }
  }
}

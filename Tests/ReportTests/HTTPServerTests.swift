import Foundation
import Report
import TestSupport
import Testing

@Suite struct `A server with odd clients` {
  /// Serves one text, with little patience, while a test asks.
  private func withServer(_ text: String, _ body: (Int) throws -> Void) throws {
    let server = try HTTPServer(address: "127.0.0.1", port: 0, patience: .milliseconds(400)) { _ in
      .page(text)
    }
    Thread { server.run() }.start()
    defer { server.stop() }
    try body(server.port)
  }

  @Test func `a request that does not come in time is told so`() throws {
    try withServer("hello") { port in
      let silent = try LoopbackConnection(port: port)
      #expect(silent.rest().hasPrefix("HTTP/1.1 408 "))
      let slow = try LoopbackConnection(port: port)
      slow.send("GET / HTTP/1.1\r\nHost: 127.")
      #expect(slow.rest().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func `one who goes without a request gets no answer`() throws {
    try withServer("hello") { port in
      let gone = try LoopbackConnection(port: port)
      gone.finish()
      #expect(gone.rest().isEmpty)
    }
  }

  @Test func `an answer that is taken too slowly is cut off`() throws {
    try withServer(String(repeating: "x", count: 64 << 20)) { port in
      let slow = try LoopbackConnection(port: port)
      slow.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
      var count = 0
      for _ in 0..<80 {
        count += slow.receive(4096).count
        Thread.sleep(forTimeInterval: 0.05)
      }
      // What the system held by then still comes, and no more.
      count += slow.rest().utf8.count
      #expect(count < 32 << 20)
    }
  }

  /// How many connections to a port the process has taken from the system's queue.
  private func taken(_ port: Int) throws -> Int {
    let place = ":" + String(port, radix: 16, uppercase: true)
    let lines = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n")
    return lines.count { line in
      let fields = line.split(separator: " ")
      // Established, on the server's side, and with an owner: in the queue there is none.
      return fields.count > 9 && fields[1].hasSuffix(place) && fields[3] == "01" && fields[9] != "0"
    }
  }

  @Test(.timeLimit(.minutes(5)))
  func `those beyond the limit wait outside of the process, and are served in turn`() throws {
    let server = try HTTPServer(
      address: "127.0.0.1", port: 0, patience: .seconds(600), connections: 2
    ) { _ in .page("hello") }
    Thread { server.run() }.start()
    defer { server.stop() }
    let clients = try (0..<5).map { _ in try LoopbackConnection(port: server.port) }
    while try taken(server.port) < 2 { Thread.sleep(forTimeInterval: 0.01) }
    for _ in 0..<20 {
      #expect(try taken(server.port) == 2)
      Thread.sleep(forTimeInterval: 0.02)
    }
    for client in clients {
      client.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
      #expect(client.rest().contains("hello"))
    }
  }
}

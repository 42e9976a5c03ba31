import Foundation
import Report
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct `Served pages` {
  /// Serves a folder of two runs while a test asks.
  private func withServer(_ body: (ReportServer, URL) throws -> Void) throws {
    let shelf = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: shelf.appending(path: "more"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: shelf) }
    try FileManager.default.copyItem(
      at: Sample.classifier.url, to: shelf.appending(path: "a run & more"))
    try FileManager.default.copyItem(
      at: Sample.languageModel.url, to: shelf.appending(path: "more/中文"))
    try FileManager.default.createSymbolicLink(
      at: shelf.appending(path: "outside"), withDestinationURL: Sample.data.url)
    for run in ["a run & more", "more/中文"] {
      try Data("<html></html>".utf8).write(to: shelf.appending(path: "\(run)/report.html"))
    }
    let server = try ReportServer(folder: shelf.path, port: 0)
    Thread { server.run() }.start()
    defer { server.stop() }
    try body(server, shelf)
  }

  /// Sends a request as it stands and reads all that comes back.
  private func ask(_ server: ReportServer, _ request: String) throws -> String {
    let port = try #require(URL(string: server.address)?.port)
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(connection) }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = UInt16(port).bigEndian
    inet_pton(AF_INET, "127.0.0.1", &place.sin_addr)
    let isConnected = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    try #require(isConnected)
    let bytes = Array(request.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  private func get(_ server: ReportServer, _ path: String, host: String = "localhost") throws
    -> String
  {
    try ask(server, "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
  }

  @Test func `the list names each run, and each run has its page`() throws {
    try withServer { server, _ in
      let list = try get(server, "/")
      #expect(list.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(list.contains("a run &amp; more") && list.contains("more/中文"))
      #expect(list.contains("href=\"/run/a%20run%20%26%20more\""))
      #expect(list.contains("finished"))
      let page = try get(server, "/run/a%20run%20%26%20more")
      #expect(page.contains("id=\"confusion\""))
      #expect(try get(server, "/run/more/%E4%B8%AD%E6%96%87").contains("中文指令微调"))
      #expect(try get(server, "/live.js").contains("fetch(source)"))
    }
  }

  @Test(arguments: [
    "/run/..", "/run/../../etc/passwd", "/run/%2e%2e/%2e%2e/etc", "/run/a%2f..%2f..", "/run/%00",
    "/run/outside", "/run//etc/passwd", "/now/..", "/etc/passwd", "/run/%zz", "/run/%E4%B8",
  ])
  func `no address leads out of the folder`(path: String) throws {
    try withServer { server, _ in
      let answer = try get(server, path)
      #expect(answer.hasPrefix("HTTP/1.1 404 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
      #expect(!answer.contains("root:"))
    }
  }

  @Test func `other names of this machine, other methods and odd requests are refused`() throws {
    try withServer { server, _ in
      #expect(try get(server, "/", host: "runs.example.org").hasPrefix("HTTP/1.1 421 "))
      #expect(try get(server, "/", host: "127.0.0.1.example.org").hasPrefix("HTTP/1.1 421 "))
      #expect(try get(server, "/", host: "127.0.0.1:8765").hasPrefix("HTTP/1.1 200 "))
      let post = "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"
      #expect(try ask(server, post).hasPrefix("HTTP/1.1 405 "))
      #expect(try ask(server, "hello\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
      let long = "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 9000))"
      #expect(try ask(server, long).hasPrefix("HTTP/1.1 431 "))
      let head = try ask(server, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func `nothing may be loaded from elsewhere`() throws {
    try withServer { server, _ in
      let answer = try get(server, "/")
      #expect(answer.contains("Content-Security-Policy: default-src 'none'; style-src"))
      #expect(!answer.contains("https:") && !answer.contains("http:"))
    }
  }

  @Test func `a run under way shows its curves so far`() throws {
    try withServer { server, shelf in
      let run = shelf.appending(path: "now")
      try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
      let state = """
        {"global_step": 30, "max_steps": 90, "log_history": [
          {"epoch": 0.1, "step": 10, "loss": 1.5}, {"epoch": 0.2, "step": 20, "loss": 1.25},
          {"epoch": 0.3, "step": 30, "loss": 1.0}]}
        """
      try Data(state.utf8).write(to: run.appending(path: "trainer_state.json"))
      #expect(try get(server, "/list").contains("training"))
      let now = try get(server, "/now/now")
      #expect(now.contains("step 30 of 90, loss 1.0000"))
      #expect(now.contains("training: 1.5000 at 10, 1.0000 at 30."))
      #expect(try get(server, "/run/now").contains("data-source=\"/now/now\""))
    }
  }

  @Test func `a folder that is not there and a port that is taken are told`() throws {
    #expect(throws: ReportError.noFolder(path: "/no/such/folder")) {
      try ReportServer(folder: "/no/such/folder", port: 0)
    }
    #expect(throws: ServeError.badPort(70_000)) {
      try ReportServer(folder: Sample.data.url.path, port: 70_000)
    }
    #expect(throws: ServeError.badAddress("example.org")) {
      try ReportServer(folder: Sample.data.url.path, host: "example.org", port: 0)
    }
    try withServer { server, shelf in
      let port = try #require(URL(string: server.address)?.port)
      #expect {
        try ReportServer(folder: shelf.path, port: port)
      } throws: { "\($0)".contains("name another --port") }
    }
  }
}

import Foundation
import Glibc
import Report
import Stages
import TestSupport
import Testing

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
    let connection = try LoopbackConnection(port: port(of: server))
    connection.send(request)
    return connection.rest()
  }

  private func port(of server: ReportServer) throws -> Int {
    try #require(URL(string: server.address)?.port)
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
      let start = "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: "
      let cookies = start + String(repeating: "x", count: 30_000) + "\r\n\r\n"
      #expect(try ask(server, cookies).hasPrefix("HTTP/1.1 200 "))
      let long = start + String(repeating: "x", count: 60_000)
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

  /// Makes the folder of a run that has come to a step of 90, an hour ago.
  private func makeRun(_ name: String, step: Int, in shelf: URL) throws -> URL {
    let run = shelf.appending(path: name)
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    try write(step: step, loss: "1.5", to: run)
    try touch(run.appending(path: "trainer_state.json"), secondsAgo: 3600)
    return run
  }

  private func write(step: Int, loss: String, to run: URL) throws {
    let state =
      #"{"global_step": \#(step), "max_steps": 90, "log_history": [{"step": 1, "loss": 9}, "#
    try Data("\(state){\"step\": \(step), \"loss\": \(loss)}]}".utf8)
      .write(to: run.appending(path: "trainer_state.json"))
  }

  private func touch(_ file: URL, secondsAgo: Double) throws {
    let date = Date(timeIntervalSinceNow: -secondsAgo)
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
  }

  @Test func `the lock tells whether a run is at work, however long it has been quiet`() throws {
    try withServer { server, shelf in
      let run = try makeRun("now", step: 30, in: shelf)
      #expect(try get(server, "/now/now").contains("stopped"))
      let lock = try FolderLock(run.path)
      #expect(try get(server, "/now/now").contains("training"))
      #expect(try get(server, "/list").contains("training"))
      withExtendedLifetime(lock) {}
    }
    try withServer { server, shelf in
      let run = try makeRun("now", step: 90, in: shelf)
      try Data("<html></html>".utf8).write(to: run.appending(path: "report.html"))
      var lock: FolderLock? = try FolderLock(run.path)
      #expect(try get(server, "/list").contains("scoring"))
      try Data(#"{"test": {"accuracy": 1}}"#.utf8).write(to: run.appending(path: "metrics.json"))
      try touch(run.appending(path: "metrics.json"), secondsAgo: 60)
      #expect(try get(server, "/now/now").contains("running again"))
      #expect(lock != nil)
      lock = nil
      #expect(try get(server, "/now/now").contains("finished"))
    }
  }

  @Test func `a page that is older than other files is that of an earlier run`() throws {
    try withServer { server, shelf in
      let run = try makeRun("now", step: 30, in: shelf)
      try Data("<html></html>".utf8).write(to: run.appending(path: "report.html"))
      try touch(run.appending(path: "report.html"), secondsAgo: 4000)
      try touch(run.appending(path: "trainer_state.json"), secondsAgo: 5)
      #expect(try get(server, "/now/now").contains("training"))
      try write(step: 90, loss: "1", to: run)
      #expect(try get(server, "/now/now").contains("scoring"))
      try touch(run.appending(path: "trainer_state.json"), secondsAgo: 310)
      #expect(try get(server, "/now/now").contains("no sign for 5 min"))
      try touch(run.appending(path: "trainer_state.json"), secondsAgo: 1000)
      #expect(try get(server, "/now/now").contains("stopped"))
    }
  }

  @Test func `only runs that have changed are read again`() throws {
    try withServer { server, shelf in
      let run = try makeRun("now", step: 30, in: shelf)
      let file = run.appending(path: "trainer_state.json")
      let date = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate]
      #expect(try get(server, "/list").contains("loss 9.0000 to 1.5000"))
      try write(step: 30, loss: "2.5", to: run)
      try FileManager.default.setAttributes(
        [.modificationDate: try #require(date)], ofItemAtPath: file.path)
      #expect(try get(server, "/list").contains("loss 9.0000 to 1.5000"))
      try touch(file, secondsAgo: 5)
      #expect(try get(server, "/list").contains("loss 9.0000 to 2.5000"))
    }
  }

  @Test func `of more runs than are shown the last are, and the others have their pages`() throws {
    try withServer { server, shelf in
      for number in 0..<500 {
        let run = try makeRun("a\(number)", step: 1, in: shelf)
        try touch(run.appending(path: "trainer_state.json"), secondsAgo: 9000 + Double(number))
      }
      let list = try get(server, "/")
      #expect(list.contains("502 runs") && list.contains("2 older runs are not shown"))
      #expect(list.contains("more/中文") && list.contains("/run/a497\""))
      #expect(!list.contains("/run/a498\""))
      #expect(try get(server, "/run/a499").hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `a folder of countless files is not looked through to its end`() throws {
    try withServer { server, shelf in
      _ = try makeRun("~last", step: 1, in: shelf)
      #expect(try get(server, "/").contains("~last"))
      for number in 0..<20_000 { try Folders.make("\(shelf.path)/b\(number)") }
      let list = try get(server, "/")
      #expect(list.contains("a run &amp; more") && !list.contains("~last"))
      #expect(list.contains("The folder holds too much to look through"))
      #expect(try get(server, "/run/~last").hasPrefix("HTTP/1.1 200 "))
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

import Foundation
import Glibc
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Serving runs` {
  /// Serves a folder while a test asks, at a port that the system picks.
  private func withServer(
    _ body: (_ process: Process, _ port: Int) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    try folder.write("{}", to: "run/metrics.json")
    try folder.write("", to: "address")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", #"ulimit -n 32; exec "$0" report --serve "$1" --quiet --port 0"#, Binary.path,
      folder.path,
    ]
    process.standardOutput = FileHandle(forWritingAtPath: "\(folder.path)/address")
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    var port: Int?
    for _ in 0..<200 where port == nil {
      Thread.sleep(forTimeInterval: 0.05)
      let text = String(
        decoding: try FileReader.contents("\(folder.path)/address"), as: UTF8.self)
      guard text.hasSuffix("/\n") else { continue }
      port = URL(string: String(text.dropLast()))?.port
    }
    try body(process, try #require(port))
  }

  @Test func `goes on after more have asked at a time than it serves`() throws {
    try withServer { process, port in
      var silent = try (0..<40).map { _ in try LoopbackConnection(port: port) }
      Thread.sleep(forTimeInterval: 0.5)
      #expect(process.isRunning)
      silent = []
      #expect(silent.isEmpty)
      let connection = try LoopbackConnection(port: port)
      connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(connection.rest().hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test(arguments: [["--port", "80"], ["--host", "127.0.0.1"]])
  func `its options are refused where a file is written`(options: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write("{}", to: "metrics.json")
    let result = try Binary.run(["report", folder.path] + options, in: folder)
    #expect(result.status == 2 && result.errors.contains("\(options[0]) is for serving"))
    #expect(!Folders.exists("\(folder.path)/report.html"))
  }
}

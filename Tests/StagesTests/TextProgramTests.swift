import Foundation
import Stages
import TestSupport
import Testing

/// Programs that are run for their text.
struct TextProgramTests {
  @Test func `a program is found on the path or not at all`() {
    #expect(TextProgram.find("pdftotext", in: "/nonexistent:/proc") == nil)
    #expect(TextProgram.find("sh", in: "/nonexistent:/bin") == "/bin/sh")
  }

  @Test(.timeLimit(.minutes(5)))
  func `programs that take too long or write too much are ended`() throws {
    let slow = TextProgram(path: "/bin/sh", seconds: 0.2, mostBytes: 1000)
    let late = try slow.run(["-c", "sleep 600"], input: [])
    #expect(late.isLate && late.status == nil)
    let long = TextProgram(path: "/bin/sh", seconds: 30, mostBytes: 1000)
    let endless = try long.run(["-c", "while :; do echo aaaaaaaaaa; done"], input: [])
    #expect(endless.isTooLong && endless.status == nil)
    let plain = try long.run(["-c", "cat; echo oops >&2; exit 3"], input: Array("in".utf8))
    #expect(plain.output == Array("in".utf8) && plain.status == 3 && plain.complaint == "oops")
  }

  @Test(.timeLimit(.minutes(5)))
  func `what a program started is ended with it`() throws {
    let folder = try TemporaryFolder()
    let slow = TextProgram(path: "/bin/sh", seconds: 0.5, mostBytes: 1000)
    let script = "sleep 600 & echo $! > \(folder.path)/child; wait"
    #expect(try slow.run(["-c", script], input: []).isLate)
    let text = String(decoding: try FileReader.contents("\(folder.path)/child"), as: UTF8.self)
    let child = try #require(pid_t(text.filter(\.isNumber)))
    // Whoever adopts it has to take note of its end, which may take a moment.
    for _ in 0..<200 where kill(child, 0) == 0 && !Self.isDead(child) {
      Thread.sleep(forTimeInterval: 0.02)
    }
    #expect(kill(child, 0) != 0 || Self.isDead(child))
  }

  /// Whether a process has ended and only waits for its parent's note of it.
  private static func isDead(_ process: pid_t) -> Bool {
    let state = (try? FileReader.contents("/proc/\(process)/stat")) ?? []
    return String(decoding: state, as: UTF8.self).contains(") Z ")
  }

  @Test func `a program finds signals as they are by default, and the variables it is given`()
    throws
  {
    let program = TextProgram(
      path: "/bin/sh", seconds: 30, mostBytes: 1000, environment: .variables(["WORD=seen"]))
    // With SIGPIPE ignored, `yes` would complain.
    let result = try program.run(["-c", "/usr/bin/yes | /usr/bin/head -1; echo $WORD"], input: [])
    #expect(String(decoding: result.output, as: UTF8.self) == "y\nseen\n")
    #expect(result.complaint.isEmpty)
  }

  @Test func `bytes in a scratch file are read where they were written`() throws {
    let folder = try TemporaryFolder()
    let file = try ScratchFile(in: folder.path)
    try file.write(bytes: Array("first".utf8), at: 0)
    try file.write(bytes: Array("second".utf8), at: 5)
    #expect(try file.bytes(5..<11) == Array("second".utf8))
    #expect(try file.bytes(0..<5) == Array("first".utf8))
    #expect(try file.bytes(3..<3).isEmpty)
    #expect(throws: FileError.self) { try file.bytes(8..<12) }
  }
}

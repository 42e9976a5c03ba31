import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Nicolas Seriot's JSONTestSuite: files y_ are JSON, files n_ are not, files i_ may be either.
@Suite(.enabled(if: Shared.exists, "needs ../shared")) struct JSONTestSuiteTests {
  private static func unpacked() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let archive = Shared.path("data/ingest/json_test_suite/json_test_suite.tar.gz")
    tar.arguments = ["tar", "-xzf", archive, "-C", folder.path]
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
    return folder
  }

  @Test func `what must parse parses, what must fail fails`() throws {
    let folder = try Self.unpacked()
    var seen = ["y": 0, "n": 0, "i": 0]
    for name in try Folders.list("\(folder.path)/test_parsing") {
      let bytes = try FileReader.contents("\(folder.path)/test_parsing/\(name)")
      let parses = (try? JSONValue.parse(bytes)) != nil
      let kind = String(name.prefix(1))
      seen[kind, default: 0] += 1
      if kind == "y" { #expect(parses, "\(name)") }
      if kind == "n" { #expect(!parses, "\(name)") }
      // Decided: numbers of any size are kept as written, nesting may be 500 deep; halves of surrogate
      // pairs, bytes that are not UTF-8 and byte order marks (which readers of files take away) are not.
      let isDecided = name.hasPrefix("i_number") || name.contains("500_nested")
      if kind == "i" { #expect(parses == isDecided, "\(name)") }
    }
    #expect(seen == ["y": 95, "n": 188, "i": 35])
  }

  @Test func `what parses is written as the same value`() throws {
    let folder = try Self.unpacked()
    for name in try Folders.list("\(folder.path)/test_parsing") where name.hasPrefix("y") {
      let value = try JSONValue.parse(
        FileReader.contents("\(folder.path)/test_parsing/\(name)"))
      #expect(try JSONValue.parse(value.bytes) == value, "\(name)")
    }
  }
}

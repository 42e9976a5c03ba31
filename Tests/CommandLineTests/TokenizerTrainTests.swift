import Foundation
import Stages
import TestSupport
import Testing

@Suite struct `A vocabulary is learned by the command` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    (["--model", "unigram", "--min-frequency", "2"], "--min-frequency"),
    (["--model", "bpe", "--seed-size", "1000000"], "--seed-size"),
  ])
  func `an option that has no meaning for the model is told, its usual value too`(
    options: [String], name: String
  ) throws {
    let file = try folder.write("text\n", to: "text.txt")
    let out = "\(folder.path)/tokenizer.json"
    let result = try Binary.run(["tokenizer", "train", "--out", out, file] + options, in: folder)
    #expect(result.status != 0)
    #expect(result.errors.contains("\(name) has no meaning"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: out))
  }

  @Test func `a pipe gives the vocabulary that the file gives, though words are let go of`() throws
  {
    // More than a pipe gives at once, and more distinct words than are remembered.
    let lines = (0..<60_000).map { "often word\($0 % 7) rare\($0)\n" }.joined()
    let file = try folder.write(lines, to: "text.txt")
    let options = ["tokenizer", "train", "--vocabulary", "400", "--max-words", "1000", "--out"]
    let whole = "\(folder.path)/file.json"
    let result = try Binary.succeed(options + [whole, file], in: folder)
    #expect(result.errors.contains("did not count"), "\(result.errors)")
    let piped = "\(folder.path)/pipe.json"
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments =
      ["-c", #"file=$1; shift; cat "$file" | "$@" 2>/dev/null"#, "sh", file, Binary.path]
      + options + [piped, "-"]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    #expect(try FileReader.contents(piped) == FileReader.contents(whole))
  }
}

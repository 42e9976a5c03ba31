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

  @Test func `a line longer than what is read at once counts like its words in lines`() throws {
    let words = (0..<5000).map { "word\($0 * $0 % 9973)" }
    let spaced = String(repeating: words.joined(separator: " ") + " ", count: 500)
    #expect(spaced.utf8.count > 2 << 23)
    let learned = try [spaced, spaced.replacing(" ", with: "\n")].map { text in
      let file = try folder.write("first\n" + text + "\nlast", to: "text.txt")
      let out = "\(folder.path)/own.json"
      let options = ["--vocabulary", "400", "--pre-tokenizer", "whitespace", "--out", out]
      _ = try Binary.succeed(["tokenizer", "train"] + options + [file], in: folder)
      return try FileReader.contents(out)
    }
    #expect(learned[0] == learned[1])
  }

  @Test(arguments: [
    "tokenizer.json", "own.json", "new/tokenizer.json", "new", "new/", "there", "there/own.json",
    "v1.2",
  ])
  func `whatever name a tokenizer is written under, every command reads it again`(name: String)
    throws
  {
    let file = try folder.write("some text and some more text\n", to: "text.txt")
    let out = "\(folder.path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/there", withIntermediateDirectories: true)
    let train = ["tokenizer", "train", "--vocabulary", "280", "--out", out, file]
    _ = try Binary.succeed(train, in: folder)
    let text = try folder.write(#"{"text": "some text"}"# + "\n", to: "text.jsonl")
    let encoded = try Binary.succeed(
      ["tokenizer", "encode", "--tokenizer", out, text], in: folder)
    let line = try folder.write(encoded.output, to: "ids.jsonl")
    let decoded = try Binary.succeed(
      ["tokenizer", "decode", "--tokenizer", out, line], in: folder)
    #expect(decoded.output.contains("some text"))
    let inspected = try Binary.succeed(
      ["tokenizer", "inspect", "--tokenizer", out, "some text"], in: folder)
    #expect(inspected.output.contains("some"))
    let pipeline = try folder.write(
      """
      seed: 1
      stages:
        - ingest: {path: text.jsonl}
        - tokenize: {tokenizer: \(name)}
      """, to: "pipeline.yaml")
    // Without a name, runs of all cases would write to one folder of the working directory.
    _ = try Binary.succeed(["run", pipeline, "--out", "\(folder.path)/run"], in: folder)
  }

  @Test(arguments: ["vocab.json", "tekken.json", "own.model", "vocab.txt", "text"])
  func `a name that would be read as something else is refused before anything is learned`(
    name: String
  ) throws {
    let file = try folder.write("some text\n", to: "text")
    let result = try Binary.run(
      ["tokenizer", "train", "--vocabulary", "280", "--out", "\(folder.path)/\(name)", file],
      in: folder)
    #expect(result.status != 0)
    #expect(result.errors.contains("would not be read as a tokenizer.json"), "\(result.errors)")
  }
}

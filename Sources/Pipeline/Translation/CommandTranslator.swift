import Foundation
import Records
import Stages

/// A program that reads `{"text": …, "from": "en", "to": "de"}` a line and writes `{"text": …}` a line.
struct CommandTranslator: Translator {
  let name: String
  private let command: String
  private let from: String
  private let to: String

  init(_ request: TranslatorRequest) throws(Diagnostic) {
    guard let command = request.command, !command.isEmpty else {
      throw Translators.fault(
        "no program is named", remedy: "write it with 'command', as a shell runs it")
    }
    self.command = command
    (from, to) = (request.from, request.to)
    name = "program '\(command)'"
  }

  var identity: JSONValue {
    get throws {
      let hashes = try files().map { JSONValue.string(try ContentHash.ofFile($0)) }
      return [
        "command": .string(command), "from": .string(from), "to": .string(to),
        "files": .array(hashes),
      ]
    }
  }

  /// The words of the command that are files: the program, where it stands with its path, and what it is given.
  ///
  /// What it writes to, `2> err.log` and `tee -a all.log`, says nothing of what it translates.
  func files() throws(StageError) -> [String] {
    let marks: Set<Character> = ["'", "\"", ";", "(", ")", "|", "&", "<"]
    let read = command.replacing(/[0-9&]?>[>|&]?\s*[^\s;|&()]+|\btee\b[^;|&()]*/, with: " ")
    let words = read.split { $0.isWhitespace || marks.contains($0) }
    return words.map { PathValue(String($0), base: FilePaths.current).resolved }
      .filter { Folders.isFile($0) }
  }

  /// So many that a program that reads a model first is not started too often.
  func portions(_ texts: [String]) -> [[Int]] { Translators.portions(of: texts.count, size: 2000) }

  func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    guard !texts.isEmpty else { return [] }
    var input: [UInt8] = []
    for (place, text) in texts.enumerated() {
      var line: JSONObject = ["text": .string(text), "from": .string(from), "to": .string(to)]
      if let draws { line["seed"] = .string("\(draws[place])") }
      input += JSONValue.object(line).bytes + [UInt8(ascii: "\n")]
    }
    let output = try run(input)
    let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    guard lines.count == texts.count else {
      throw fault(
        "wrote \(lines.count) lines for \(texts.count)",
        "let it write one line for each that it reads")
    }
    return try lines.enumerated().map { number, line throws(StageError) in
      guard let value = try? JSONValue.parse(line), let text = value["text"] else {
        throw fault("wrote no {\"text\": …} in line \(number + 1)", "let it write JSON lines")
      }
      // A line with null says that there is no translation.
      return text.string
    }
  }

  private func run(_ input: [UInt8]) throws -> [UInt8] {
    let shell = TextProgram(
      path: "/bin/sh", seconds: 24 * 3600, mostBytes: 64 * input.count + 1 << 20,
      environment: .variables(ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }),
      isStoppable: true)
    let result: TextProgram.Result
    do { result = try shell.run(["-c", command], input: input) } catch {
      throw fault("cannot be started: \(error)", "check the command")
    }
    try Interruption.check()
    guard result.status == 0, !result.isTooLong else {
      let complaint = result.complaint.isEmpty ? "without a word" : result.complaint
      throw fault(
        "ended with status \(result.status ?? -1): \(complaint)", "run it by hand to see why")
    }
    return result.output
  }

  private func fault(_ what: String, _ remedy: String) -> StageError {
    StageError("no-translation", "the \(name) \(what)", remedy: remedy)
  }
}

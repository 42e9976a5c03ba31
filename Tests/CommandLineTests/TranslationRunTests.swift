import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Runs that translate there and back, stopped in the middle.
@Suite(.serialized) struct `A run that translates` {
  private let folder: TemporaryFolder
  private var out: String { "\(folder.path)/run" }

  init() throws { folder = try TemporaryFolder() }

  private func pipeline(_ options: String) throws -> String {
    try folder.write(
      #"{"text": "The big dog sleeps on the mat."}"# + "\n", to: "data.jsonl")
    return try folder.write(
      """
      name: translated
      stages:
        - ingest: {path: data.jsonl}
        - augment.back-translation: {via: de, \(options)}
      """, to: "pipeline.yaml")
  }

  @Test(.timeLimit(.minutes(2)))
  func `is interrupted together with the program that it started`() throws {
    let child = "\(folder.path)/child"
    let file = try pipeline("backend: command, command: 'echo $$ > \(child); sleep 600'")
    let (process, name) = try Binary.start(
      ["run", file, "--out", out], in: folder,
      environment: ["ANNEAL_CACHE": "\(folder.path)/cache"])
    while (Folders.size(child) ?? 0) < 2, process.isRunning { Thread.sleep(forTimeInterval: 0.02) }
    process.interrupt()
    for _ in 0..<1500 where process.isRunning { Thread.sleep(forTimeInterval: 0.02) }
    #expect(!process.isRunning, "it waits for its program")
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    let errors = String(decoding: try FileReader.contents("\(name).err"), as: UTF8.self)
    #expect(process.terminationStatus == 130, "\(errors)")
    #expect(errors.contains("run again to continue"), "\(errors)")
    let started = String(decoding: try FileReader.contents(child), as: UTF8.self)
    #expect(kill(try #require(pid_t(started.filter(\.isNumber))), 0) != 0)
  }

  @Test func `goes on where its endpoint failed, from its lock file too, and tells no key`() throws
  {
    let key = "sk-very-secret"
    let file = try pipeline("backend: endpoint, model: tiny, back: tiny, tries: 1")
    let server = try TinyServer([
      .saying("Der große Hund schläft auf der Matte."),
      .init(status: 401, body: #"{"error": {"message": "no such key: \#(key)"}}"#),
      .saying("The large dog sleeps on the mat."),
    ])
    let environment = [
      "ANNEAL_CACHE": "\(folder.path)/cache", "OPENAI_API_KEY": key,
      "ANNEAL_LLM_BASE_URL": "http://127.0.0.1:\(server.port)/v1",
    ]
    func run(_ file: String, to out: String) throws -> Binary.Result {
      try Binary.run(
        ["run", file, "--out", out, "-v"], in: folder, environment: environment)
    }
    let first = try run(file, to: out)
    #expect(first.status != 0 && first.errors.contains("no such key: …"), "\(first.errors)")
    let whole = try run(file, to: out)
    #expect(whole.status == 0, "\(whole.errors)")
    let requests = server.requests()
    #expect(requests.count == 3 && requests.allSatisfy { $0.contains("Bearer \(key)") })
    // Nobody listens any more; the model's name in the lock file is still one.
    let again = try run("\(out)/pipeline.lock.yaml", to: "\(folder.path)/again")
    #expect(again.status == 0, "\(again.errors)")
    for run in [out, "\(folder.path)/again"] {
      let data = try Folders.files(below: "\(run)/data").filter { $0.hasSuffix(".jsonl") }
      let text = try data.map {
        String(decoding: try FileReader.contents("\(run)/data/\($0)"), as: UTF8.self)
      }.joined()
      #expect(text.contains("The large dog sleeps on the mat."), "\(run): \(text)")
    }
    for name in try Folders.files(below: folder.path) {
      let bytes = try FileReader.contents("\(folder.path)/\(name)")
      #expect(bytes.firstRange(of: Array(key.utf8)) == nil, "\(name)")
    }
  }

  @Test func `stops at a limit, says what was spent, and goes on with what was answered`() throws {
    let server = try TinyServer([
      .saying("Der große Hund schläft auf der Matte."), .saying("The large dog sleeps on the mat."),
    ])
    let environment = [
      "ANNEAL_CACHE": "\(folder.path)/cache",
      "ANNEAL_LLM_BASE_URL": "http://127.0.0.1:\(server.port)/v1",
    ]
    func run() throws -> Binary.Result {
      let file = try pipeline(
        "backend: endpoint, model: tiny, back: tiny, tries: 1, "
          + "limits: {max-requests: 1, prompt-price: 2, completion-price: 3}")
      return try Binary.run(["run", file, "--out", out], in: folder, environment: environment)
    }
    let first = try run()
    #expect(first.status == 2, "\(first.errors)")
    #expect(first.errors.contains("'max-requests: 1'"), "\(first.errors)")
    #expect(first.errors.contains("1 request read about"), "\(first.errors)")
    #expect(first.errors.contains("run again to go on"), "\(first.errors)")
    let second = try run()
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.errors.contains("augment.back-translation: 1 request read"), "\(second.errors)")
    #expect(server.requests().count == 2)
    let timings = try JSONValue.parse(FileReader.contents("\(out)/timings.json"))
    let spent = timings["stages"]?.array?.last?["spent"]
    #expect(spent?["requests"] == 1 && spent?["estimated"] == true, "\(timings)")
    #expect((spent?["cost"]?.double ?? 0) > 0)
  }
}

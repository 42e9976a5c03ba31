import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Bad input is a clear error` {
  private func run(
    _ data: [UInt8], name: String = "bad.jsonl", stages: String = "", _ settings: [String] = []
  ) throws -> Binary.Result {
    let folder = try TemporaryFolder()
    try AtomicFile.write(data, to: "\(folder.path)/\(name)")
    let text = "stages:\n  - ingest: {path: \(name)}\n\(stages)"
    let file = try folder.write(text, to: "bad.yaml")
    return try Binary.run(
      ["run", file, "--out", "\(folder.path)/run"] + settings.flatMap { ["--set", $0] }, in: folder)
  }

  private func expect(
    _ result: Binary.Result, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.status == 2, "\(result.errors)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(
        result.errors.contains(part), "'\(part)' is not in: \(result.errors)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func `a broken line names file, line and place`() throws {
    let data = Array("{\"text\": \"fine\"}\n{\"text\": \"broken\n".utf8)
    expect(try run(data), "bad.jsonl:2", "not closed")
  }

  @Test func `a broken line is counted and put aside where the pipeline says so`() throws {
    let data = Array("{\"text\": \"fine\"}\n{\"text\": \"broken\n".utf8)
    let result = try run(data, ["ingest.on-error=quarantine"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("1 quarantined (invalid-json)"))
  }

  @Test func `invalid UTF-8 names line and byte`() throws {
    let data = Array("{\"text\": \"caf".utf8) + [0xE9] + Array("\"}\n".utf8)
    expect(try run(data), "bad.jsonl:1", "0xE9")
  }

  @Test func `a missing field is named with near ones`() throws {
    let data = Array("{\"txet\": \"a\"}\n".utf8)
    expect(try run(data, ["ingest.fields={text: text}"]), "bad.jsonl:1", "txet")
  }

  @Test func `an empty file and a folder are refused`() throws {
    expect(try run([]), "bad.jsonl")
    let folder = try TemporaryFolder()
    try Folders.make("\(folder.path)/data")
    let file = try folder.write("stages: [{ingest: {path: data}}]", to: "p.yaml")
    let result = try Binary.run(["run", file, "--out", "\(folder.path)/run"], in: folder)
    expect(result, "data")
  }

  @Test func `a truncated gzip is refused`() throws {
    let folder = try TemporaryFolder()
    let text = (0..<2000).map { "{\"text\": \"line \($0 * 7919 % 1000)\"}" }.joined(separator: "\n")
    let path = try folder.write(text, to: "a.jsonl")
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/bin/gzip")
    gzip.arguments = [path]
    try gzip.run()
    gzip.waitUntilExit()
    let bytes = try FileReader.contents("\(path).gz")
    expect(try run(Array(bytes.dropLast(20)), name: "a.jsonl.gz"), "a.jsonl.gz")
  }

  @Test func `an unknown stage and an unknown key are both shown with suggestions`() throws {
    let stages = "  - clean.unicod\n  - clean.length: {min-wrds: 3}\n"
    expect(
      try run(Array("{\"text\": \"a\"}\n".utf8), stages: stages), "did you mean 'clean.unicode'?",
      "did you mean 'min-words'?", "2 faults")
  }

  @Test func `a label seen once cannot be stratified`() throws {
    let lines = (0..<20).map {
      "{\"text\": \"text \($0)\", \"label\": \"\($0 == 3 ? "rare" : "common")\"}"
    }
    let stages = "  - split: {train: 0.8, validation: 0.1, test: 0.1, stratify: label}\n"
    expect(try run(Array(lines.joined(separator: "\n").utf8), stages: stages), "rare", "stratify")
  }

  @Test func `a missing pipeline and a missing data file are named`() throws {
    let folder = try TemporaryFolder()
    expect(try Binary.run(["run", "nowhere.yaml"], in: folder), "nowhere.yaml")
    let file = try folder.write("stages: [{ingest: {path: nowhere.jsonl}}]", to: "p.yaml")
    expect(try Binary.run(["run", file], in: folder), "nowhere.jsonl")
  }

  @Test func `a full disk is said, and what is done so far stays`() throws {
    let folder = try TemporaryFolder()
    let small = "\(folder.path)/small"
    try Folders.make(small)
    guard Self.shell("mount -t tmpfs -o size=64k tmpfs \(small)") else {
      print("skipped: a small file system can be mounted by root alone")
      return
    }
    defer { _ = Self.shell("umount \(small)") }
    let file = try TinyRun.write(to: folder, records: 2000)
    let result = try Binary.run(["run", file, "--out", "\(small)/run"], in: folder)
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.errors.contains("the disk is full"), "\(result.errors)")
  }

  private static func shell(_ command: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command + " 2>/dev/null"]
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

@Suite struct `A bad checkpoint is a clear error` {
  private func run(_ model: (TemporaryFolder) throws -> String) throws -> Binary.Result {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let path = try model(folder)
    let text = TinyRun.pipeline.split(separator: "\n").filter { !$0.contains("architecture:") }
      .joined(separator: "\n").replacing("model: scratch", with: "model: \(path)")
    try AtomicFile.write(text.utf8, to: file)
    return try Binary.run(["run", file, "--out", "\(folder.path)/run"], in: folder)
  }

  private static let bert = """
    {"model_type": "bert", "vocab_size": 400, "hidden_size": 32, "num_hidden_layers": 1,
     "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 32}
    """

  @Test func `a corrupt safetensors header`() throws {
    let result = try run { folder in
      try folder.write(Self.bert, to: "model/config.json")
      let header = Array("{\"broken".utf8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      try AtomicFile.write(length + header, to: "\(folder.path)/model/model.safetensors")
      return "\(folder.path)/model"
    }
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.errors.contains("model.safetensors"), "\(result.errors)")
  }

  @Test func `a checkpoint of another model`() throws {
    let result = try run { folder in
      try folder.write(Self.bert, to: "model/config.json")
      let header = Array(
        "{\"other.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}".utf8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      try AtomicFile.write(
        length + header + [UInt8](repeating: 0, count: 8),
        to: "\(folder.path)/model/model.safetensors")
      return "\(folder.path)/model"
    }
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.errors.contains("embeddings"), "\(result.errors)")
  }
}

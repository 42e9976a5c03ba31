import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// Where `augment.back-translation` gets its translations.
struct TranslatorTests {
  private func stage(_ parameters: [String: String]) throws -> any CollectionStage {
    let descriptor = try #require(StageCatalog.standard["augment.back-translation"])
    return try #require(try descriptor.stage(parameters) as? any CollectionStage)
  }

  private func texts<Each: CollectionStage>(_ stage: Each, _ texts: [String]) throws -> [String] {
    let folder = try TemporaryFolder()
    let records = texts.enumerated().map { index, text in
      Record(
        id: "a:\(index)", source: Source(file: "a", line: index + 1), content: .text(text),
        schema: .text)
    }
    var lines: [UInt8] = []
    for record in records {
      record.write(to: &lines)
      lines.append(0x0A)
    }
    let path = try folder.write(String(decoding: lines, as: UTF8.self), to: "a.jsonl")
    let context = StageContext(seed: 1, stage: "augment.back-translation", threads: 2)
    let plan = try stage.plan(
      RecordCollection(path: path, count: records.count, threads: 2), context)
    return try records.enumerated().flatMap { index, record -> [String] in
      guard case .derive(_, let children) = try stage.outcome(of: record, at: index, plan, context)
      else { return [] }
      return children.flatMap { $0.record.texts() }
    }
  }

  @Test func `a program translates JSON lines`() throws {
    let command = #"sed -e 's/big/large/' -e 's/"from":"en"/"x":1/'"#
    let stage = try stage(["backend": "command", "command": command])
    #expect(
      try texts(stage, ["The big dog sleeps on the mat.", "Say \"big\" \u{1F600} in the yard."])
        == [
          "The large dog sleeps on the mat.", "Say \"large\" \u{1F600} in the yard.",
        ])
  }

  @Test(arguments: [
    ("exit 3", "ended with status 3"), ("echo '{\"text\":\"a\"}'", "wrote 1 lines for 2"),
    ("sed 's/.*/x/'", "wrote no {\"text\": …} in line 1"), ("echo help >&2; false", "help"),
  ])
  func `a program that does not do so is told`(command: String, message: String) throws {
    let stage = try stage(["backend": "command", "command": command])
    let error = #expect(throws: StageError.self) { try texts(stage, ["A dog.", "A cat."]) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    (["backend": "local"], "no model is named"),
    (["model": "no/such-model"], "no such model"),
    (["via": "en"], "the same language"), (["via": "Deutsch"], "must be a code"),
    (["backend": "command"], "no program is named"),
    (["min-similarity": "60", "max-similarity": "50"], "is not below"),
    (["backend": "apertium", "via": "zh"], "Apertium"),
    (["via": "zh"], "nothing translates from 'en' to 'zh'"),
  ])
  func `what is missing is told when the plan is made`(
    parameters: [String: String], message: String
  ) {
    #expect {
      _ = try stage(parameters)
    } throws: {
      "\($0)".contains(message)
    }
  }
}

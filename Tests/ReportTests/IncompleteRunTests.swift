import Foundation
import Report
import Testing

@Suite struct `A run folder with something missing or broken` {
  private static let files = [
    "metrics.json", "stages.json", "timings.json", "split.certificate.json",
    "predictions.jsonl", "pipeline.lock.yaml",
  ]

  @Test(arguments: files)
  func `a missing file is left out with a line that says so`(file: String) throws {
    try Sample.classifier.withCopy { folder in
      try FileManager.default.removeItem(at: folder.appending(path: file))
      let page = try readPage(folder)
      #expect(page.text.contains("\(file) is not in the run folder"))
    }
  }

  @Test(arguments: ["", "{\"test\": ", "[1, 2]", "\u{FFFD}", "{}"])
  func `a broken file is named and the rest is shown`(content: String) throws {
    try Sample.classifier.withCopy { folder in
      for file in [
        "stages.json", "split.certificate.json", "trainer_state.json", "data/summary.json",
        "ledger.jsonl", "quarantine.jsonl", "data/train.jsonl",
        "cache/03-clean.unicode-0123456789ab/records.lines",
      ] {
        try Data(content.utf8).write(to: folder.appending(path: file))
      }
      let page = try readPage(folder)
      #expect(page.text.contains("stages.json is no"))
      #expect(page.text.contains("split.certificate.json is no"))
      #expect(page.ids.contains("confusion"))
    }
  }

  @Test(arguments: [
    #"{"test": {"accuracy": null, "confusion": {"labels": ["a"], "counts": [[1, 2]]}}}"#,
    #"{"test": {"confusion": {"labels": ["a", "b"], "counts": [[0, 0], [0, 0]]}, "classes": 3}}"#,
    #"{"test": {"accuracy": 1e999, "classes": {"a": {}}}, "train": {"loss": [{"step": 1}]}}"#,
    #"{"test": {}, "train": {"loss": [{"step": 1, "loss": null}, {"step": 2, "loss": 3}]}}"#,
    #"{"test": [], "validation": "x", "train": {"validation": [{"step": 1}], "best_step": 1}}"#,
  ])
  func `odd values in the metrics never break the page`(content: String) throws {
    try Sample.classifier.withCopy { folder in
      try Data(content.utf8).write(to: folder.appending(path: "metrics.json"))
      #expect(try readPage(folder).ids.contains("stages"))
    }
  }

  @Test func `lines of predictions that cannot be used are counted`() throws {
    try Sample.classifier.withCopy { folder in
      let file = folder.appending(path: "predictions.jsonl")
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data("not json\n\n{\"id\": 1}\n\(text)\n[]".utf8).write(to: file)
      let page = try readPage(folder)
      #expect(page.text.contains("3 lines of predictions.jsonl could not be used, first line 1."))
      #expect(page.text.contains("42 of 300 test records are wrong"))
    }
  }

  @Test func `counts that do not add up raise an alarm`() throws {
    try Sample.classifier.withCopy { folder in
      let stages = """
        {"stages": [{"name": "clean.length", "in": 10, "kept": 7, "dropped": {"short": 2}}],
         "total": {"in": 10, "kept": 7, "dropped": {"short": 2}}}
        """
      try Data(stages.utf8).write(to: folder.appending(path: "stages.json"))
      let page = try readPage(folder)
      #expect(page.text.contains("The counts do not add up in clean.length."))
      #expect(!page.text.contains("Every record is accounted for"))
    }
  }

  @Test func `counts past every bound are not counted`() throws {
    try Sample.classifier.withCopy { folder in
      let huge = "9223372036854775807"
      let stages = """
        {"stages": [{"name": "a", "in": \(huge), "made": \(huge), "kept": 1e40, "dropped": {"b": -1}}]}
        """
      try Data(stages.utf8).write(to: folder.appending(path: "stages.json"))
      let metrics = #"{"test": {"confusion": {"labels": ["a"], "counts": [[\#(huge)]]}}}"#
      try Data(metrics.utf8).write(to: folder.appending(path: "metrics.json"))
      #expect(try readPage(folder).ids.contains("stages"))
    }
  }

  @Test func `curves come from the trainer's state when the metrics hold none`() throws {
    try Sample.classifier.withCopy { folder in
      try FileManager.default.removeItem(at: folder.appending(path: "metrics.json"))
      let state = """
        {"best_global_step": 20, "best_metric": 0.8, "global_step": 30, "max_steps": 90,
         "log_history": [
          {"epoch": 0.5, "step": 10, "loss": 1.5, "learning_rate": 1e-5, "grad_norm": 2.0},
          {"epoch": 1.0, "step": 20, "eval_loss": 1.0, "eval_f1.weighted": 0.8,
           "eval_runtime": 3.0},
          {"epoch": 1.0, "step": 20, "loss": 1.1, "learning_rate": 2e-5, "grad_norm": 1.0}]}
        """
      try Data(state.utf8).write(to: folder.appending(path: "trainer_state.json"))
      let page = try readPage(folder)
      #expect(page.text.contains("trained 30 of 90 steps"))
      #expect(page.text.contains("training: 1.5000 at 10, 1.1000 at 20."))
      #expect(page.text.contains("f1.weighted: 0.8000 at 1, 0.8000 at 1."))
      #expect(!page.text.contains("runtime"))
    }
  }

  @Test func `a folder without a run is refused with what to give instead`() throws {
    let empty = FileManager.default.temporaryDirectory.appending(
      path: "no-run-\(UUID().uuidString)")
    #expect(throws: ReportError.noFolder(path: empty.path)) {
      try RunReport.html(ofRunAt: empty.path)
    }
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: empty) }
    do {
      _ = try RunReport.html(ofRunAt: empty.path)
      Issue.record("an empty folder was taken for a run")
    } catch {
      #expect("\(error)".contains("give the folder that a run wrote"))
    }
  }

  @Test func `more than sixty classes are listed, not drawn`() throws {
    try Sample.classifier.withCopy { folder in
      let labels = (0..<61).map { "\"class \($0)\"" }.joined(separator: ",")
      let row = "[\(Array(repeating: "1", count: 61).joined(separator: ","))]"
      let rows = Array(repeating: row, count: 61).joined(separator: ",")
      let metrics = #"{"test": {"confusion": {"labels": [\#(labels)], "counts": [\#(rows)]}}}"#
      try Data(metrics.utf8).write(to: folder.appending(path: "metrics.json"))
      #expect(try readPage(folder).text.contains("61 classes are too many to draw"))
    }
  }
}

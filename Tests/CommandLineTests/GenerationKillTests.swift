import Foundation
import Records
import Stages
import TestSupport
import Testing

/// Kills while a run trains, writes answers or scores them.
@Suite(.serialized) struct `A run that is killed while its model is scored`: TalkingRuns {
  @Test func `is killed anywhere and ends with the same bytes`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[bleu, exact-match]", more: Self.short,
      train: "early-stopping: {metric: bleu, patience: 3}")
    func arguments(_ run: String) -> [String] {
      ["run", file, "--out", "\(folder.path)/\(run)", "--threads", "2"]
    }
    let start = ContinuousClock.now
    try Binary.succeed(arguments("whole"), in: folder)
    var whole = (ContinuousClock.now - start) / .seconds(1)
    var killed = 0
    for attempt in 1..<6 {
      let isKilled = try Binary.stop(
        arguments("killed-\(attempt)"), writing: "\(folder.path)/killed-\(attempt)",
        at: Double(attempt) / 6, of: &whole, in: folder)
      if isKilled { killed += 1 }
      try Binary.succeed(arguments("killed-\(attempt)"), in: folder)
      for name in ["metrics.json", "predictions.jsonl", "model/model.safetensors"] {
        #expect(
          try ContentHash.ofFile("\(folder.path)/killed-\(attempt)/\(name)")
            == ContentHash.ofFile("\(folder.path)/whole/\(name)"), "\(name), \(attempt)")
      }
    }
    #expect(killed >= 4, "too few of the runs were killed before they ended")
  }

  @Test func `is killed while it writes answers, and keeps what it has written`() throws {
    let folder = try TemporaryFolder()
    let file = try write(
      to: folder, evaluate: "[bleu, chrf]", more: "generate: {max-new-tokens: 40, batch-size: 1}")
    func arguments(_ run: String) -> [String] {
      ["run", file, "--out", "\(folder.path)/\(run)", "--threads", "2"]
    }
    try Binary.succeed(arguments("whole"), in: folder)
    let journal = "\(folder.path)/killed/cache/answers.jsonl"
    let (process, _) = try Binary.start(arguments("killed"), in: folder)
    while process.isRunning,
      ((try? FileReader.contents(journal)) ?? []).count(where: { $0 == 10 }) < 3
    {
      Thread.sleep(forTimeInterval: 0.001)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let written = try FileReader.contents(journal)
    let whole = written[..<((written.lastIndex(of: 10) ?? -1) + 1)]
    let inode = try FileManager.default.attributesOfItem(atPath: journal)[.systemFileNumber] as? Int
    let again = try Binary.succeed(arguments("killed"), in: folder)
    #expect(again.errors.contains("the model is reused"), "\(again.errors)")
    let later = try FileReader.contents(journal)
    #expect(later.starts(with: whole) && later.count > whole.count)
    #expect(
      try FileManager.default.attributesOfItem(atPath: journal)[.systemFileNumber] as? Int == inode)
    for name in ["metrics.json", "predictions.jsonl"] {
      #expect(
        try ContentHash.ofFile("\(folder.path)/killed/\(name)")
          == ContentHash.ofFile("\(folder.path)/whole/\(name)"), "\(name)")
    }
  }

  @Test func `keeps the times of its training when killed while it is scored`() throws {
    let folder = try TemporaryFolder()
    let file = try write(to: folder, evaluate: "[bleu]", more: Self.short, train: "max-steps: 3")
    let out = "\(folder.path)/run"
    let arguments = ["run", file, "--out", out, "--threads", "2"]
    try Binary.succeed(arguments, in: folder)
    let training = try json("\(out)/timings.json")["training"]
    #expect(training?["seconds"]?.double != nil)
    // What a kill between training and the end of scoring leaves.
    var manifest = try #require(json("\(out)/cache/train.json").object)
    (manifest["scores"], manifest["outputs"]) = (nil, nil)
    try AtomicFile.write(JSONValue.object(manifest).text.utf8, to: "\(out)/cache/train.json")
    for name in ["timings.json", "metrics.json", "predictions.jsonl"] {
      try Folders.remove("\(out)/\(name)")
    }
    let again = try Binary.succeed(arguments, in: folder)
    #expect(again.errors.contains("the model is reused, and scored anew"), "\(again.errors)")
    let kept = try json("\(out)/timings.json")["training"]
    for key in ["seconds", "precision", "epochs"] {
      #expect(kept?[key] == training?[key], "\(key)")
    }
    // Scoring it again may have taken more.
    let memory = [kept, training].map { $0?["peak_memory_bytes"]?.int ?? 0 }
    #expect(memory[0] >= memory[1])
  }
}

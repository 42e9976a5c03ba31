import Pipeline
import Records
import Stages
import TestSupport
import Testing
import Train

@Suite struct `A split is proven again from the files of the run` {
  private struct Silent: RunObserver {
    func stage(_ progress: StageProgress) {}
    func training(_ event: TrainingEvent) {}
    func say(_ text: String) {}
  }

  @Test func `a record smuggled onto a second side stops the run`() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<60).map { "{\"text\": \"sentence number \($0) of sixty\"}" }
    try folder.write(lines.joined(separator: "\n"), to: "data.jsonl")
    let text =
      "stages: [{ingest: {path: data.jsonl}}, {split: {train: 0.5, validation: 0, test: 0.5}}]"
    let plan = try Planner.plan(PipelineFile(text: text, path: "p", base: folder.path))
    let run = PipelineRun(plan: plan, folder: "\(folder.path)/run", threads: 2, observer: Silent())
    let summary = try run.execute()
    #expect(summary.sides[.train, default: 0] + summary.sides[.test, default: 0] == 60)
    // The cache of the last stage is what the next run publishes; give one record to the other side.
    let cache = try Folders.list("\(folder.path)/run/cache").filter { $0.contains("split") }
    let path = "\(folder.path)/run/cache/\(try #require(cache.first))/records.lines"
    let records = String(decoding: try FileReader.contents(path), as: UTF8.self)
    let test = try #require(
      records.split(separator: "\n").first { $0.contains("\"side\":\"test\"") })
    let forged = test.replacing("\"side\":\"test\"", with: "\"side\":\"train\"")
    try AtomicFile.write((records.replacing(test, with: forged)).utf8, to: path)
    do {
      _ = try run.execute()
      // A cache that does not hold what its manifest says may also be thrown away and made anew.
      let proven = try run.execute()
      #expect(proven.sides == summary.sides)
    } catch let error as LeakError {
      #expect(error.description.contains("certified"))
    }
  }
}

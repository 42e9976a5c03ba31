import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct `A split is proven again from the files of the run` {
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
    // One record of each side changes places, so that the file keeps its size and is trusted.
    let stored = records.split(separator: "\n")
    let test = try #require(stored.first { $0.contains("\"side\":\"test\"") })
    let train = try #require(stored.first { $0.contains("\"side\":\"train\"") })
    let forged = stored.map { line in
      line == test
        ? line.replacing("\"side\":\"test\"", with: "\"side\":\"train\"")
        : line == train ? line.replacing("\"side\":\"train\"", with: "\"side\":\"test\"") : line
    }
    try AtomicFile.write((forged.joined(separator: "\n") + "\n").utf8, to: path)
    let error = #expect(throws: LeakError.self) { try run.execute() }
    #expect(error?.description.contains("certified") == true)
  }
}

import Pipeline
import Report
import Stages
import TestSupport
import Testing

@Suite struct `The page of a run` {
  @Test func `is put into the folder in one step and replaces the one before`() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"test": {"accuracy": 0.5}}"#, to: "metrics.json")
    let path = try ReportPage.write(ofRunAt: folder.path)
    #expect(path == "\(folder.path)/report.html")
    try folder.write(#"{"test": {"accuracy": 0.25}}"#, to: "metrics.json")
    #expect(try ReportPage.write(ofRunAt: folder.path) == path)
    let html = String(decoding: try FileReader.contents(path), as: UTF8.self)
    #expect(html == (try RunReport.html(ofRunAt: folder.path)))
    #expect(Set(try Folders.list(folder.path)) == ["metrics.json", "report.html"])
  }

  @Test func `does not show what addresses keep secret`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "name: a\nstages:\n- ingest:\n    path: ['https://u:s3cret@h/a.csv?token=s3cret&x=1']\n",
      to: "pipeline.lock.yaml")
    let html = try RunReport.html(ofRunAt: folder.path)
    #expect(!html.contains("s3cret") && html.contains("h/a.csv?token=…"))
  }
}

import Foundation
import Report
import Testing

@Suite struct `The search for a method on the page of a run` {
  private static let trials = """
    {"metric": "f1.macro", "direction": "greater", "winner": "lora-r8", "out_of_time": true, "candidates": [
      {"name": "head", "trained_parameters": 770, "trials": [{"steps": 4, "score": 0.41}]},
      {"name": "lora-r8", "trained_parameters": 76038,
       "trials": [{"steps": 4, "score": 0.4}, {"steps": 12, "score": 0.8125}]},
      {"name": "prefix-8<b>", "trained_parameters": 39174,
       "trials": [{"steps": 4, "score": null, "fault": "the loss of step 2 is nan"}]},
      {"name": "full", "trained_parameters": 22713986, "left_out": "trains too much", "trials": []}]}
    """

  private func page(_ trials: String) throws -> ReadPage {
    try Sample.classifier.withCopy { folder in
      let search = folder.appending(path: "search")
      try FileManager.default.createDirectory(at: search, withIntermediateDirectories: true)
      try Data(trials.utf8).write(to: search.appending(path: "trials.json"))
      return ReadPage(try RunReport.html(ofRunAt: folder.path))
    }
  }

  @Test func `lists what was tried, the furthest first, and what was left out`() throws {
    let page = try page(Self.trials)
    #expect(page.error == nil && page.unnamedPictures.isEmpty)
    #expect(page.sections.prefix(4) == ["flow", "metrics", "search", "training"])
    for words in [
      "3 of 4 candidates were tried", "lora-r8 was chosen", "The time was up", "0.8125",
      "prefix-8<b>", "the loss of step 2 is nan", "left out: trains too much", "22,713,986",
    ] {
      #expect(page.text.contains(words), "\(words)")
    }
    let text = page.text
    let places = ["76,038", "770"].map { text.ranges(of: $0).last?.lowerBound }
    #expect(try #require(places[0]) < #require(places[1]))
  }

  @Test(arguments: ["{}", "[1]", "{\"metric\": 1}", "torn"])
  func `is left out with a line where its file is broken`(text: String) throws {
    let page = try page(text)
    #expect(!page.sections.contains("search"))
    #expect(page.text.contains("search/trials.json"))
  }

  @Test func `is not missed by runs that searched for none`() throws {
    let page = ReadPage(try RunReport.html(ofRunAt: Sample.classifier.url.path))
    #expect(!page.text.contains("search/trials.json"))
  }
}

import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Perplexity` {
  private static let corpus = (0..<50).map { "the patient was given treatment number \($0 % 5)\n" }
    .joined()

  @Test func `drops what a corpus makes odd, with value and threshold`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.corpus, to: "good.txt")
    let records = [
      Record.text("the patient was given treatment number 3", id: "plain"),
      Record.text("zebra xylophone quartz under jump violet", id: "odd"),
      Record.text("?!", id: "none"),
    ]
    let outcome = try CollectionOutcome(
      "clean.perplexity", records, ["corpus": path, "max-perplexity": "20"])
    #expect(outcome.kept.map(\.id) == ["plain", "none"])
    let detail = try #require(outcome.dropped["odd"]?.detail)
    #expect(outcome.dropped["odd"]?.code == "max-perplexity")
    #expect(detail["max-perplexity"] == 20)
    #expect(try #require(detail["perplexity"]?.double) > 20)
    #expect(try #require(outcome.notes["plain"]?["perplexity"]?["text"]?.double) < 3)
    let plain = try CollectionOutcome(
      "clean.perplexity", records,
      ["corpus": path, "max-perplexity": "none", "min-perplexity": "5"])
    #expect(plain.dropped.keys.sorted() == ["plain"])
  }

  @Test func `learns from the records of the training side alone`() throws {
    var records = (0..<20).map {
      Record.text("one two three four", id: "train\($0)", side: .train)
    }
    records.append(.text("five six seven eight", id: "test", side: .test))
    let outcome = try CollectionOutcome("clean.perplexity", records, ["max-perplexity": "4"])
    #expect(outcome.dropped.keys.sorted() == ["test"])
  }

  @Test func `a model that cannot be read and an empty corpus are named`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("?\n", to: "empty.txt")
    let records = [Record.text("a b")]
    for key in ["model", "corpus"] {
      #expect(throws: StageError.self) {
        _ = try CollectionOutcome("clean.perplexity", records, [key: path])
      }
    }
    #expect(throws: Diagnostic.self) {
      _ = try CollectionOutcome("clean.perplexity", records, ["model": path, "corpus": path])
    }
  }
}

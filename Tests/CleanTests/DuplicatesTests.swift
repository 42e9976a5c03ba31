import Clean
import Records
import Stages
import TestSupport
import Testing

/// What `clean.duplicates` makes of records: who stays, and who stands for whom and why.
struct DuplicateOutcome: Equatable {
  var kept: [String] = []
  var merged: [String: String] = [:]
  var reasons: [String: Reason] = [:]

  /// Runs the stage over texts with the ids 0, 1, … and the scores given.
  init(
    _ texts: [String], _ parameters: [String: String] = [:], scores: [JSONValue] = [],
    threads: Int = 2
  ) throws {
    let folder = try TemporaryFolder()
    let lines = texts.enumerated().map { index, text -> String in
      var record = Record.text(text, id: "\(index)")
      record.label = Label("\(index)")
      if index < scores.count { record.metadata["score"] = scores[index] }
      return JSONValue.object(record.object).text
    }
    let path = try folder.write(lines.joined(separator: "\n") + "\n", to: "records.jsonl")
    let descriptor = try #require(cleanStages.first { $0.name == "clean.duplicates" })
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    try decide(stage, RecordCollection(path: path, count: texts.count, threads: threads), threads)
  }

  private mutating func decide(
    _ stage: some CollectionStage, _ records: RecordCollection, _ threads: Int
  ) throws {
    let context = StageContext(seed: 42, stage: "clean.duplicates", threads: threads)
    let plan = try stage.plan(records, context)
    for (index, record) in try records.map({ $0 }).enumerated() {
      switch try stage.outcome(of: record, at: index, plan, context) {
      case .keep(let record, _): kept.append(record.id)
      case .merge(let survivor, let reason):
        merged[record.id] = survivor
        reasons[record.id] = reason
      default: Issue.record("neither kept nor merged")
      }
    }
  }
}

@Suite struct `Exact duplicates` {
  @Test(arguments: [1, 4]) func `the first of equal texts stays, whatever its label`(threads: Int)
    throws
  {
    let outcome = try DuplicateOutcome(["a", "b", "a", "c", "b", "a"], threads: threads)
    #expect(outcome.kept == ["0", "1", "3"])
    #expect(outcome.merged == ["2": "0", "4": "1", "5": "0"])
    #expect(outcome.reasons["5"] == Reason("exact-duplicate"))
  }

  @Test func `case and blanks count unless they are normalized`() throws {
    let texts = ["Heart  pain", "heart pain", "ｈeart pain"]
    #expect(try DuplicateOutcome(texts).kept.count == 3)
    #expect(try DuplicateOutcome(texts, ["normalize": "true"]).kept == ["0"])
  }
}

@Suite struct `Near duplicates` {
  private static let minhash = ["method": "minhash"]

  /// A text of so many words, of which those at some places are changed.
  private static func text(_ count: Int, changed: [Int] = [], by name: String = "x") -> String {
    (0..<count).map { changed.contains($0) ? "\(name)\($0)" : "word\($0)" }.joined(separator: " ")
  }

  @Test func `a record is dropped with its survivor, its exact similarity and the threshold`()
    throws
  {
    // One changed word of 50 changes 3 of 48 runs: 45 are shared, of 51.
    let outcome = try DuplicateOutcome([Self.text(50), Self.text(50, changed: [25])], Self.minhash)
    #expect(outcome.merged == ["1": "0"])
    #expect(
      outcome.reasons["1"]
        == Reason("near-duplicate", ["similarity": .real(45.0 / 51), "threshold": 0.8]))
  }

  @Test func `the threshold itself is enough and less is not`() throws {
    // 0.8 exactly: 8 runs of 10, then 7 of 11.
    let whole = Self.text(12)
    let texts = [whole, Self.text(10), Self.text(10) + " y z"]
    let outcome = try DuplicateOutcome(texts, Self.minhash)
    #expect(outcome.merged["1"] == "0")
    #expect(outcome.merged["2"] == nil)
  }

  @Test func `what is like a dropped record but not like its survivor stays`() throws {
    let chain = [[], [10], [10, 20], [10, 20, 30]].map { Self.text(50, changed: $0) }
    let outcome = try DuplicateOutcome(chain, Self.minhash)
    // The second is dropped for the first; the third is like the second only.
    #expect(outcome.kept == ["0", "2"])
    #expect(outcome.merged == ["1": "0", "3": "2"])
  }

  @Test func `who stays is chosen by place, length or a number`() throws {
    let texts = [Self.text(50), Self.text(52), Self.text(51)]
    func kept(_ more: [String: String], _ scores: [JSONValue] = []) throws -> [String] {
      try DuplicateOutcome(texts, Self.minhash.merging(more) { $1 }, scores: scores).kept
    }
    #expect(try kept([:]) == ["0"])
    #expect(try kept(["keep": "longest"]) == ["1"])
    #expect(try kept(["keep": "highest", "by": "metadata.score"], [1, 2, 3]) == ["2"])
    #expect(try kept(["keep": "lowest", "by": "metadata.score"], [.null, 2, "1.5"]) == ["2"])
    #expect(throws: Diagnostic.self) { try kept(["keep": "highest"]) }
    #expect(throws: Diagnostic.self) { try kept(["by": "metadata.score"]) }
  }

  @Test func `short texts are duplicates where all their words are the same`() throws {
    let texts = ["Yes", "yes.", "No", "yes no", "Yes, no!", "?!", "?!", "!!", ""]
    let outcome = try DuplicateOutcome(texts, Self.minhash)
    #expect(outcome.merged == ["1": "0", "4": "3", "6": "5"])
  }

  @Test func `texts without blanks are compared by their characters`() throws {
    let chinese = "糖尿病患者应当定期检查血糖并且注意饮食控制，同时坚持适量运动。"
    let japanese = "毎日の運動と食事の管理は糖尿病の治療においてとても重要です。"
    let thai = "ผู้ป่วยเบาหวานควรตรวจน้ำตาลในเลือดเป็นประจำและควบคุมอาหาร"
    for text in [chinese, japanese, thai] {
      let outcome = try DuplicateOutcome([text, text + "啊", "x " + text], Self.minhash)
      #expect(outcome.kept == ["0"], "\(text)")
    }
    #expect(try DuplicateOutcome([chinese, japanese, thai], Self.minhash).kept.count == 3)
  }

  @Test func `characters can be compared instead of words`() throws {
    let texts = ["anticoagulation therapy monitoring", "anticoagulation therapy, monitorings"]
    #expect(try DuplicateOutcome(texts, Self.minhash).kept.count == 2)
    let options = ["method": "minhash", "unit": "characters"]
    #expect(try DuplicateOutcome(texts, options).kept == ["0"])
  }

  /// Families of texts that differ in a few words each, in mixed order.
  private static let families: [String] = {
    var random = CounterRandom(seed: 9, purpose: "families")
    return (0..<6000).map { _ in
      let family = random.below(1500)
      let changes = (0..<random.below(4)).map { _ in random.below(40) }
      let words = (0..<40).map { place in
        changes.contains(place) ? "w\(random.below(5))" : "f\(family)w\(place)"
      }
      return words.joined(separator: " ")
    }
  }()

  @Test(arguments: [
    ["method": "minhash", "threshold": "0.7"],
    ["method": "minhash", "threshold": "0.7", "bands": "32"],
    ["method": "minhash", "threshold": "0.7", "signature": "datatrove"],
    ["method": "simhash", "hamming": "10"], ["method": "exact"],
  ])
  func `any number of threads and any memory give the same result`(_ options: [String: String])
    throws
  {
    let plain = try DuplicateOutcome(Self.families, options, threads: 1)
    #expect(plain.merged.count > (options["method"] == "minhash" ? 2000 : 100))
    #expect(try DuplicateOutcome(Self.families, options, threads: 4) == plain)
    // 1 MB holds neither the shingles of 6000 texts nor an index of 1500.
    let little = options.merging(["memory": "1"]) { $1 }
    #expect(try DuplicateOutcome(Self.families, little, threads: 3) == plain)
  }

  @Test func `fingerprints that differ in few bits are duplicates`() throws {
    let long = Self.text(400)
    let texts = [long, Self.text(400, changed: [200]), Self.text(400, changed: Array(0..<200))]
    let outcome = try DuplicateOutcome(texts, ["method": "simhash", "hamming": "10"])
    #expect(outcome.merged == ["1": "0"])
    let detail = try #require(outcome.reasons["1"]?.detail)
    #expect(detail["max-hamming"] == 10)
    #expect(try #require(detail["hamming"]?.int) <= 10)
  }

  @Test func `datatrove's signatures find what is verified, or what it would drop`() throws {
    // A text with fewer than five words is no duplicate there.
    // Numbers are all one there, so words have none; "id", which is 83, is two words: i and d.
    let words = (0..<200).map { number in
      String(String(number).unicodeScalars.map { Character(Unicode.Scalar(UInt8($0.value) + 49)) })
    }
    let other = words[..<100] + ["other"] + words[101...]
    let texts = [words, Array(other), ["a", "b", "c"], ["a", "b", "c"]]
      .map { $0.joined(separator: " ") }
    let options = ["method": "minhash", "signature": "datatrove"]
    let outcome = try DuplicateOutcome(texts, options)
    #expect(outcome.merged == ["1": "0"])
    #expect(outcome.reasons["1"]?.detail["similarity"] == .real(192.0 / 202))
    let unverified = try DuplicateOutcome(texts, options.merging(["verify": "false"]) { $1 })
    #expect(unverified.merged == ["1": "0"])
    #expect(unverified.reasons["1"]?.detail["threshold"] == .null)
  }
}

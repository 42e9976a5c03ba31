import Augment
import Pipeline
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// A translator that notes what it is asked, and may stop there.
private final class Counting: Translator {
  let name = "a counter"
  let model: String
  let ranks: Bool
  let computesHere: Bool
  private let asked = Mutex<[[String]]>([])
  private let loads = Mutex(0)
  private let stop: Mutex<Int?>

  /// - Parameter stop: The portion, counted from 1, that ends in an interruption.
  init(model: String = "a", stop: Int? = nil, ranks: Bool = false, computesHere: Bool = false) {
    self.model = model
    self.ranks = ranks
    self.computesHere = computesHere
    self.stop = Mutex(stop)
  }

  var identity: JSONValue { .string(model) }
  var portionsAsked: [[String]] { asked.withLock { $0 } }
  var timesLoaded: Int { loads.withLock { $0 } }

  func prepare() throws(StageError) { loads.withLock { $0 += 1 } }

  func files() throws(StageError) -> [String] { [] }

  func portions(_ texts: [String]) -> [[Int]] {
    // Not in their order, so that answers have to be put in their places.
    stride(from: 0, to: texts.count, by: 3).map { Array($0..<min($0 + 3, texts.count)).reversed() }
      .reversed()
  }

  func readings(_ texts: [String], most: Int) throws -> [[String]] {
    asked.withLock { $0.append(texts) }
    return texts.map { text in
      text.contains("nothing")
        ? [] : ["large", "great", "huge"].prefix(most).map { text.replacing("big", with: $0) }
    }
  }

  func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    let number = asked.withLock { asked in
      asked.append(texts)
      return asked.count
    }
    if number == stop.withLock({ $0 }) { throw Interrupted() }
    return texts.enumerated().map { place, text in
      if text.contains("nothing") { return nil }
      let words = ["small", "little", "tiny"]
      return text.replacing("big", with: draws.map { words[Int($0[place] % 3)] } ?? "large")
    }
  }
}

/// Translations that are kept on disk.
struct KeptTranslatorTests {
  private let folder: TemporaryFolder
  private var cache: AnswerCache { AnswerCache(folder: "\(folder.path)/answers") }

  init() throws { folder = try TemporaryFolder() }

  /// What a run over records makes of them.
  private func children(_ translator: any Translator, _ cache: AnswerCache?) throws -> [Record] {
    let descriptor = augmentStages { request throws(Diagnostic) in
      let back = Counting(model: "back", computesHere: translator.computesHere)
      return KeptTranslator(request.from == "en" ? translator : back, in: cache)
    }[1]
    let stage = try #require(
      try descriptor.stage(["copies": "2", "tries": "2"]) as? any CollectionStage)
    let records = (0..<10).map {
      Record.text("A big dog sleeps in hall \($0). It is big.", id: "a:\($0)")
    }
    return try stage.outcomes(of: records, .test("augment.back-translation"))
      .flatMap(\.children).map(\.record)
  }

  @Test(arguments: [1, 2, 5, 8])
  func `a run that goes on asks for the rest alone, and ends with the same records`(
    stop: Int
  ) throws {
    let whole = Counting()
    let expected = try children(whole, nil)
    #expect(expected.count > 10 && whole.portionsAsked.count > 8)
    let stopped = Counting(stop: stop)
    #expect(throws: Interrupted.self) { try children(stopped, cache) }
    #expect(stopped.portionsAsked == Array(whole.portionsAsked.prefix(stop)))
    let second = Counting()
    #expect(try children(second, cache) == expected)
    #expect(second.portionsAsked == Array(whole.portionsAsked.dropFirst(stop - 1)))
    let third = Counting()
    #expect(try children(third, cache) == expected)
    #expect(third.portionsAsked.isEmpty)
  }

  @Test func `equal texts with equal keys are asked once, and each has its own answer`() throws {
    let counting = Counting()
    let kept = KeptTranslator(counting, in: cache)
    let texts = ["big a", "big b", "big a", "nothing", "big b", "nothing", "big c"]
    let expected = ["large a", "large b", "large a", nil, "large b", nil, "large c"]
    #expect(try kept.translate(texts, draws: nil) == expected)
    #expect(counting.portionsAsked == [["big c"], ["nothing", "big b", "big a"]])
    #expect(try kept.translate(texts, draws: nil) == expected)
    #expect(counting.portionsAsked.joined().count == 4)
    let drawn = try kept.translate(["big", "big", "big"], draws: [0, 1, 0])
    #expect(drawn == ["small", "little", "small"])
    #expect(counting.portionsAsked.last == ["big", "big"])
    #expect(try kept.translate([], draws: nil).isEmpty)
    // Two ways to write `é` are two texts.
    let accents = ["caf\u{E9} big", "cafe\u{301} big"]
    let answers = try kept.translate(accents, draws: nil).compactMap { $0.map { Array($0.utf8) } }
    #expect(answers == ["caf\u{E9} large", "cafe\u{301} large"].map { Array($0.utf8) })
  }

  @Test func `readings are kept by how many are wanted`() throws {
    let counting = Counting(ranks: true)
    let kept = KeptTranslator(counting, in: cache)
    let texts = ["big a", "nothing", "big b", "big a", "big c"]
    let two = [["large a", "great a"], [], ["large b", "great b"]]
    for _ in 0..<2 {
      let found = try kept.readings(texts, most: 2)
      #expect(found == two + [two[0], ["large c", "great c"]])
      #expect(counting.portionsAsked == [["big c"], ["big b", "nothing", "big a"]])
    }
    #expect(try kept.readings(["big a"], most: 3) == [["large a", "great a", "huge a"]])
    // A translation is another question; what knows no second reading is asked for that alone.
    #expect(try kept.translate(["big a"], draws: nil) == ["large a"])
    #expect(counting.portionsAsked.count == 4)
    let one = Counting()
    #expect(
      try KeptTranslator(one, in: cache).readings(["big a", "nothing"], most: 3)
        == [["large a"], []])
    #expect(try KeptTranslator(one, in: cache).readings(["big a"], most: 3) == [["large a"]])
    #expect(one.portionsAsked == [["nothing", "big a"]])
  }

  @Test(arguments: [1, 4, 40], [nil, [UInt64](0..<40)])
  func `portions that go there and back at once have the readings of all together`(
    count: Int, draws: [UInt64]?
  ) throws {
    let texts = (0..<count).map { $0 % 7 == 3 ? "nothing \($0)" : "big \($0 % 11)" }
    let draws = draws.map { Array($0.prefix(count)) }
    func trips(_ computesHere: Bool, _ cache: AnswerCache?) throws -> [[String]] {
      // Readings of the way back are told by the last word, which the way there leaves.
      let there = Counting(computesHere: computesHere)
      let back = Counting(model: "back", ranks: true, computesHere: computesHere)
      let found = try KeptTranslator(there, in: cache).roundTrips(
        texts, draws: draws, by: KeptTranslator(back, in: cache), most: 2)
      #expect(there.timesLoaded == (computesHere ? 1 : 0) && back.timesLoaded == there.timesLoaded)
      #expect(there.portionsAsked.allSatisfy { $0.count <= 3 })
      #expect(Set(there.portionsAsked.joined()) == Set(texts))
      return found
    }
    let expected = try trips(false, nil)
    #expect(expected.count == count && expected.contains { !$0.isEmpty })
    #expect(zip(texts, expected).allSatisfy { $0.hasPrefix("nothing") == $1.isEmpty })
    #expect(try trips(true, nil) == expected)
    #expect(try trips(true, cache) == expected)
  }

  @Test(arguments: [1, 2, 5])
  func `portions that go there and back at once end with the same records, stopped or not`(
    stop: Int
  ) throws {
    let expected = try children(Counting(), nil)
    #expect(try children(Counting(computesHere: true), nil) == expected)
    #expect(throws: Interrupted.self) {
      try children(Counting(stop: stop, computesHere: true), cache)
    }
    #expect(try children(Counting(computesHere: true), cache) == expected)
    let third = Counting(computesHere: true)
    #expect(try children(third, cache) == expected && third.portionsAsked.isEmpty)
  }

  @Test func `round trips that are kept are not made again`() throws {
    for round in 1...2 {
      let there = Counting(computesHere: true)
      let back = Counting(model: "back", ranks: true, computesHere: true)
      let found = try KeptTranslator(there, in: cache).roundTrips(
        (0..<20).map { "big \($0)" }, draws: nil, by: KeptTranslator(back, in: cache), most: 2)
      #expect(found.map(\.first) == (0..<20).map { "large \($0)" })
      #expect(there.portionsAsked.isEmpty == (round == 2))
      #expect(back.portionsAsked.isEmpty == (round == 2))
    }
  }

  @Test func `another translator, another version and broken files are asked anew`() throws {
    func asked(_ model: String, _ version: String? = nil) throws -> Int {
      let counting = Counting(model: model)
      let kept = KeptTranslator(counting, in: cache, version: version)
      #expect(try kept.translate(["big dog"], draws: nil) == ["large dog"])
      return counting.portionsAsked.count
    }
    #expect(try asked("a") == 1)
    #expect(try asked("a") == 0)
    #expect(try asked("b") == 1)
    #expect(try asked("a", "2") == 1)
    #expect(try asked("a", "2") == 0)
    for name in try Folders.files(below: "\(folder.path)/answers") {
      let path = "\(folder.path)/answers/\(name)"
      var kept = try #require(JSONValue.parse(FileReader.contents(path)).object)
      kept["answer"] = ["one", "too many"]
      try AtomicFile.write(JSONValue.object(kept).bytes, to: path)
    }
    #expect(try asked("a") == 1)
    #expect(try asked("a") == 0)
  }

  @Test func `what failed is not kept`() throws {
    let failing = KeptTranslator(Counting(stop: 1), in: cache)
    #expect(throws: Interrupted.self) { try failing.translate(["big"], draws: nil) }
    #expect(!Folders.exists("\(folder.path)/answers"))
    let nothing = KeptTranslator(Counting(), in: nil)
    #expect(try nothing.translate(["big"], draws: nil) == ["large"])
    #expect(!Folders.exists("\(folder.path)/answers"))
  }
}

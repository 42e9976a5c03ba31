import Augment
import Records
import Stages
import TestSupport
import Testing

/// Names and numbers that are replaced by others of their kind.
@Suite struct EntitiesTests {
  private func brood(
    _ text: String, _ parameters: [String: String] = [:], seed: Int = 42
  ) throws -> Brood {
    try Brood("entities", of: .text(text), parameters, seed: UInt64(seed))
  }

  /// What a text becomes over many seeds.
  private func children(
    _ text: String, _ parameters: [String: String] = [:], seeds: Int = 60
  ) throws -> [String] {
    try (0..<seeds).compactMap { try brood(text, parameters, seed: $0).texts.first }
  }

  private func dialog(
    _ question: String, _ answer: String, _ parameters: [String: String] = [:], seed: UInt64 = 42
  ) throws -> Brood {
    try Brood(
      "entities", of: .instruction(question, output: answer, id: "a:1"), parameters, seed: seed)
  }

  // MARK: - Numbers

  /// The digits that stand in texts, without separators.
  private func numbers(_ texts: [String]) -> [Double] {
    texts.flatMap { text in
      text.filter { $0 != "," }.split { !$0.isNumber && $0 != "." }.compactMap { Double($0) }
    }
  }

  /// A text with one number and the values that may stand in its place.
  static let ranges: [(String, ClosedRange<Double>)] = [
    ("I have 3 dogs", 2...9), ("we sold 45 cars", 11...99), ("they sold 300 cars", 100...900),
    ("it takes 4,500 steps", 1_100...9_900), ("it weighs 2.5 kg", 1.1...9.9),
    ("he paid $1,250.50 then", 1_000...9_999.9), ("35% of them", 11...99),
    ("come at 9 pm", 2...12), ("on 7 March", 2...9), ("on March 25", 10...28),
    ("born in 1987", 1972...2002), ("built in 2015", 2000...2020),
  ]

  @Test(arguments: ranges.indices)
  func `a number becomes another of as many digits, that fits where it stands`(
    _ index: Int
  ) throws {
    let (text, range) = Self.ranges[index]
    let own = numbers([text])
    let found = numbers(try children(text, ["kinds": "number"]))
    #expect(found.count > 40 && Set(found).count > 3, "\(text): \(found)")
    #expect(found.allSatisfy { range.contains($0) }, "\(text): \(found.sorted())")
    #expect(!found.contains(own[0]))
  }

  @Test(.timeLimit(.minutes(1)))
  func `thousands of numbers keep their order in time that grows with them alone`() throws {
    let own = (0..<20_000).map { number in
      let hundredths = 100_000 + number * 7919 % 20_011 * 44
      return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }
    let child = try #require(
      try brood(own.joined(separator: ", "), ["kinds": "number", "rate": "1"]).texts.first)
    let drawn = child.split(separator: " ").map { $0.filter { $0 != "," } }
    #expect(drawn.count == own.count)
    func ranks(_ texts: [some StringProtocol]) -> [Int] {
      texts.indices.sorted { (Double(texts[$0]) ?? 0) < (Double(texts[$1]) ?? 0) }
    }
    let isInOrder = ranks(drawn) == ranks(own)
    #expect(isInOrder)
    #expect(zip(own, drawn).contains { $0 != $1 })
  }

  @Test func `months stay beside days that not every month has`() throws {
    let texts = try children("Between May 29 and May 31, not in June")
    #expect(!texts.isEmpty)
    #expect(texts.allSatisfy { $0.contains("Between May ") && $0.contains("June") }, "\(texts)")
  }

  @Test func `what stands in metadata too stays`() throws {
    func texts(_ metadata: JSONObject) throws -> [String] {
      var record = Record.text("Kevin has 33 apples")
      record.metadata = metadata
      return try (0..<20).flatMap {
        try Brood("entities", of: record, [:], seed: UInt64($0)).texts
      }
    }
    #expect(try !texts([:]).isEmpty)
    #expect(try texts(["question": "Kevin of 33?"]).isEmpty)
  }

  @Test func `form and length stay`() throws {
    for child in try children("It took 4,500 and 2.50 and 1,200,000 and (37%).") {
      let digits = child.map { $0.isNumber ? "9" : $0 }
      #expect(String(digits) == "It took 9,999 and 9.99 and 9,999,999 and (99%).", "\(child)")
      #expect(child.contains("00 and ") && child.contains("0 and 1") == child.contains("0 and 1"))
    }
  }

  @Test func `ordinals and articles agree`() throws {
    for child in try children("the 21st of them", seeds: 200) {
      let number = try #require(Int(child.filter(\.isNumber)))
      let suffix =
        (11...13).contains(number) ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
      #expect(child == "the \(number)\(suffix) of them")
    }
    for child in try children("a 72-year-old man", seeds: 200) {
      let number = child.filter(\.isNumber)
      #expect(!number.hasPrefix("8") && number != "11" && number != "18", "\(child)")
    }
    for child in try children("an 85-year-old man", seeds: 200) {
      let number = child.filter(\.isNumber)
      #expect(number.hasPrefix("8") || number == "11" || number == "18", "\(child)")
    }
  }

  @Test func `words from two to nine become such, with their capitals`() throws {
    let found = Set(try children("Five dogs"))
    let words = ["Two", "Three", "Four", "Six", "Seven", "Eight", "Nine"]
    #expect(found == Set(words.map { "\($0) dogs" }))
    #expect(try children("one or two dogs").isEmpty)
  }

  @Test func `what was more is more, and what was the same is the same`() throws {
    for child in try children("from 12 to 57 of 480, or 12 and twelve", seeds: 100) {
      let found = numbers([child])
      #expect(found.count == 4 && found[0] < found[1] && found[1] < found[2], "\(child)")
      #expect(found[0] == found[3])
    }
    for child in try children("three of 3 dogs") {
      let words = ["two", "three", "four", "five", "six", "seven", "eight", "nine"]
      let number = try #require(Int(child.filter(\.isNumber)))
      #expect(child.hasPrefix(words[number - 2]), "\(child)")
    }
  }

  /// Numbers that name something, are reckoned with, or on which a plural depends.
  static let keptNumbers = [
    "COVID-19 and GPT-4", "5kg at 10am", "agent 007", "ring 5551234567", "it is 12:30",
    "on 2021-03-12",
    "at 3/4 and 12/03/2021", "room #5", "the 1990s", "3 + 4", "x = 5", "3 - 2", "2 × 6", "1. First",
    "2) Second",
    "version 3.5.1 at 10.0.0.1", "1 dog and 0 cats", "a full 100%", "`take 5`",
    "{5} and https://a.org/12",
    "\"take 5\"", "The Fortune 500 list", "-5 degrees", "",
  ]

  @Test(arguments: keptNumbers) func `a number that names something stays`(_ text: String) throws {
    let brood = try brood(text)
    #expect(brood.texts == [] && brood.reason == "no-entities", "\(brood.texts)")
  }

  @Test func `other languages have their own points, and numbers alone`() throws {
    for child in try children("Es kostet 1.250,50 Euro am Montag in Paris.", ["language": "de"]) {
      let form = String(child.map { $0.isNumber ? "9" : $0 })
      #expect(form == "Es kostet 9.999,99 Euro am Montag in Paris.")
    }
    #expect(try children("3 天后有 25 个", ["language": "zh"]).count > 40)
    #expect(throws: Diagnostic.self) {
      try Brood.descriptor("entities").stage(["language": "de", "kinds": "city"])
    }
    #expect(throws: Diagnostics.self) { try Brood.descriptor("entities").stage(["kinds": "town"]) }
  }

  // MARK: - Names

  @Test func `names become others of their kind, the same wherever they stand`() throws {
    for child in try children(
      "On Monday Anna flew from Boston to Denver. Boston is cold on Mondays.")
    {
      let words = child.split { " .".contains($0) }.map(String.init)
      #expect(words[1] != "Monday" && words[1].hasSuffix("day") && child.hasSuffix("\(words[1])s."))
      #expect(words[2] != "Anna" && words[2] != "Peter")
      let from = try #require(child.range(from: "from ", to: " to "))
      let to = try #require(child.range(from: " to ", to: ". "))
      #expect(from != "Boston" && to != "Denver" && from != to)
      #expect(child.contains(". \(from) is cold on "), "\(child)")
    }
  }

  @Test func `people keep their sex, and have two names where they had two`() throws {
    let women = Set(
      try children("Mary is here.", seeds: 300).map { String($0.prefix { $0 != " " }) })
    #expect(
      women.count > 30 && women.isDisjoint(with: ["John", "Peter", "Robert", "Hans", "Mary"]))
    for child in try children("Dr. Smith met John Smith.") {
      let words = child.split { " .".contains($0) }.map(String.init)
      #expect(words.count == 5 && words[0] == "Dr" && words[2] == "met", "\(child)")
      #expect(words[1] == words[4] && words[1] != "Smith" && words[3] != "John", "\(child)")
    }
  }

  @Test func `days and months keep their order`() throws {
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    for child in try children("open from Tuesday to Saturday, not on Sunday") {
      let found = child.split { " ,".contains($0) }.compactMap { days.firstIndex(of: String($0)) }
      #expect(found.count == 3 && found == found.sorted() && Set(found).count == 3, "\(child)")
    }
  }

  @Test func `small letters stay small where people type no others`() throws {
    for child in try children("a flight from boston to los angeles on friday") {
      #expect(child == child.lowercased() && !child.contains("boston") && !child.contains("friday"))
    }
  }

  /// Names of something else, and such as the rules cannot tell from these.
  static let keptNames = [
    "Whitney Houston sang with John Lennon.", "New Delhi and Boston Globe", "Paris, France",
    "paris, france", "Denver, Colorado", "Elton John sang.", "Peter Street", "We march in may.",
    "March on!", "May I go?", "`Boston` is Boston.", "\"Tom\" is Tom.", "Anna and Anna-Lena",
    "BOSTON and Boston", "Parisian", "www.boston.com", "Miss India", "Tour de France",
  ]

  @Test(arguments: keptNames) func `what may be another name stays`(_ text: String) throws {
    let brood = try brood(text)
    #expect(brood.texts == [] && brood.reason == "no-entities", "\(brood.texts)")
  }

  @Test func `the label and what is protected stay`() throws {
    var record = Record.text("Is Boston in Canada on Monday?")
    record.label = Label("Boston")
    let brood = try Brood("entities", of: record, ["protect": "on Monday", "copies": "3"])
    #expect(brood.texts.count == 3)
    for text in brood.texts where text != "Boston" {
      #expect(text.hasPrefix("Is Boston in ") && text.hasSuffix(" on Monday?"), "\(text)")
    }
  }

  // MARK: - Answers

  @Test func `what an answer repeats is replaced in both`() throws {
    let brood = try dialog(
      "Write to John that we meet on Monday at 3 pm.", "Dear John, we meet on Monday at 3 pm.")
    let (question, answer) = (try #require(brood.texts.first), try #require(brood.texts.last))
    let name = try #require(question.range(from: "to ", to: " that"))
    let time = try #require(question.range(from: "on ", to: "."))
    #expect(name != "John" && !time.contains("Monday") && !time.contains("3 pm"))
    #expect(answer == "Dear \(name), we meet on \(time).")
    #expect(brood.notes.first?.array?.count == 6)
  }

  /// Questions and answers, and why nothing is replaced.
  static let closed: [(String, String, String)] = [
    ("John has 50 apples and buys 30. How many?", "John has 80 apples.", "answers-know-more"),
    ("Who wrote Faust for John?", "It was Goethe, John.", "answers-know-more"),
    ("Is 97 prime?", "Yes.", "no-entities"),
    ("Name five rivers.", "Here are five rivers.", "no-entities"),
    ("How is life in Boston?", "It is good in Boston.", "no-entities"),
  ]

  @Test(arguments: closed.indices)
  func `what an answer works out, knows or does not repeat stays`(_ index: Int) throws {
    let (question, answer, reason) = Self.closed[index]
    let brood = try dialog(question, answer)
    #expect(brood.texts == [] && brood.reason == reason, "\(brood.texts)")
  }

  @Test func `who asks for more gets it`() throws {
    let named = try dialog(
      "How is life in Boston?", "It is good in Boston.", ["kinds": "city"])
    #expect(named.texts.count == 2 && !named.texts[1].contains("Boston"))
    let all = try dialog("Is 97 prime?", "Yes.", ["answers": "all"])
    #expect(all.texts.count == 2 && !all.texts[0].contains("97"))
    let none = try dialog("Hi, I am John.", "Hi John.", ["answers": "none"])
    #expect(none.reason == "has-answers")
  }

  @Test func `what stands in a text that may not change stays everywhere`() throws {
    let brood = try dialog(
      "I am John and she is Mary.", "Hi John.", ["fields": "messages[user]", "answers": "all"])
    let question = try #require(brood.texts.first)
    #expect(question.hasPrefix("I am John and she is ") && !question.contains("Mary"))
    #expect(brood.texts.last == "Hi John.")
  }

  // MARK: - As every augmenter

  @Test func `the rate says how many, the notes which, and copies differ`() throws {
    let text = "Anna met Peter in Boston on Friday with 40 friends from Canada."
    let brood = try brood(text, ["rate": "0.3", "copies": "5"])
    #expect(brood.texts.count == 5 && Set(brood.texts).count == 5)
    #expect(brood.notes.allSatisfy { $0.array?.count == 2 })
    let kinds = Set(brood.notes.flatMap { $0.array ?? [] }.compactMap { $0["by"]?.string })
    #expect(kinds.isSubset(of: ["person", "city", "weekday", "number", "country"]))
    #expect(try Brood.replays(text, brood))
  }

  @Test func `draws depend on seed and record alone`() throws {
    let stage = try #require(try Brood.descriptor("entities").stage() as? any RecordStage)
    let records = (0..<20).map { number in
      Record(
        id: "a:\(number)", source: Source(file: "a", line: number + 1),
        content: .text("Anna met Peter in Boston on Friday with 40 friends."), schema: .text)
    }
    try Brood.drawsForItself(stage, named: "entities", records)
  }

  @Test func `no text breaks it, and notes lead to each child`() throws {
    var random = CounterRandom(seed: 3, purpose: "soup", record: "entities")
    let names = [
      "Boston", "Monday", "John", "Smith", "Dr.", "5", "1,200", "May", "%", "three", "'s",
    ]
    for _ in 0..<400 {
      var text = Soup.text(&random)
      for _ in 0..<random.below(6) { text += " " + names[random.below(names.count)] }
      let brood = try brood(text, ["copies": "2"])
      #expect(try Brood.replays(text, brood), "\(text)")
    }
  }
}

extension String {
  /// What stands between two marks.
  fileprivate func range(from start: String, to end: String) -> String? {
    guard let first = firstRange(of: start) else { return nil }
    let rest = self[first.upperBound...]
    return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
  }
}

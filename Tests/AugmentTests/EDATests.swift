import Augment
import Records
import Stages
import TestSupport
import Testing

@Suite struct EDATests {
  private let text = "one two three, four five six. seven eight nine ten"
  private let swapAlone = ["replace": "0", "insert": "0", "delete": "0"]
  private let deleteAlone = ["replace": "0", "insert": "0", "swap": "0"]

  private func words(_ text: String) -> [Substring] {
    text.split { " ,.".contains($0) }
  }

  @Test func `swap exchanges words and leaves all else where it is`() throws {
    for seed in 0..<50 {
      let brood = try Brood(
        "eda", of: .text(text), swapAlone.merging(["copies": "3"]) { $1 }, seed: UInt64(seed))
      #expect(brood.texts.count == 3)
      for child in brood.texts {
        #expect(words(child).sorted() == words(text).sorted())
        #expect(child.filter { " ,.".contains($0) } == text.filter { " ,.".contains($0) })
        // A rate of 0.1 of ten words is one swap: two words are elsewhere.
        #expect(zip(words(child), words(text)).count { $0 != $1 } == 2)
      }
      #expect(try Brood.replays(text, brood))
    }
  }

  @Test func `more swaps are made by a higher rate, as many as the paper's code makes`() throws {
    // max(1, int(0.5 * 10)) = 5 exchanges move 10 places at most, and mostly more than 2.
    var moved = 0
    for seed in 0..<30 {
      let parameters = swapAlone.merging(["swap": "0.5", "copies": "1"]) { $1 }
      let brood = try Brood("eda", of: .text(text), parameters, seed: UInt64(seed))
      moved += zip(words(try #require(brood.texts.first)), words(text)).count { $0 != $1 }
    }
    #expect(moved > 30 * 5)
  }

  @Test func `delete leaves words out with the probability given, and keeps the order`() throws {
    var left = 0
    var children = 0
    for seed in 0..<300 {
      let parameters = deleteAlone.merging(["delete": "0.3", "copies": "1"]) { $1 }
      let brood = try Brood("eda", of: .text(text), parameters, seed: UInt64(seed))
      let child = try #require(brood.texts.first)
      #expect(try Brood.replays(text, brood))
      var rest = words(text)[...]
      for word in words(child) {
        let place = try #require(rest.firstIndex(of: word))
        rest = rest[(place + 1)...]
      }
      #expect(!child.contains("  "), "\(child)")
      #expect(!child.hasPrefix(" "), "\(child)")
      left += words(child).count
      children += 1
    }
    // 0.7 of ten words; children like their parent are drawn anew, which takes 0.3 of 0.7^10 words.
    let mean = Double(left) / Double(children)
    #expect(mean > 6.6 && mean < 7.3, "\(mean)")
  }

  @Test func `a text never loses all its words`() throws {
    for seed in 0..<50 {
      let parameters = deleteAlone.merging(["delete": "1", "copies": "1"]) { $1 }
      let child = try #require(
        try Brood("eda", of: .text("red green blue"), parameters, seed: UInt64(seed)).texts.first)
      #expect(["red", "green", "blue"].contains(child), "\(child)")
    }
  }

  @Test func `a text of one word has no child by swap and delete, and says so`() throws {
    let parameters = ["replace": "0", "insert": "0"]
    #expect(try Brood("eda", of: .text("word"), parameters).reason == "no-change")
    #expect(try Brood("eda", of: .text(""), parameters).reason == "no-words")
    #expect(
      try Brood("eda", of: .text("12 https://a.org/b `x y`"), parameters).reason == "no-words")
  }

  @Test func `Chinese is changed word by word, as ICU divides it`() throws {
    let text = "我们今天学习大模型微调技术，非常有趣。"
    let parameters = ["language": "zh", "copies": "8"]
    for seed in 0..<10 {
      let brood = try Brood("eda", of: .text(text), parameters, seed: UInt64(seed))
      #expect(brood.texts.count == 8)
      #expect(try Brood.replays(text, brood))
      for child in brood.texts {
        #expect(child.hasSuffix("。"))
        #expect(!child.contains(" "))
        // 学习 is one word: its characters stay together wherever it stands.
        #expect(child.contains("学习") || !child.contains("学") && !child.contains("习"))
      }
    }
  }

  @Test func `synonyms asked for in a language without any are an error before anything runs`() {
    let fault = #expect(throws: Diagnostic.self) {
      try Brood.descriptor("eda").stage(["language": "zh", "replace": "0.1"])
    }
    #expect(fault?.remedy?.contains("leave out 'replace' and 'insert'") == true)
    #expect(throws: Diagnostic.self) {
      try Brood.descriptor("eda").stage(swapAlone.merging(["swap": "0"]) { $1 })
    }
    for wrong in [["swap": "2"], ["replace": "-1"], ["copies": "0"], ["language": "german"]] {
      #expect(throws: Diagnostics.self) { try Brood.descriptor("eda").stage(wrong) }
    }
  }

  @Test func `numbers, addresses, code, acronyms, labels and answers stay`() throws {
    let record = Record.text(
      "buy the cardio book in 2024 at https://a.org/x for COVID-19 and GPT with `a b` [MASK] café-7 now",
      label: "cardio")
    let parameters = [
      "replace": "0", "insert": "0", "delete": "0.5", "swap": "0.5", "copies": "20",
    ]
    let brood = try Brood("eda", of: record, parameters)
    #expect(brood.texts.count == 20)
    for child in brood.texts {
      for kept in [
        "2024", "https://a.org/x", "COVID-19", "GPT", "`a b`", "[MASK]", "café-7", "cardio",
      ] {
        #expect(child.contains(kept), "\(child)")
      }
    }
    let question = Record.instruction(
      "tell me of red apples and green pears", output: "Red apples!")
    for child in try Brood("eda", of: question, parameters).records {
      let said = try #require(child.fields(.all).first?.text)
      #expect(said.contains("red apples"))
      #expect(child.fields(.all).last?.text == "Red apples!")
    }
  }

  @Test func `each copy has its own operation, by turns`() throws {
    let brood = try Brood(
      "eda", of: .text(text), ["replace": "0", "insert": "0", "copies": "6"])
    let operations = try brood.notes.map { note -> String in
      try #require(note.array?.first?["by"]?.string)
    }
    #expect(operations.count { $0 == "swap" } == 3)
    #expect(operations.count { $0 == "delete" } == 3)
  }

  @Test func `a copy does not depend on how many there are`() throws {
    let parameters = ["replace": "0", "insert": "0"]
    let one = try Brood("eda", of: .text(text), parameters.merging(["copies": "1"]) { $1 })
    let many = try Brood("eda", of: .text(text), parameters.merging(["copies": "9"]) { $1 })
    #expect(many.texts.first == one.texts.first)
    #expect(many.records[3].id == "test:1/eda.4")
    #expect(many.records[3].parent == "test:1")
    #expect(many.records[3].augmentedBy == "augment.eda")
  }

  @Test func `evaluation records and augmented records have no children`() throws {
    for name in ["eda", "noise", "contractions"] {
      let parameters = name == "eda" ? ["replace": "0", "insert": "0"] : [:]
      let said = "I don't know the long answer"
      #expect(try Brood(name, of: .text(said), parameters).texts.count > 0)
      #expect(try Brood(name, of: .text(said, side: .test), parameters).texts.isEmpty)
      #expect(try Brood(name, of: .text(said, side: .validation), parameters).texts.isEmpty)
      var child = Record.text(said, side: .train)
      child.augmentedBy = "augment.synonyms"
      #expect(try Brood(name, of: child, parameters).texts.isEmpty)
    }
  }

  @Test func `the same seed gives the same children on any number of threads`() throws {
    for (name, parameters) in [
      ("eda", ["replace": "0", "insert": "0", "copies": "3"]), ("noise", ["copies": "3"]),
    ] {
      let stage = try #require(
        try Brood.descriptor(name).stage(parameters) as? any RecordStage)
      try Brood.drawsForItself(
        stage, named: name, (0..<200).map { .text("\(text) number \($0)", id: "r:\($0)") })
    }
  }

  @Test func `whatever the text, the notes lead to the child and marks stay`() throws {
    var random = CounterRandom(seed: 5, purpose: "soup")
    for round in 0..<200 {
      let soup = Soup.text(&random)
      let parameters = ["replace": "0", "insert": "0", "copies": "4"]
      let brood = try Brood("eda", of: .text(soup), parameters, seed: UInt64(round))
      #expect(try Brood.replays(soup, brood), "round \(round)")
      for child in brood.texts {
        let marks = { (text: String) in
          text.unicodeScalars.filter { ",.!?()\"'`{}<>—".unicodeScalars.contains($0) }
        }
        // An apostrophe may be a word's own and go with it.
        let isEqual =
          marks(child).filter { $0 != "'" && $0 != "." }
          == marks(soup).filter { $0 != "'" && $0 != "." }
        #expect(isEqual, "round \(round)")
      }
    }
  }
}

@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct EDASynonymTests {
  @Test func `replace takes synonyms that fit`() throws {
    let parameters = ["insert": "0", "swap": "0", "delete": "0", "replace": "1", "copies": "1"]
    let brood = try Brood("eda", of: .text("The doctor saw two movies."), parameters)
    #expect(brood.texts == ["The physician saw two films."])
    #expect(brood.notes.first?.array?.first?["pos"] == "noun")
  }

  @Test func `insert puts synonyms of the text's words behind its words`() throws {
    let text = "The doctor saw two movies."
    let parameters = ["replace": "0", "swap": "0", "delete": "0", "copies": "1"]
    for seed in 0..<30 {
      let brood = try Brood("eda", of: .text(text), parameters, seed: UInt64(seed))
      let child = try #require(brood.texts.first)
      let edit = try #require(brood.notes.first?.array?.first)
      #expect(edit["by"] == "insert")
      #expect(edit["from"] == "")
      let added = try #require(edit["to"]?.string)
      #expect([" physician", " film"].contains(added), "\(added)")
      #expect(child.utf8.count == text.utf8.count + added.utf8.count)
      #expect(try Brood.replays(text, brood))
    }
  }

  @Test func `all four operations have their turn`() throws {
    let brood = try Brood(
      "eda", of: .text("The doctor often bought a large car and students build movies."),
      ["copies": "4"])
    let kinds = try brood.notes.map { note -> String in
      let edit = try #require(note.array?.first)
      return edit["by"]?.string ?? "replace"
    }
    #expect(Set(kinds) == ["replace", "insert", "swap", "delete"])
  }
}

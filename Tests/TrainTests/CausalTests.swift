import Records
import Stages
import Tensors
import TestSupport
import Testing
import Tokenize
import Train

/// What a causal model reads and what it learns.
struct CausalTests {
  private let workshop: Workshop
  private let tokenizer: Tokenizer
  private let end: Int32 = 4

  init() throws {
    workshop = try Workshop(Workshop.instructions(60))
    tokenizer = try Tokenizer.load("\(workshop.folder.path)/tokenizer")
  }

  @Test func `the alpaca template is Stanford's`() {
    let with = PromptTemplate.alpaca.turns(
      Conversation([Message(.user, "Translate.", input: "Hund"), Message(.assistant, "dog")]))
    #expect(
      with == [
        RenderedTurn(
          prompt: "Below is an instruction that describes a task, paired with an input that "
            + "provides further context. Write a response that appropriately completes the "
            + "request.\n\n### Instruction:\nTranslate.\n\n### Input:\nHund\n\n### Response:\n",
          answer: "dog")
      ])
    let without = PromptTemplate.alpaca.turns(
      Conversation([Message(.user, "Hi.", input: ""), Message(.assistant, "Hello.")]))
    #expect(
      without.first?.prompt
        == "Below is an instruction that describes a task. Write a response that appropriately "
        + "completes the request.\n\n### Instruction:\nHi.\n\n### Response:\n")
  }

  @Test func `a second turn and a system message are written out`() {
    let turns = PromptTemplate.alpaca.turns(
      Conversation([
        Message(.system, "Be brief."), Message(.user, "A?"), Message(.assistant, "B."),
        Message(.user, "C?"), Message(.assistant, "D."),
      ]))
    #expect(
      turns == [
        RenderedTurn(
          prompt: "Be brief.\n\n### Instruction:\nA?\n\n### Response:\n", answer: "B."),
        RenderedTurn(prompt: "\n\n### Instruction:\nC?\n\n### Response:\n", answer: "D."),
      ])
  }

  @Test func `a model is asked as it was trained`() {
    let turns = [
      Message(.user, "w1 w2"), Message(.assistant, "w5"), Message(.user, "w3", input: "w4"),
    ]
    let trained = Conversation(turns + [Message(.assistant, "w6")])
    var text = CausalText(limit: 1000, end: end)
    for turn in PromptTemplate.alpaca.turns(trained) {
      _ = text.append(turn, learnsPrompt: false, tokenizer)
    }
    let answer = [tokenizer.id(of: "w6") ?? -1, end]
    #expect(text.tokens.suffix(2) == answer[...])
    let prompt = PromptTemplate.alpaca.prompt(Conversation(turns), tokenizer, end: end)
    #expect(prompt == text.tokens.dropLast(2))
  }

  @Test func `a special token that a user spells is text`() {
    let turns = [
      Message(.user, "w1 <|endoftext|>"), Message(.assistant, "<|endoftext|> w5"),
    ]
    var text = CausalText(limit: 1000, end: end)
    for turn in PromptTemplate.alpaca.turns(Conversation(turns)) {
      _ = text.append(turn, learnsPrompt: false, tokenizer)
    }
    #expect(text.tokens.filter { $0 == end }.count == 1 && text.tokens.last == end)
    let prompt = PromptTemplate.alpaca.prompt(
      Conversation(turns.prefix(1) + []), tokenizer, end: end)
    #expect(!prompt.contains(end))
  }

  /// The words that are learned.
  private func learned(_ text: CausalText) -> [String] {
    text.targets.filter { $0 >= 0 }.compactMap { tokenizer.token(of: $0) }
  }

  @Test func `answers and their end are learned, prompts are not`() {
    var text = CausalText(limit: 64, end: end)
    let turn = RenderedTurn(prompt: "w1 w2 # Response :\n", answer: "w3 w4")
    let fits1 = text.append(turn, learnsPrompt: false, tokenizer)
    #expect(fits1)
    let fits2 = text.append(turn, learnsPrompt: false, tokenizer)
    #expect(fits2)
    #expect(learned(text) == ["w3", "w4", "<|endoftext|>", "w3", "w4", "<|endoftext|>"])
    #expect(text.targets.last == Tape.ignoredTarget)
    #expect(text.targets.count == text.tokens.count)
    var all = CausalText(limit: 64, end: end)
    let fits3 = all.append(turn, learnsPrompt: true, tokenizer)
    #expect(fits3)
    #expect(all.targets == Array(all.tokens.dropFirst()) + [Tape.ignoredTarget])
  }

  @Test func `a plain text is learned whole with its end`() {
    var text = CausalText(limit: 64, end: end)
    text.append(text: "w1 w2 w3", tokenizer)
    #expect(learned(text) == ["w2", "w3", "<|endoftext|>"])
    var cut = CausalText(limit: 2, end: end)
    cut.append(text: "w1 w2 w3", tokenizer)
    #expect(cut.isTruncated)
    #expect(learned(cut) == ["w2"])
  }

  @Test(arguments: [8, 10, 12, 14])
  func `cutting keeps the end of the prompt and the end-of-turn token`(limit: Int) {
    var text = CausalText(limit: limit, end: end)
    let words = { (count: Int) in (0..<count).map { "w\($0)" }.joined(separator: " ") }
    let turn = RenderedTurn(prompt: words(9) + " Response:\n", answer: words(6))
    let fits4 = text.append(turn, learnsPrompt: false, tokenizer)
    #expect(fits4)
    #expect(text.isTruncated)
    #expect(text.tokens.count == limit)
    #expect(text.tokens.last == end)
    let colon = tokenizer.id(of: ":")
    let start = text.targets.firstIndex { $0 >= 0 }
    #expect(start.map { text.tokens[$0] } == colon)
    #expect(learned(text).first == "w0")
    #expect(learned(text).last == "<|endoftext|>")
  }

  @Test func `a budget is shared in proportion as LLaMA-Factory does`() {
    // From `infer_seqlen` of LLaMA-Factory ff6d4d12.
    for (prompt, answer, room, expected) in [
      (10, 10, 100, (10, 10)), (1000, 10, 100, (90, 10)), (10, 1000, 100, (10, 90)),
      (1000, 1000, 100, (50, 50)), (300, 100, 100, (75, 25)),
    ] {
      #expect(CausalText.kept(prompt: prompt, answer: answer, room: room) == expected)
    }
  }

  @Test func `a small decoder learns to count, and says how sure it is`() throws {
    let (result, events) = try workshop.run("run", causal(["epochs": 20, "dropout": 0]))
    let curve = losses(events)
    #expect(curve[0] > 3.5)
    #expect(try #require(curve.last) < 1)
    let evaluations = events.compactMap { event -> Double? in
      guard case .evaluated(_, _, let values, _) = event else { return nil }
      return values.first { $0.name == "perplexity" }?.value
    }
    #expect(evaluations.count == 20)
    #expect(try #require(evaluations.last) < 3)
    let predictor = try Predictor(model: result.modelFolder, options: options(causal()))
    let predictions = try predictor.predict(workshop.test)
    for item in predictions.items {
      guard case .text(let loss, let tokens, let bytes) = item else {
        return #expect(Bool(false))
      }
      #expect(tokens == 5 && bytes >= 4)
      #expect(loss / 5 < 1.5)
    }
  }

  @Test func `a batch in which nothing is learned costs nothing`() throws {
    var records = Workshop.instructions(60)
    for index in records.indices.dropFirst(10) { records[index].content = .text("") }
    let workshop = try Workshop(records)
    let curve = try losses(workshop.run("run", causal(["batch-size": 2, "epochs": 1])).events)
    #expect(curve.count == 18)
    #expect(curve.count { $0 == 0 } >= 8)
    #expect(curve.contains { $0 > 3 })
    let nothing = try Workshop(
      records.map { record in
        var record = record
        record.content = .text("")
        return record
      })
    #expect(throws: TrainingError.self) { try nothing.session("run", causal()) }
  }

  @Test func `a record's loss does not depend on the records beside it`() throws {
    let result = try workshop.run("run", causal(["epochs": 1])).result
    func items(_ batch: Int) throws -> [Prediction] {
      try Predictor(
        model: result.modelFolder, options: options(causal(["batch-size": .integer(batch)]))
      ).predict(workshop.test).items
    }
    let (few, many) = try (items(32), items(100))
    #expect(few == many)
  }
}

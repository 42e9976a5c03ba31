import Records
import Stages
import TestSupport
import Testing
import Tokenize
import Train

/// Chat templates, masks, cutting and packing in training.
struct ChatTrainingTests {
  private let workshop: Workshop
  private let format: ChatFormat
  private let tokenizer: Tokenizer
  private let end: Int32 = 4

  private static let template = """
    {%- for m in messages -%}
    {%- if m.role == 'user' -%}# Instruction : {{ m.content }}
    {% elif m.role == 'assistant' -%}# Response : {{ m.content }}{{ eos_token }}
    {% else -%}Input : {{ m.content }}
    {% endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}# Response :{%- endif -%}
    """

  init() throws {
    workshop = try Self.workshop(
      (0..<60).map { index in
        Self.record(
          index,
          [
            Message(.assistant, "w30"), Message(.user, "w\(index % 6)"),
            Message(.assistant, "w7 w8"), Message(.user, "w\(index % 5) w9"),
            Message(.assistant, "w10 w11 w12"),
          ])
      })
    tokenizer = try Tokenizer.load("\(workshop.folder.path)/tokenizer")
    format = try #require(try ChatFormat.own(of: tokenizer))
  }

  private static func record(_ index: Int, _ messages: [Message]) -> Record {
    Record(
      id: "test:\(index)", source: Source(file: "test", line: 1),
      content: .conversation(Conversation(messages)), schema: .messages)
  }

  private static func workshop(_ records: [Record]) throws -> Workshop {
    let workshop = try Workshop(records)
    let configuration: JSONValue = [
      "chat_template": .string(template), "eos_token": "<|endoftext|>",
    ]
    try workshop.folder.write(configuration.text, to: "tokenizer/tokenizer_config.json")
    return workshop
  }

  private func trained(_ objective: JSONObject, _ changes: JSONObject = [:]) -> JSONValue {
    var causal = causal(changes).object ?? [:]
    causal["objective"] = ["causal": .object(objective)]
    return .object(causal)
  }

  // MARK: - Masks

  @Test(arguments: [
    ("completions", 7), ("assistant", 9), ("last", 4), ("train_on_assistant", 9), ("all", 27),
  ])
  func `the roles and turns asked for are learned`(choice: String, tokens: Int) throws {
    let json = trained(["train-on": .string(choice)], ["epochs": 1, "max-steps": 1])
    let result = try workshop.run("run", json).result
    let predictions = try Predictor(model: result.modelFolder, options: options(json))
      .predict(workshop.test)
    for item in predictions.items {
      guard case .text(_, let count, _) = item else { return #expect(Bool(false)) }
      #expect(count == tokens - (choice == "all" ? 1 : 0))
    }
  }

  @Test func `a turn may say itself whether it is learned`() {
    let messages = [
      Message(.user, "a", attributes: ["train": true]),
      Message(.assistant, "b", attributes: ["train": false]), Message(.user, "c"),
      Message(.assistant, "d", attributes: ["weight": 0]), Message(.user, "e"),
      Message(.assistant, "f", attributes: ["weight": 1]),
    ]
    #expect(TrainOn.assistant.learned(messages) == [true, false, false, false, false, true])
    #expect(
      TrainOn.last.learned([Message(.user, "a"), Message(.assistant, "b")]) == [false, true])
  }

  @Test func `a set of which nothing is learned is refused`() throws {
    let silent = try Self.workshop(
      (0..<20).map {
        Self.record(
          $0, [Message(.user, "w1"), Message(.assistant, "w2", attributes: ["weight": 0])])
      })
    let error = #expect(throws: TrainingError.self) { try silent.session("run", causal()) }
    #expect(error?.description.contains("no token of 12 training records") == true)
    #expect(error?.description.contains("weight") == true)
  }

  @Test func `a conversation that a template refuses is named`() throws {
    let workshop = try Workshop(Workshop.instructions(20))
    try workshop.folder.write("x\n{{ raise_exception('no ' ~ messages[0].role) }}", to: "t.jinja")
    let json = trained(["template": .string("\(workshop.folder.path)/t.jinja")])
    let error = #expect(throws: StageError.self) { try workshop.session("run", json) }
    #expect(error?.description.contains("line 2: no user") == true)
  }

  @Test func `a template that ends answers with nothing is told of`() throws {
    try workshop.folder.write(
      "{% for m in messages %}{{ m.content }} {% endfor %}", to: "endless.jinja")
    let json = trained(
      ["template": .string("\(workshop.folder.path)/endless.jinja")], ["max-steps": 1])
    guard case .started(let plan)? = try workshop.run("run", json).events.first else {
      return #expect(Bool(false))
    }
    #expect(plan.notes.count == 1)
    #expect(plan.notes.first?.contains("endless.jinja") == true)
  }

  @Test func `templates are checked before anything is read`() throws {
    #expect(throws: Diagnostics.self) { try options(trained(["template": "chatlm"])) }
    #expect(throws: Diagnostics.self) { try options(trained(["train-on": "users"])) }
    for name in ["auto", "alpaca", "llama-3", "qwen2.5", "some/file.jinja"] {
      _ = try options(trained(["chat_template": .string(name)]))
    }
  }

  // MARK: - Cutting

  @Test func `cutting keeps what the template writes and the end of the answer`() throws {
    let words = { (count: Int) in (0..<count).map { "w\($0 % 40)" }.joined(separator: " ") }
    let talk = Conversation([
      Message(.user, words(9)), Message(.assistant, words(6)), Message(.user, words(5)),
      Message(.assistant, words(8)),
    ])
    let example = try format.tokens(of: talk)
    #expect(example.ids.count == 3 + 9 + 3 + 6 + 1 + 3 + 5 + 3 + 8 + 1)
    let header = [tokenizer.id(of: "#"), tokenizer.id(of: "Response"), tokenizer.id(of: ":")]
    for limit in 8...example.ids.count + 1 {
      let text = ChatText(
        example, learned: TrainOn.assistant.learned(talk.messages), learnsAll: false, limit: limit)
      #expect(text.tokens.count <= limit)
      #expect(text.isTruncated == (limit < example.ids.count))
      #expect(text.tokens.last == end, "limit \(limit)")
      #expect(text.isLearned.last == true)
      // Each answer that is there has its head before it and is learned from its first word on.
      let first = try #require(text.isLearned.firstIndex(of: true))
      #expect(text.tokens[(first - 3)..<first].map(Optional.some) == header)
      #expect(text.targets[first - 1] == text.tokens[first])
      #expect(text.tokens.first == tokenizer.id(of: "#"))
    }
  }

  // MARK: - Packing

  @Test func `rows hold every record once and are nearly full`() {
    var random = CounterRandom(seed: 3, purpose: "test")
    let lengths = (0..<2000).map { _ in 1 + random.below(300) }
    let packing = Packing(lengths: lengths, capacity: 512)
    #expect(packing.rows.joined().sorted() == Array(0..<2000))
    let used = packing.rows.map { row in row.reduce(0) { $0 + lengths[$1] } }
    #expect(used.allSatisfy { $0 <= 512 })
    let least = (lengths.reduce(0, +) + 511) / 512
    #expect(packing.rows.count <= least + least / 50)
    // A record longer than a row stands alone.
    #expect(Packing(lengths: [9, 3, 700, 4], capacity: 8).rows == [[2], [0], [3, 1]])
  }

  @Test func `packed steps are a function of the seed and the epoch and hold whole rows`() {
    let lengths = (0..<300).map { 1 + $0 % 17 }
    let packing = Packing(lengths: lengths, capacity: 40)
    func steps(_ batch: Int, _ accumulation: Int, epoch: Int = 0) -> [[[Int]]] {
      BatchOrder(packing, batchSize: batch, accumulation: accumulation, seed: 7, epoch: epoch).steps
    }
    #expect(steps(4, 1).joined().joined().sorted() == Array(0..<300))
    #expect(steps(4, 1) == steps(4, 1))
    #expect(steps(4, 1) != steps(4, 1, epoch: 1))
    #expect(steps(4, 1).map { Array($0.joined()) } == steps(2, 2).map { Array($0.joined()) })
    #expect(steps(1, 1).allSatisfy { $0[0].reduce(0) { $0 + lengths[$1] } <= 40 })
  }

  @Test func `packed loss is unpacked loss`() throws {
    func curve(_ changes: JSONObject) throws -> [Float] {
      var all: JSONObject = ["epochs": 3, "batch-size": 64, "dropout": 0]
      all.merge(changes)
      return losses(
        try workshop.run("run-\(changes.count)-\(changes["batch-size"]?.text ?? "")", causal(all))
          .events)
    }
    let plain = try curve([:])
    // All records in one step: once as they are, once in rows, once with a row at a time.
    let packed = try curve(["packing": true])
    let rows = try curve(["packing": true, "batch-size": 1, "gradient-accumulation-steps": 64])
    #expect(plain.count == 3)
    for (left, right) in zip(plain + plain, packed + rows) { #expect(abs(left - right) < 1e-5) }
    #expect(packed.count == 3 && rows.count == 3)
  }

  @Test func `a training tells tokens, targets and rows`() throws {
    let (result, events) = try workshop.run(
      "run", causal(["packing": true, "max-length": 24, "epochs": 1]))
    guard case .started(let plan)? = events.first else { return #expect(Bool(false)) }
    #expect(plan.data.records == 36)
    #expect(plan.data.tokens == plan.data.records * 24)
    #expect(plan.data.truncated == 36)
    #expect(plan.data.longest == 24)
    #expect(plan.packedRows == 36)
    #expect(result.json["data"]?["learned"]?.int == plan.data.learned)
    #expect(plan.data.learned > 36)
  }
}

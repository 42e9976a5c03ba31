import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// Generated tokens against transformers, recorded by `Scripts/models_generation_reference.py`.
struct GenerationTests {
  @Test(arguments: ["tiny-gpt2", "tiny-t5", "tiny-marian", "tiny-fsmt"])
  func `a tiny model generates what transformers generates`(name: String) throws {
    try GenerationRecord(name).check(Fixture.folder(name))
    try GenerationRecord(name).check(Fixture.folder(name), isPrepared: true)
  }

  @Test(
    .enabled(if: Shared.exists, "needs the reference outputs beside the project"),
    arguments: [
      "base-gpt2-lm", "base-llama-lm", "base-t5-lm", "base-marian-lm", "base-fsmt-lm",
    ])
  func `a golden model generates what transformers generates`(name: String) throws {
    try GenerationRecord(name).check(Fixture.golden(name).folder)
    try GenerationRecord(name).check(Fixture.golden(name).folder, isPrepared: true)
  }

  @Test func `tokens stream as they are chosen`() throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-t5"))
    generator.options.maxNewTokens = 6
    generator.options.eosTokenId = []
    var heard: [Int: [Int32]] = [:]
    let results = try generator.generate([[3, 4], [5]]) { heard[$0, default: []].append($1) }
    #expect(heard == [0: results[0][0].tokens, 1: results[1][0].tokens])
    #expect(results[0][0].tokens.count == 6)
    #expect(results[0][0].reason == .length)
  }

  @Test func `a stop string ends a sequence, with beams too`() throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-marian"))
    generator.options = DecodingOptions()
    generator.options.maxNewTokens = 8
    generator.options.noRepeatNgramSize = 1
    generator.text = { $0.map { "<\($0)>" }.joined() }
    let whole = try generator.generate([[3, 4, 5]])[0][0].tokens
    generator.options.stopStrings = ["<\(whole[2])><\(whole[3])>"]
    let cut = try generator.generate([[3, 4, 5]])[0][0]
    #expect(cut.tokens == Array(whole.prefix(4)))
    #expect(cut.reason == .stopString)
    generator.options.numBeams = 3
    generator.options.stopStrings = ["<"]
    #expect(try generator.generate([[3, 4, 5]])[0][0].tokens.count == 1)
    generator.text = nil
    let error = #expect(throws: ModelError.self) { try generator.generate([[3]]) }
    #expect(error?.description.contains("stop_strings") == true)
  }

  @Test(arguments: [(1, false), (1, true), (3, false), (3, true)])
  func `scores that are not numbers are an error`(beams: Int, draws: Bool) throws {
    let model = try ModelLoader.sequenceToSequence(Fixture.folder("tiny-t5"))
    for parameter in model.parameters {
      parameter.tensor.assign(Tensor(repeating: .nan, shape: parameter.tensor.shape))
    }
    var options = DecodingOptions()
    (options.numBeams, options.doSample) = (beams, draws)
    let generator = TokenGenerator(model, options)
    let error = #expect(throws: ModelError.self) { try generator.generate([[3, 4]]) }
    #expect(error?.description.contains("not numbers") == true)
  }

  @Test(arguments: [false, true])
  func `beams that nothing can follow end`(draws: Bool) throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-marian"))
    generator.options = DecodingOptions()
    (generator.options.numBeams, generator.options.doSample) = (3, draws)
    generator.options.maxNewTokens = 5
    generator.options.suppressTokens = (0..<500).map { $0 }
    #expect(try generator.generate([[3, 4], [5]]).map { $0[0].tokens.isEmpty } == [true, true])
    // Fewer tokens than beams can follow.
    generator.options.suppressTokens = (2..<500).map { $0 }
    #expect(try generator.generate([[3, 4]])[0][0].tokens.allSatisfy { $0 < 2 })
  }

  @Test(arguments: [1, 3])
  func `what is drawn depends on seed and key, not on the batch`(beams: Int) throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-t5"))
    generator.options.maxNewTokens = 7
    generator.options.doSample = true
    generator.options.temperature = 2
    generator.options.numBeams = beams
    generator.options.numReturnSequences = beams == 1 ? 2 : 1
    let prompts: [[Int32]] = [[3, 4, 9, 12], [5], [8, 8, 8]]
    let together = try generator.generate(prompts, keys: [10, 20, 30]).map { $0.map(\.tokens) }
    let alone = try zip(prompts, [UInt64(10), 20, 30]).flatMap {
      try generator.generate([$0], keys: [$1]).map { $0.map(\.tokens) }
    }
    #expect(together == alone)
    if beams == 1 { #expect(together[0][0] != together[0][1]) }
    generator.options.seed = 1
    #expect(
      try generator.generate(prompts, keys: [10, 20, 30]).map { $0.map(\.tokens) } != together)
  }

  @Test func `options that make no sense are refused`() throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-t5"))
    func problem(_ change: (inout DecodingOptions) -> Void) -> String {
      generator.options = DecodingOptions()
      change(&generator.options)
      do { _ = try generator.generate([[3]]) } catch { return error.description }
      return ""
    }
    #expect(problem { $0.numReturnSequences = 2 }.contains("num_return_sequences is 2"))
    #expect(problem { $0.numBeams = 0 }.contains("num_beams is 0"))
    #expect(problem { $0.temperature = 0 }.contains("temperature is 0"))
    #expect(problem { $0.badWordsIds = [[]] }.contains("bad_words_ids"))
    #expect(problem { $0.maxNewTokens = 0 } == "")
  }

  @Test func `a sequence ends where the model has no more places`() throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-gpt2"))
    generator.options = DecodingOptions()
    generator.options.maxNewTokens = 100
    for beams in [1, 2] {
      generator.options.numBeams = beams
      let result = try generator.generate([[3, 4], [5]])
      #expect(result.map { $0[0].tokens.count } == [22, 23])
      #expect(result[0][0].reason == .length)
    }
  }

  @Test func `prompts that the model cannot read are refused`() throws {
    let gpt2 = try TokenGenerator(folder: Fixture.folder("tiny-gpt2"))
    for (prompt, part) in [
      ([], "prompt 2 has no token"), ([61], "has the token 61, where the model has 61"),
      ([-1], "has the token -1"), (Array(repeating: 1, count: 25), "25 tokens"),
    ] as [([Int32], String)] {
      let error = #expect(throws: ModelError.self) { try gpt2.generate([[1], prompt]) }
      #expect(error?.description.contains(part) == true, "\(error as Any)")
    }
    let t5 = try TokenGenerator(folder: Fixture.folder("tiny-t5"))
    #expect(throws: Never.self) { try t5.generate([Array(repeating: 1, count: 600)]) }
  }

  @Test func `nothing is generated for no prompts, or where there is no room`() throws {
    var generator = try TokenGenerator(folder: Fixture.folder("tiny-t5"))
    #expect(try generator.generate([]).isEmpty)
    for beams in [1, 2] {
      generator.options.numBeams = beams
      generator.options.maxNewTokens = 0
      let result = try generator.generate([[3, 4]])[0][0]
      #expect(result.tokens.isEmpty)
      #expect(result.reason == .length)
    }
  }
}

/// What transformers generated with one model under many options.
struct GenerationRecord {
  private let json: JSONValue
  private let name: String

  init(_ name: String) throws {
    self.name = name
    json = try JSONValue.parse(
      FileReader.contents("\(Shared.project)/Tests/Fixtures/Generation/\(name).json"))
  }

  /// Generates for all prompts at once, under each case's options.
  func check(_ folder: String, isPrepared: Bool = false) throws {
    var generator = try scaled(folder)
    if isPrepared { generator.prepare() }
    let prompts = try #require(json["prompts"]?.array).map(Self.tokens)
    let cases = try #require(json["cases"]?.array)
    #expect(cases.count >= 26)
    for entry in cases {
      let options = try #require(entry["options"]?.object)
      generator.options = DecodingOptions()
      try generator.options.apply(options, file: name)
      let results = try generator.generate(prompts)
      let expected = try #require(entry["tokens"]?.array).map { ($0.array ?? []).map(Self.tokens) }
      #expect(results.map { $0.map(\.tokens) } == expected, "\(JSONValue.object(options).text)")
      guard let scores = entry["scores"]?.array else { continue }
      for (result, expected) in zip(results, scores) {
        let theirs = (expected.array ?? []).compactMap(\.double).map { Float($0) }
        let scale = max(1, theirs.map(abs).max() ?? 0)
        #expect(distance(result.compactMap(\.score), theirs) / scale < 1e-4)
      }
    }
  }

  /// The model with its matrices multiplied, as the script does it.
  private func scaled(_ folder: String) throws -> TokenGenerator {
    if try ModelConfiguration(folder: folder).flag("is_encoder_decoder", default: false) {
      let model = try ModelLoader.sequenceToSequence(folder)
      try scale(model)
      return TokenGenerator(model, DecodingOptions())
    }
    let model = try #require(ModelLoader.causal(folder) as? any CachedCausalLanguageModel)
    try scale(model)
    return TokenGenerator(model, DecodingOptions())
  }

  private func scale(_ model: any Model) throws {
    let factor = Float(try #require(json["factor"]?.double))
    for parameter in model.parameters
    where parameter.isTrainable && parameter.tensor.shape.count == 2 {
      parameter.tensor.withMutableValues { values in
        for index in 0..<values.count { values[index] *= factor }
      }
    }
  }

  private static func tokens(_ value: JSONValue) -> [Int32] {
    (value.array ?? []).compactMap { $0.int.flatMap { Int32(exactly: $0) } }
  }
}

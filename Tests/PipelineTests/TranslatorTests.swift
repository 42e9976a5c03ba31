import Augment
import Models
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// Where `augment.back-translation` gets its translations.
struct TranslatorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Translators that keep what they write for one test, and know of nothing that comes with Anneal.
  private func provider(_ variables: [String: String] = [:]) -> TranslatorProvider {
    let home = folder.path
    return Translators(
      keeping: AnswerCache(folder: "\(home)/answers"),
      models: ModelLocator(
        environment: { $0 == "HOME" ? home : nil }, program: "\(home)/source/.build/anneal"),
      environment: { variables[$0] }
    ).provider
  }

  private func stage(_ parameters: [String: String]) throws -> any CollectionStage {
    let descriptor = augmentStages(translators: provider())[1]
    return try #require(try descriptor.stage(parameters) as? any CollectionStage)
  }

  private func texts(_ stage: any CollectionStage, _ texts: [String]) throws -> [String] {
    let records = texts.enumerated().map { index, text in
      Record(
        id: "a:\(index)", source: Source(file: "a", line: index + 1), content: .text(text),
        schema: .text)
    }
    let context = StageContext.test("augment.back-translation", seed: 1)
    return try stage.outcomes(of: records, context).flatMap(\.children)
      .flatMap { $0.record.texts() }
  }

  @Test func `a program translates JSON lines`() throws {
    let command = #"sed -e 's/big/large/' -e 's/"from":"en"/"x":1/'"#
    let stage = try stage(["backend": "command", "command": command])
    #expect(
      try texts(stage, ["The big dog sleeps on the mat.", "Say \"big\" \u{1F600} in the yard."])
        == [
          "The large dog sleeps on the mat.", "Say \"large\" \u{1F600} in the yard.",
        ])
  }

  @Test(arguments: [
    ("exit 3", "ended with status 3"), ("echo '{\"text\":\"a\"}'", "wrote 1 lines for 2"),
    ("sed 's/.*/x/'", "wrote no {\"text\": …} in line 1"), ("echo help >&2; false", "help"),
  ])
  func `a program that does not do so is told`(command: String, message: String) throws {
    let stage = try stage(["backend": "command", "command": command])
    let error = #expect(throws: StageError.self) { try texts(stage, ["A dog.", "A cat."]) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    (["backend": "local"], "no model is named"),
    (["model": "no/such-model"], "no such model"),
    (["via": "en"], "the same language"), (["via": "Deutsch"], "must be a code"),
    (["backend": "command"], "no program is named"),
    (["min-similarity": "60", "max-similarity": "50"], "is not below"),
    (["backend": "apertium", "via": "zh"], "Apertium"),
    (["via": "zh"], "nothing translates from 'en' to 'zh'"),
    (["backend": "command", "command": "cat", "prefix": ">>fr<< "], "reads no prefix"),
  ])
  func `what is missing is told when the plan is made`(
    parameters: [String: String], message: String
  ) {
    #expect {
      _ = try stage(parameters)
    } throws: {
      "\($0)".contains(message)
    }
  }

  @Test func `auto takes what is named, and sends away no text that is meant for a model here`()
    throws
  {
    let address = ["ANNEAL_LLM_BASE_URL": "http://127.0.0.1:9/v1"]
    try folder.write("{}", to: "empty/readme.json")
    let marian = try Complete.fixture("tiny-marian", [:])
    func name(_ model: String?, command: String? = nil, _ variables: [String: String]) -> String {
      let request = TranslatorRequest(
        from: "en", to: "zz", backend: .auto,
        model: model.map { PathValue($0, base: folder.path) }, command: command)
      do { return try provider(variables)(request).name } catch { return error.message }
    }
    #expect(name("llama-3", address) == "model 'llama-3' behind the endpoint")
    #expect(name(marian.path, address) == "model '\(marian.path)'")
    #expect(name("./no-such", address).contains("no such model"))
    #expect(name("~/no-such", address).contains("no such model"))
    #expect(name("/no/such", address).contains("no such model"))
    #expect(name("empty", address).contains("no such model"))
    #expect(name("llama-3", [:]).contains("no such model"))
    #expect(name(nil, command: "cat", address) == "program 'cat'")
    #expect(name(nil, address).contains("nothing translates from 'en' to 'zz'"))
  }

  @Test func `auto finds the models that come with Anneal, each way`() throws {
    try folder.write("", to: "source/Package.swift")
    let request = TranslatorRequest(from: "en", to: "de", backend: .auto)
    #expect(throws: Diagnostic.self) { try provider()(request) }
    for name in ["translation-en-de", "translation-de-en"] {
      try folder.write(
        #"{"model_type": "marian", "is_encoder_decoder": true}"#,
        to: "source/share/models/\(name)/config.json")
    }
    #expect(try provider()(request).name == "'translation-en-de', which comes with Anneal")
    let back = try provider()(request.back(model: nil, prefix: nil))
    #expect(back.name == "'translation-de-en', which comes with Anneal")
    // What is named comes before it.
    var named = request
    named.command = "cat"
    #expect(try provider()(named).name == "program 'cat'")
  }

  @Test func `a program is what its words and files are, and its translations are kept`() throws {
    let script = try folder.write("tee -a \(folder.path)/asked", to: "translate.sh")
    func translator(_ version: String? = nil) throws -> any Translator {
      try provider()(
        TranslatorRequest(
          from: "en", to: "de", backend: .command, command: "sh '\(script)'", version: version))
    }
    func asked() throws -> Int {
      try FileReader.contents("\(folder.path)/asked").filter { $0 == 0x0A }.count
    }
    #expect(try translator().files() == [script])
    let identity = try translator().identity
    #expect(try translator().translate(["a", "b", "a"], draws: nil) == ["a", "b", "a"])
    #expect(try asked() == 2)
    #expect(try translator().translate(["a", "b", "a"], draws: nil) == ["a", "b", "a"])
    #expect(try asked() == 2)
    #expect(try translator("2").translate(["a"], draws: nil) == ["a"])
    #expect(try asked() == 3)
    #expect(try translator("2").identity != identity)
    try folder.write("tee -a \(folder.path)/asked # changed", to: "translate.sh")
    #expect(try translator().identity != identity)
    #expect(try translator().translate(["a", "b"], draws: nil) == ["a", "b"])
    #expect(try asked() == 5)
  }

  @Test func `what a program writes is no part of what it is`() throws {
    let model = try folder.write("a model", to: "model.bin")
    for name in ["err.log", "all.log", "more log"] { try folder.write("grown", to: name) }
    let command =
      "cat '\(model)' - 2> \(folder.path)/err.log | tee -a \(folder.path)/all.log 2>>\(folder.path)/err.log"
      + " | cat >&2 &>\(folder.path)/all.log; tr -d x < \(model)"
    let translator = try provider()(
      TranslatorRequest(from: "en", to: "de", backend: .command, command: command))
    #expect(Set(try translator.files()) == [model])
  }

  @Test func `a program is started anew after some thousand texts`() throws {
    let command = "echo >> \(folder.path)/starts; cat"
    let translator = try provider()(
      TranslatorRequest(from: "en", to: "de", backend: .command, command: command))
    let texts = (0..<4001).map { "text \($0)" }
    #expect(try translator.translate(texts, draws: nil) == texts)
    #expect(try FileReader.contents("\(folder.path)/starts").count == 3)
  }

  // MARK: - Apertium

  private static let apertium = TranslatorRequest(from: "en", to: "es", backend: .apertium)
  static let hasApertium = Folders.exists("/usr/share/apertium/modes/eng-spa.mode")

  @Test(.enabled(if: hasApertium, "needs apertium-eng-spa"))
  func `Apertium translates each text as if it were alone`() throws {
    let translator = try provider()(Self.apertium)
    #expect(!translator.draws)
    let texts = [
      "Two dogs sleep", "He paid 3 euros [now] for it", "a <b>cat</b> ^x$ @ \\ sat", "big",
      "The house of my brother's", "friend is white", "I want to", "see {name} tomorrow.", "42",
      "Caf\u{E9}\u{2028}closed", "one\u{85}two",
    ]
    let together = try translator.translate(texts, draws: nil)
    let alone = try texts.map { try translator.translate([$0], draws: nil)[0] }
    func trimmed(_ texts: [String?]) -> [String?] {
      texts.map { $0.map { String($0.drop { $0 == " " }) } }
    }
    #expect(trimmed(together) == trimmed(alone))
    #expect(together.compactMap(\.self).count == texts.count)
    let back = try provider()(Self.apertium.back(model: nil, prefix: nil))
    #expect(back.name == "Apertium's spa-eng")
    let files = try translator.files()
    #expect(files[0].hasSuffix("eng-spa.mode") && files.count > 5)
    #expect(files.contains { $0.hasSuffix("eng-spa.autobil.bin") })
  }

  @Test(.enabled(if: hasApertium, "needs apertium-eng-spa"))
  func `Apertium's pivots are those of the records' language`() throws {
    func remedy(_ language: String, _ via: String, back: Bool = false) -> String {
      let request = TranslatorRequest(from: language, to: via, backend: .apertium)
      do {
        _ = try provider()(back ? request.back(model: nil, prefix: nil) : request)
        return "none"
      } catch { return error.remedy ?? "" }
    }
    #expect(remedy("en", "zz").contains("installed there and back: es"))
    #expect(remedy("en", "zz", back: true).contains("installed there and back: es"))
    #expect(remedy("es", "zz").contains("installed there and back: en"))
    #expect(remedy("zh", "zz").contains("apt-cache search"))
  }

  // MARK: - Prefixes

  @Test func `a T5 says what it reads before a text, or is refused`() throws {
    let tasks: JSONValue = ["translation_en_to_de": ["prefix": "translate English to German: "]]
    let told = try Complete.fixture("tiny-t5", ["task_specific_params": tasks])
    let silent = try Complete.fixture("tiny-t5", ["task_specific_params": .null])
    func request(_ model: String, prefix: String? = nil) -> TranslatorRequest {
      TranslatorRequest(
        from: "en", to: "de", backend: .local, model: PathValue(model, base: "/"), prefix: prefix)
    }
    #expect(
      try provider()(request(told.path)).identity.text.contains("translate English to German: "))
    let back = request(told.path).back(model: PathValue(told.path, base: "/"), prefix: nil)
    #expect { try provider()(back) } throws: { "\($0)".contains("back-prefix") }
    #expect { try provider()(request(silent.path)) } throws: {
      "\($0)".contains("reads before a text")
    }
    #expect(
      try provider()(request(silent.path, prefix: "")).identity.text.contains(#""prefix":"""#))
    let marian = try Complete.fixture("tiny-marian", [:])
    let french = try provider()(request(marian.path, prefix: ">>fr<< "))
    #expect(try french.identity != provider()(request(marian.path)).identity)
  }
}

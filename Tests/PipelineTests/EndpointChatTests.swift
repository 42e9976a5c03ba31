import Augment
import Endpoint
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// What augmenters ask of a model behind an endpoint, and what is kept of its answers.
struct EndpointChatTests {
  private let folder: TemporaryFolder
  private static let key = "sk-very-secret"
  private static let cut = TinyServer.Answer(
    body: #"{"choices": [{"message": {"content": "half"}, "finish_reason": "length"}]}"#)

  init() throws { folder = try TemporaryFolder() }

  private func chat(
    _ port: UInt16, options: GenerationOptions = GenerationOptions(temperature: 0.5),
    attempts: Int = 2, atOnce: Int = 1, model: String = "tiny", version: String? = nil,
    limits: EndpointLimits? = nil
  ) throws -> EndpointChat {
    let endpoint = try ChatEndpoint(
      model: model, base: "http://127.0.0.1:\(port)/v1", timeout: 30,
      retries: RetryPolicy(attempts: attempts),
      account: EndpointAccount(limits, clock: VirtualClock().clock),
      environment: { $0 == "OPENAI_API_KEY" ? Self.key : nil })
    return EndpointChat(
      endpoint,
      ChatModelRequest(model: model, options: options, atOnce: atOnce, version: version),
      keeping: AnswerCache(folder: "\(folder.path)/answers"))
  }

  private func question(_ text: String, seed: UInt64 = 1) -> ChatQuestion {
    ChatQuestion(Conversation([Message(.system, "Be kind."), Message(.user, text)]), seed: seed)
  }

  @Test func `a question goes out with all that parameters say, and its answer is kept`() throws {
    let server = try TinyServer([.saying("eins"), .saying("zwei")])
    let options = GenerationOptions(maximumTokens: 64, temperature: 0.5, topP: 0.9)
    let model = try chat(server.port, options: options)
    #expect(try model.answers([question("a", seed: 14)]) == ["eins"])
    // The same is not asked twice, in one call or in several; another seed is another question.
    let again = [question("a", seed: 14), question("a", seed: 16), question("a", seed: 16)]
    #expect(try model.answers(again) == ["eins", "zwei", "zwei"])
    #expect(try model.answers([]).isEmpty)
    let requests = server.requests()
    #expect(requests.count == 2)
    let body = try JSONValue.parse(String(try #require(requests[0].split(separator: "\r\n").last)))
    #expect(body["model"] == "tiny" && body["max_tokens"] == 64 && body["seed"] == 7)
    #expect(body["temperature"] == 0.5 && body["top_p"] == 0.9)
    #expect(body["messages"]?.array?.count == 2)
  }

  @Test func `an answer that is cut or kept back is none, and is not asked for again`() throws {
    let server = try TinyServer([
      Self.cut,
      .init(
        body: #"{"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}"#),
      .saying("whole"),
    ])
    let model = try chat(server.port)
    for _ in 0..<2 { #expect(try model.answers([question("a"), question("b")]) == [nil, nil]) }
    // More tokens make it another question.
    let longer = try chat(server.port, options: GenerationOptions(maximumTokens: 999))
    #expect(try longer.answers([question("a")]) == ["whole"])
    #expect(server.requests().count == 3)
  }

  @Test func `an endpoint that is busy, or says nonsense, for a while is asked again`() throws {
    let server = try TinyServer([
      .init(status: 429, headers: "Retry-After: 0\r\n"), .init(body: "<html>"),
      .init(body: #"{"choices": [{"message": {"con"#), .saying("eins"),
    ])
    #expect(try chat(server.port, attempts: 4).answers([question("a")]) == ["eins"])
    #expect(server.requests().count == 4)
  }

  @Test(arguments: [400, 401, 404])
  func `what it refuses is not asked twice, and ends the stage with the reason`(
    status: Int
  ) throws {
    let server = try TinyServer([
      .init(status: status, body: #"{"error": {"message": "no, sk-very-secret"}}"#)
    ])
    let error = #expect(throws: StageError.self) {
      try chat(server.port).answers([question("a")])
    }
    #expect(server.requests().count == 1)
    let told = try #require(error)
    #expect(told.code == "no-answer" && told.message.contains("\(status)"))
    #expect(told.remedy?.isEmpty == false && !told.description.contains(Self.key))
  }

  @Test func `what was answered before a run ended is not asked for in the next`() throws {
    let server = try TinyServer([
      .saying("eins"), .saying("zwei"), .init(status: 503), .init(status: 503), .saying("drei"),
    ])
    let questions = ["a", "b", "c"].map { question($0) }
    #expect(throws: StageError.self) { try chat(server.port).answers(questions) }
    #expect(try chat(server.port).answers(questions) == ["eins", "zwei", "drei"])
    #expect(server.requests().count == 5)
    let files = try Folders.files(below: folder.path)
    #expect(files.count == 3)
    for name in files {
      let text = String(
        decoding: try FileReader.contents("\(folder.path)/\(name)"), as: UTF8.self)
      #expect(!text.contains(Self.key) && text.contains("Be kind."))
    }
  }

  @Test func `a limit ends it with what was spent, and the next run goes on with the rest`() throws
  {
    let server = try TinyServer([.saying("eins"), .saying("zwei"), .saying("drei")])
    let questions = ["a", "b", "c"].map { question($0) }
    // 300 tokens a try at most, of which the answer takes few.
    let options = GenerationOptions(maximumTokens: 290, temperature: 0.5)
    let price = EndpointPrice(prompt: 0, completion: 1_000_000)
    let limits = EndpointLimits(cost: 293, price: price)
    let error = #expect(throws: StageError.self) {
      try chat(server.port, options: options, limits: limits).answers(questions)
    }
    #expect(error?.code == "limit-reached")
    let message = try #require(error?.message)
    #expect(message.contains("'max-cost: 293.0'") && message.contains("may take 290"))
    #expect(message.contains("2 requests read about"), "\(message)")
    #expect(message.contains("cost about 4"), "\(message)")
    let next = try chat(server.port, options: options, limits: limits)
    #expect(try next.answers(questions) == ["eins", "zwei", "drei"])
    #expect(next.spent?.requests == 1 && server.requests().count == 3)
    // Other limits are no other model: what is kept is taken, and costs nothing.
    let last = try chat(
      server.port, options: options, limits: EndpointLimits(requests: 1, tokens: 1))
    #expect(try last.answers(questions) == ["eins", "zwei", "drei"])
    #expect(last.spent?.requests == 0)
  }

  @Test func `an endpoint that is gone ends the stage, which goes on later`() throws {
    let server = try TinyServer([.saying("eins")])
    #expect(try chat(server.port).answers([question("a")]) == ["eins"])
    let error = #expect(throws: StageError.self) {
      try chat(server.port).answers([question("a"), question("b")])
    }
    #expect(error?.message.contains("does not answer") == true)
    #expect(try chat(server.port).answers([question("a")]) == ["eins"])
  }

  @Test func `it is what its address, model, options and version are, without secrets`() throws {
    let one = try chat(9).identity
    #expect(try chat(9, atOnce: 4).identity == one)
    #expect(try chat(8).identity != one)
    #expect(try chat(9, model: "other").identity != one)
    #expect(try chat(9, options: GenerationOptions(temperature: 0.6)).identity != one)
    #expect(try chat(9, version: "2").identity != one)
    #expect(!one.text.contains("secret"))
  }

  // MARK: - In a stage

  /// What a stage of the standard catalog makes of instructions.
  private func children(
    _ name: String, _ parameters: [String: String], _ chats: @escaping ChatModelProvider
  ) throws -> [String] {
    let descriptor = try #require(
      augmentStages(
        translators: { _ throws(Diagnostic) in throw Diagnostic("none") }, chats: chats
      ).first { $0.name == name })
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    let records = (1...2).map {
      Record.instruction("Name river number \($0) of this land.", output: "Main.", id: "a:\($0)")
    }
    let context = StageContext(seed: 1, stage: "augment.test", threads: 1)
    return try stage.outcomes(of: records, context).flatMap(\.children)
      .flatMap { $0.record.texts() }
  }

  @Test func `a stage that was stopped half way ends as one that never was`() throws {
    let evolved = ["Name a long river and say why.", "Name a short river and say how."]
    let server = try TinyServer(
      [.saying(evolved[0]), .saying(evolved[1]), .saying("Main."), .init(status: 401)]
        + [.saying("Rhine.")])
    let parameters = ["model": "tiny", "operations": "deepen"]
    let chats: ChatModelProvider = { request throws(Diagnostic) in
      let endpoint = try ChatEndpoint(
        model: request.model, base: "http://127.0.0.1:\(server.port)/v1", environment: { _ in nil })
      let kept = AnswerCache(folder: "\(folder.path)/answers")
      let one = ChatModelRequest(model: request.model, options: request.options, atOnce: 1)
      return EndpointChat(endpoint, one, keeping: kept)
    }
    #expect(throws: StageError.self) {
      _ = try children("augment.evol-instruct", parameters, chats)
    }
    let made = try children("augment.evol-instruct", parameters, chats)
    #expect(made == [evolved[0], "Main.", evolved[1], "Rhine."])
    #expect(server.requests().count == 5)
    #expect(try children("augment.evol-instruct", parameters, chats) == made)
  }

  @Test(arguments: ["augment.paraphrase", "augment.self-instruct", "augment.evol-instruct"])
  func `without an endpoint the plan says what to set`(name: String) throws {
    let none = EndpointChat.provider(
      keeping: AnswerCache(folder: "\(folder.path)/answers"), environment: { _ in nil })
    let error = #expect(throws: Diagnostic.self) {
      _ = try children(name, ["model": "tiny"], none)
    }
    #expect(error?.message.contains("no endpoint to ask 'tiny'") == true)
    #expect(error?.remedy?.contains("ANNEAL_LLM_BASE_URL") == true)
    let missing = #expect(throws: Diagnostics.self) { _ = try children(name, [:], none) }
    #expect(missing?.description.contains("'model'") == true)
    // The name alone is known to the standard catalog.
    #expect(StageCatalog.standard.names.contains(name))
  }
}

import Endpoint
import Pipeline
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// Translations of a model behind an endpoint.
struct EndpointTranslatorTests {
  private let folder: TemporaryFolder
  private var cache: AnswerCache { AnswerCache(folder: "\(folder.path)/answers") }
  private static let key = "sk-very-secret"

  init() throws { folder = try TemporaryFolder() }

  private func translator(
    _ port: UInt16, attempts: Int = 2, timeout: Double = 30, temperature: Double = 0.8,
    model: String = "tiny", limits: EndpointLimits? = nil
  ) throws -> KeptTranslator {
    let chat = try ChatEndpoint(
      model: model, base: "http://127.0.0.1:\(port)/v1", timeout: timeout,
      retries: RetryPolicy(attempts: attempts),
      account: EndpointAccount(limits, clock: VirtualClock().clock),
      environment: { $0 == "OPENAI_API_KEY" ? Self.key : nil })
    let request = TranslatorRequest(
      from: "en", to: "de", backend: .endpoint, temperature: temperature)
    return KeptTranslator(EndpointTranslator(chat, request), in: cache)
  }

  private func body(_ request: String) throws -> JSONValue {
    try JSONValue.parse(String(try #require(request.split(separator: "\r\n").last)))
  }

  @Test func `the likeliest is asked for without chance, what is drawn by its key`() throws {
    let server = try TinyServer([.saying(" Der Hund\nschläft. \n"), .saying("Ein Hund.")])
    let kept = try translator(server.port)
    #expect(try kept.translate(["The dog sleeps."], draws: nil) == ["Der Hund schläft."])
    #expect(try kept.translate(["A dog."], draws: [14]) == ["Ein Hund."])
    let asked = try server.requests().map(body)
    #expect(asked.count == 2)
    #expect(asked[0]["temperature"] == 0 && asked[0]["seed"] == nil)
    #expect(asked[1]["temperature"] == 0.8 && asked[1]["seed"] == 3)
    let told = try #require(asked[0]["messages"]?.array?.first?["content"]?.string)
    #expect(told.contains("from English to German"))
    #expect(asked[0]["messages"]?.array?.last?["content"] == "The dog sleeps.")
  }

  @Test func `half a translation and one that is kept back are none, and asked once`() throws {
    let server = try TinyServer([
      .init(body: #"{"choices": [{"message": {"content": "half"}, "finish_reason": "length"}]}"#),
      .init(body: #"{"choices": [{"message": {"content": null}, "finish_reason": "stop"}]}"#),
      .init(
        body: #"{"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}"#),
    ])
    let kept = try translator(server.port)
    for text in ["a", "b", "c", "a", "b", "c"] {
      #expect(try kept.translate([text], draws: nil) == [nil])
    }
    #expect(server.requests().count == 3)
  }

  /// An endpoint in trouble, and what the fault says of it.
  private static let troubles: [(TinyServer.Answer?, String)] = [
    (nil, "does not answer"), (.saying("late", delay: 2), "no answer within"),
    (.init(body: "<html>busy</html>"), "no chat completion"),
    (.init(body: #"{"choices": [{"message": {"con"#), "no chat completion"),
    (.init(status: 429, body: #"{"error": {"message": "slow down"}}"#), "429: slow down"),
    (.init(status: 401, body: #"{"error": {"message": "not sk-very-secret"}}"#), "401: not …"),
  ]

  @Test(arguments: troubles.indices)
  func `a run stops with what is wrong, and goes on without asking again`(trouble: Int) throws {
    let (answer, message) = Self.troubles[trouble]
    let isRefusal = message.hasPrefix("401")
    let bad = answer.map { Array(repeating: $0, count: isRefusal ? 1 : 2) } ?? []
    let server = try TinyServer(
      [.saying("eins")] + bad + (answer == nil ? [] : [.saying("zwei")]))
    // One after the other, so that it is known which is answered.
    #expect(try translator(server.port).translate(["one"], draws: nil) == ["eins"])
    let first = try translator(server.port, timeout: message.hasPrefix("no answer") ? 0.5 : 30)
    let error = #expect(throws: StageError.self) {
      try first.translate(["one", "two"], draws: nil)
    }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    #expect(error?.remedy?.isEmpty == false)
    let again = try translator(server.port)
    if answer == nil {
      // Nobody is there to be asked.
      #expect(try again.translate(["one"], draws: nil) == ["eins"])
      #expect(server.requests().count == 1)
    } else {
      #expect(try again.translate(["one", "two"], draws: nil) == ["eins", "zwei"])
      #expect(server.requests().count == 1 + bad.count + 1)
    }
    try expectNoKey("\(String(describing: error))", files: answer == nil ? 1 : 2)
  }

  @Test func `an endpoint that is busy for a while is asked again`() throws {
    let server = try TinyServer([
      .init(status: 429, headers: "Retry-After: 0\r\n"), .init(body: "<html>"), .saying("eins"),
    ])
    #expect(try translator(server.port, attempts: 3).translate(["one"], draws: nil) == ["eins"])
    #expect(server.requests().count == 3)
  }

  @Test func `a limit stops it with what was spent, and the rest is asked for later`() throws {
    let server = try TinyServer([.saying("eins"), .saying("zwei"), .saying("drei")])
    let texts = ["one", "two", "three"]
    let first = try translator(server.port, limits: EndpointLimits(requests: 2))
    let error = #expect(throws: StageError.self) { try first.translate(texts, draws: nil) }
    #expect(error?.code == "limit-reached")
    #expect(error?.message.contains("max-requests: 2") == true)
    #expect(error?.message.contains("2 requests read about") == true)
    #expect(error?.remedy?.contains("run again") == true)
    let again = try translator(server.port, limits: EndpointLimits(requests: 1))
    // Which two were answered is the threads' affair; the third alone is asked for.
    #expect(
      Set(try again.translate(texts, draws: nil).compactMap { $0 }) == ["eins", "zwei", "drei"])
    #expect(again.spent?.requests == 1 && server.requests().count == 3)
    // What is kept costs nothing.
    let kept = try translator(server.port, limits: EndpointLimits(tokens: 1))
    #expect(try kept.translate(texts, draws: nil).count == 3)
    #expect(kept.spent?.requests == 0)
  }

  @Test func `texts are asked for side by side and keep their places`() throws {
    let texts = (0..<20).map { "text \($0)" }
    let server = try TinyServer(texts.map { _ in .saying("gleich") })
    let found = try translator(server.port).translate(texts, draws: nil)
    #expect(found == texts.map { _ in "gleich" })
    #expect(server.requests().count == 20)
    #expect(try translator(server.port).translate(texts.reversed(), draws: nil) == found)
  }

  @Test func `it is what its address, model and temperature are, without secrets`() throws {
    func identity(_ base: String, _ temperature: Double = 1, model: String = "m") throws
      -> JSONValue
    {
      let chat = try ChatEndpoint(
        model: model, base: base, environment: { $0 == "OPENAI_API_KEY" ? Self.key : nil })
      return try KeptTranslator(
        EndpointTranslator(
          chat,
          TranslatorRequest(from: "en", to: "de", backend: .endpoint, temperature: temperature)),
        in: nil
      ).identity
    }
    let one = try identity("http://a/v1")
    #expect(try identity("http://a/v1/") == one)
    #expect(try identity("http://b/v1") != one)
    #expect(try identity("http://a/v1", 0.5) != one)
    #expect(try identity("http://a/v1", model: "n") != one)
    let secret = try identity("http://user:sk-very-secret@a/v1").text
    #expect(!secret.contains("secret"), "\(secret)")
  }

  private func expectNoKey(_ told: String, files count: Int) throws {
    #expect(!told.contains(Self.key), "\(told)")
    let files = try Folders.files(below: folder.path)
    #expect(files.count == count)
    for name in files {
      let text = String(
        decoding: try FileReader.contents("\(folder.path)/\(name)"), as: UTF8.self)
      #expect(!text.contains(Self.key), "\(name)")
    }
  }
}

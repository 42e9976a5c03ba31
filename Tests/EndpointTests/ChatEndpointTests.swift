import Endpoint
import Records
import Stages
import Synchronization
import TestSupport
import Testing

@Suite struct ChatEndpointTests {
  private static let answer = TinyServer.Answer(
    body: """
      {"choices": [{"message": {"role": "assistant", "content": "Grüße\\n1"}, \
      "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
      """)
  private let question = Conversation([
    Message(.system, "Be brief."), Message(.user, "Translate.", input: "Greetings"),
  ])

  private func endpoint(
    _ server: TinyServer, attempts: Int = 3, key: String? = nil,
    wait: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> ChatEndpoint {
    try ChatEndpoint(
      model: "tiny", base: "http://127.0.0.1:\(server.port)/v1/", timeout: 5,
      retries: RetryPolicy(attempts: attempts, wait: wait),
      environment: { $0 == "OPENAI_API_KEY" ? key : nil })
  }

  @Test func `a conversation is sent and its answer read`() throws {
    let server = try TinyServer([Self.answer])
    let options = GenerationOptions(
      maximumTokens: 64, temperature: 0.5, topP: 0.9, stop: ["END"], seed: 14)
    let answer = try endpoint(server, key: "secret").generate(question, options)
    #expect(answer == Generation(text: "Grüße\n1", promptTokens: 9, completionTokens: 3))
    let request = try #require(server.requests().first)
    #expect(request.hasPrefix("POST /v1/chat/completions HTTP/1.1\r\n"))
    #expect(request.contains("Bearer secret"))
    let body = try JSONValue.parse(String(try #require(request.split(separator: "\r\n").last)))
    #expect(body["model"] == "tiny")
    #expect(body["max_tokens"] == 64)
    #expect(body["temperature"] == 0.5)
    #expect(body["top_p"] == 0.9)
    #expect(body["stop"] == ["END"])
    #expect(body["seed"] == 7)
    #expect(
      body["messages"] == [
        ["role": "system", "content": "Be brief."],
        ["role": "user", "content": "Translate.\n\nGreetings"],
      ])
  }

  @Test func `without a key none is sent, and what is not asked for is left out`() throws {
    let server = try TinyServer([Self.answer])
    _ = try endpoint(server).generate(question, GenerationOptions())
    let request = try #require(server.requests().first)
    #expect(!request.lowercased().contains("authorization"))
    #expect(!request.contains("temperature"))
  }

  @Test(arguments: [408, 409, 429, 500, 503])
  func `faults that pass are tried again after growing pauses`(_ status: Int) throws {
    let pauses = Mutex<[Double]>([])
    let fault = TinyServer.Answer(status: status, body: #"{"error": {"message": "busy"}}"#)
    let server = try TinyServer([fault, fault, Self.answer])
    let chat = try endpoint(server) { pause in pauses.withLock { $0.append(pause) } }
    #expect(try chat.generate(question, GenerationOptions()).text == "Grüße\n1")
    #expect(server.requests().count == 3)
    #expect(pauses.withLock { $0 } == [1, 2])
  }

  @Test func `a pause that the endpoint asks for is kept, within bounds`() throws {
    let pauses = Mutex<[Double]>([])
    let server = try TinyServer([
      .init(status: 429, headers: "Retry-After: 7\r\n"),
      .init(status: 429, headers: "Retry-After: 9999\r\n"), Self.answer,
    ])
    let chat = try endpoint(server) { pause in pauses.withLock { $0.append(pause) } }
    _ = try chat.generate(question, GenerationOptions())
    #expect(pauses.withLock { $0 } == [7, 60])
  }

  @Test func `it gives up after the last try and says what the endpoint said`() throws {
    let fault = TinyServer.Answer(status: 503, body: #"{"error": {"message": "loading"}}"#)
    let server = try TinyServer([fault, fault])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server, attempts: 2).generate(question, GenerationOptions())
    }
    #expect(error?.code == "refused")
    #expect(error?.message.contains("503: loading") == true)
    #expect(server.requests().count == 2)
  }

  @Test(arguments: [400, 401, 404, 302])
  func `other refusals are not tried again`(_ status: Int) throws {
    let server = try TinyServer([
      .init(status: status, body: "{}", headers: "Location: http://127.0.0.1:9/\r\n")
    ])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server).generate(question, GenerationOptions())
    }
    #expect(error?.message.contains("\(status)") == true)
    #expect((error?.remedy == nil) == (status == 400))
    #expect(server.requests().count == 1)
  }

  @Test func `an answer cut short is a fault`() throws {
    let server = try TinyServer([
      .init(body: #"{"choices": [{"message": {"content": "half"}, "finish_reason": "length"}]}"#)
    ])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server).generate(question, GenerationOptions())
    }
    #expect(error?.code == "cut-short")
  }

  @Test(arguments: ["", "[]", "<html>", #"{"choices": []}"#, #"{"choices": [{"mess"#])
  func `what is no completion is tried again, and is a fault`(_ body: String) throws {
    let garbage = TinyServer.Answer(body: body)
    let server = try TinyServer([garbage, garbage, Self.answer])
    #expect(try endpoint(server).generate(question, GenerationOptions()).text == "Grüße\n1")
    let broken = try TinyServer([garbage, garbage])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(broken, attempts: 2).generate(question, GenerationOptions())
    }
    #expect(error?.code == "bad-answer")
    #expect(broken.requests().count == 2)
  }

  @Test(arguments: [
    #"{"choices": [{"message": {"content": null}}]}"#,
    #"{"choices": [{"message": {"content": "x"}, "finish_reason": "content_filter"}]}"#,
  ])
  func `an answer that is kept back is a fault of its own, and not asked for again`(
    _ body: String
  ) throws {
    let server = try TinyServer([.init(body: body)])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server).generate(question, GenerationOptions())
    }
    #expect(error?.code == "no-text")
    #expect(server.requests().count == 1)
  }

  @Test func `neither the key nor what is secret in the address is told`() throws {
    let server = try TinyServer([
      .init(status: 401, body: #"{"error": {"message": "no such key: sk-abc"}}"#)
    ])
    let chat = try ChatEndpoint(
      model: "tiny", base: "http://user:word@127.0.0.1:\(server.port)/v1",
      environment: { $0 == "OPENAI_API_KEY" ? "sk-abc" : nil })
    let error = #expect(throws: GenerationError.self) {
      try chat.generate(question, GenerationOptions())
    }
    let told = "\(chat.base) \(try #require(error))"
    #expect(told.contains("no such key: …"), "\(told)")
    #expect(!told.contains("sk-abc") && !told.contains("word@"), "\(told)")
  }

  @Test func `a try ends when its time is up, fractions of a second too`() throws {
    let slow = try TinyServer([.init(body: "{}", delay: 3)])
    let chat = try ChatEndpoint(
      model: "tiny", base: "http://127.0.0.1:\(slow.port)/v1", timeout: 0.5,
      retries: RetryPolicy(attempts: 1), environment: { _ in nil })
    let error = #expect(throws: GenerationError.self) {
      try chat.generate(question, GenerationOptions())
    }
    #expect(error?.message.contains("no answer within 0.5 seconds") == true)
  }

  @Test func `nobody at the address is a fault with a remedy`() throws {
    let server = try TinyServer([])
    _ = server.requests()
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server, attempts: 2).generate(question, GenerationOptions())
    }
    #expect(error?.code == "unreachable")
  }

  @Test func `the address comes from the environment where none is given`() throws {
    func base(_ variables: [String: String]) throws -> String {
      try ChatEndpoint(model: "m", environment: { variables[$0] }).base
    }
    let both = ["ANNEAL_LLM_BASE_URL": "http://a/v1", "OPENAI_BASE_URL": "http://b/v1"]
    #expect(try base(both) == "http://a/v1")
    #expect(try base(["OPENAI_BASE_URL": "http://b/v1"]) == "http://b/v1")
    #expect(throws: Diagnostic.self) { try base([:]) }
    #expect(throws: Diagnostic.self) { try base(["OPENAI_BASE_URL": "ftp://b"]) }
    #expect(throws: Diagnostic.self) { try base(["OPENAI_BASE_URL": "nonsense"]) }
  }
}

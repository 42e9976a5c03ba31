import Endpoint
import Records
import Stages
import TestSupport
import Testing

@Suite struct ChatEndpointTests {
  private static let body = """
    {"choices": [{"message": {"role": "assistant", "content": "Grüße\\n1"}, \
    "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}
    """
  private static let answer = TinyServer.Answer(body: body)
  private let time = VirtualClock()
  private let question = Conversation([
    Message(.system, "Be brief."), Message(.user, "Translate.", input: "Greetings"),
  ])

  private func endpoint(
    _ server: TinyServer, attempts: Int = 3, key: String? = nil, limits: EndpointLimits? = nil
  ) throws -> ChatEndpoint {
    try ChatEndpoint(
      model: "tiny", base: "http://127.0.0.1:\(server.port)/v1/", timeout: 5,
      retries: RetryPolicy(attempts: attempts),
      account: EndpointAccount(limits, clock: time.clock),
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

  @Test(arguments: [429, 500, 502, 503])
  func `faults that pass are tried again after growing pauses`(_ status: Int) throws {
    let fault = TinyServer.Answer(status: status, body: #"{"error": {"message": "busy"}}"#)
    let server = try TinyServer([fault, fault, Self.answer])
    let chat = try endpoint(server)
    #expect(try chat.generate(question, GenerationOptions()).text == "Grüße\n1")
    #expect(server.requests().count == 3)
    #expect(time.pauses == [1, 2])
    // Each try counts; only the answer took tokens.
    #expect(chat.spent.requests == 3 && chat.spent.tokens == 12)
  }

  @Test func `a pause that the endpoint asks for is kept`() throws {
    let server = try TinyServer([
      .init(status: 429, headers: "Retry-After: 7\r\n"),
      .init(status: 503, headers: "Retry-After: 500\r\n"),
      .init(status: 429, headers: "retry-after-ms: 6500\r\nRetry-After: 7\r\n"),
      .init(status: 429, headers: "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n"),
      Self.answer,
    ])
    _ = try endpoint(server, attempts: 5).generate(question, GenerationOptions())
    // The date has passed, so that the pause is our own.
    #expect(time.pauses == [7, 500, 6.5, 8])
  }

  @Test func `who asks to wait longer than anyone does is not asked again`() throws {
    let server = try TinyServer([.init(status: 429, headers: "Retry-After: 9999\r\n")])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server).generate(question, GenerationOptions())
    }
    #expect(error?.remedy?.contains("9999 seconds") == true)
    #expect(server.requests().count == 1 && time.pauses.isEmpty)
  }

  @Test(arguments: ["Retry-After: 1e20\r\n", "retry-after-ms: inf\r\n"])
  func `a wait that is no time ends the asking`(header: String) throws {
    let server = try TinyServer([.init(status: 429, headers: header)])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server).generate(question, GenerationOptions())
    }
    #expect(error?.remedy?.contains("seconds") == true)
    #expect(server.requests().count == 1)
  }

  @Test func `counts of tokens that no model reads are not believed`() throws {
    let usage = #""usage": {"prompt_tokens": 9223372036854775807, "completion_tokens": 9}"#
    let server = try TinyServer([
      .init(
        body: #"{"choices": [{"message": {"content": "x"}, "finish_reason": "stop"}], \#(usage)}"#)
    ])
    let chat = try endpoint(server)
    _ = try chat.generate(question, GenerationOptions())
    #expect(chat.spent.isEstimated && chat.spent.tokens < 1000)
  }

  /// Headers of an answer, and how long nothing is sent after it.
  static let allowances: [(String, Double)] = [
    ("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1m0.5s\r\n", 60.5),
    ("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 20ms\r\n", 0.02),
    ("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 12\r\n", 12),
    ("x-ratelimit-remaining-requests: 1\r\nx-ratelimit-reset-requests: 9s\r\n", 0),
    // The answer took 12 tokens.
    ("x-ratelimit-remaining-tokens: 11\r\nx-ratelimit-reset-tokens: 3s\r\n", 3),
    ("x-ratelimit-remaining-tokens: 12\r\nx-ratelimit-reset-tokens: 3s\r\n", 0),
    ("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: soon\r\n", 0),
    ("x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 24h\r\n", 600),
    ("x-ratelimit-remaining-requests: nan\r\nx-ratelimit-reset-requests: 9s\r\n", 0),
  ]

  @Test(arguments: allowances.indices)
  func `where the endpoint says that nothing is left, the next request waits`(
    _ index: Int
  ) throws {
    let (headers, pause) = Self.allowances[index]
    let server = try TinyServer([
      .init(body: Self.body, headers: headers), .init(body: Self.body),
    ])
    let chat = try endpoint(server)
    _ = try chat.generate(question, GenerationOptions())
    _ = try chat.generate(question, GenerationOptions())
    #expect(abs(time.now - pause) < 1e-6, "\(headers)")
  }

  @Test func `small costs are written without exponents`() throws {
    let server = try TinyServer([Self.answer])
    let chat = try endpoint(
      server, limits: EndpointLimits(price: EndpointPrice(prompt: 1, completion: 2)))
    _ = try chat.generate(question, GenerationOptions())
    #expect(chat.spent.text.contains("which cost 0.0000"), "\(chat.spent.text)")
  }

  @Test func `requests are paced and counted, and stop at a limit`() throws {
    let server = try TinyServer([Self.answer, .init(status: 429), Self.answer])
    let chat = try endpoint(
      server,
      limits: EndpointLimits(
        requestsPerMinute: 6, requests: 3, price: EndpointPrice(prompt: 1000, completion: 2000)))
    for _ in 0..<2 { _ = try chat.generate(question, GenerationOptions()) }
    // Every try has its ten seconds.
    #expect(time.now == 20)
    #expect(chat.spent.text == "3 requests read 18 tokens and wrote 6, which cost 0.03")
    let error = #expect(throws: GenerationError.self) {
      try chat.generate(question, GenerationOptions())
    }
    #expect(error?.code == "limit-reached")
    #expect(server.requests().count == 3)
  }

  @Test func `answers that are cut or kept back are charged, refusals are not`() throws {
    let usage = #""usage": {"prompt_tokens": 9, "completion_tokens": 3}"#
    let server = try TinyServer([
      .init(
        body: #"{"choices": [{"message": {"content": "x"}, "finish_reason": "length"}], \#(usage)}"#
      ),
      .init(body: #"{"choices": [{"message": {"content": null}}], \#(usage)}"#),
      .init(status: 400, body: #"{"error": {"message": "no"}, \#(usage)}"#),
    ])
    let chat = try endpoint(server)
    for _ in 0..<3 {
      #expect(throws: GenerationError.self) {
        try chat.generate(question, GenerationOptions())
      }
    }
    #expect(chat.spent.requests == 3 && chat.spent.tokens == 24 && !chat.spent.isEstimated)
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

  @Test(arguments: [400, 401, 404, 408, 409, 425, 302])
  func `other refusals are not tried again`(_ status: Int) throws {
    let server = try TinyServer([
      .init(status: status, body: "{}", headers: "Location: http://127.0.0.1:9/\r\n")
    ])
    let error = #expect(throws: GenerationError.self) {
      try endpoint(server).generate(question, GenerationOptions())
    }
    #expect(error?.message.contains("\(status)") == true)
    #expect((error?.remedy == nil) == [400, 408, 409, 425].contains(status))
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

public import Records
public import Stages

/// A model behind an endpoint that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp, Ollama.
///
/// Faults that pass (429, 5xx, a broken connection, an answer that is no completion) are tried again with growing
/// pauses, or those that the endpoint asks for; other refusals are final. An answer that was cut short by the token
/// limit is a fault, because half an answer is no example to train on.
public struct ChatEndpoint: Generator {
  /// The address that `/chat/completions` is below, such as `http://localhost:8000/v1`, as it may be shown: `…`
  /// stands for secrets in it.
  public let base: String
  /// The model's name at the endpoint.
  public let model: String
  private let key: String?
  private let retries: RetryPolicy
  private let account: EndpointAccount
  private let transport: HTTPTransport

  /// A model at an endpoint.
  ///
  /// - Parameters:
  ///   - model: The model's name at the endpoint.
  ///   - base: The address, or nil to take `ANNEAL_LLM_BASE_URL`, else `OPENAI_BASE_URL`.
  ///   - timeout: Seconds that one try may take.
  ///   - retries: How often and when to try again.
  ///   - account: What may be asked, and where it is noted.
  ///   - environment: Looks up variables; `OPENAI_API_KEY` is sent where it is set.
  /// - Throws: `Diagnostic` where no address is given or it is none.
  public init(
    model: String, base: String? = nil, timeout: Double = 120, retries: RetryPolicy = .standard,
    account: EndpointAccount = EndpointAccount(),
    environment: (String) -> String? = FilePaths.environment
  ) throws(Diagnostic) {
    let address =
      base ?? environment("ANNEAL_LLM_BASE_URL") ?? environment("OPENAI_BASE_URL")
    guard let address else {
      throw Diagnostic(
        "there is no endpoint to ask '\(model)' at",
        remedy: "set ANNEAL_LLM_BASE_URL, such as http://localhost:8000/v1")
    }
    var trimmed = address
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    guard let transport = HTTPTransport(url: "\(trimmed)/chat/completions", timeout: timeout) else {
      throw Diagnostic(
        "'\(address.withoutAddressSecrets)' is no address of an endpoint",
        remedy: "write http://HOST:PORT/v1 or https://HOST/v1")
    }
    self.base = trimmed.withoutAddressSecrets
    self.model = model
    self.retries = retries
    self.account = account
    self.transport = transport
    key = environment("OPENAI_API_KEY")
  }

  /// What was asked and spent on its account so far.
  public var spent: EndpointSpending { account.spent }

  /// The next turn of a conversation.
  ///
  /// - Throws: `GenerationError`, also `limit-reached` where the account allows no more.
  public func generate(
    _ conversation: Conversation, _ options: GenerationOptions
  ) throws(GenerationError) -> Generation {
    let request = Request(model, conversation, options)
    var attempt = 1
    while true {
      let failure: Failure
      switch try sent(request) {
      case .success(let generation): return generation
      case .failure(let fault): failure = fault
      }
      guard failure.passes, let pause = retries.pause(after: attempt, asked: failure.wait) else {
        throw failure.error
      }
      // Others would be told the same.
      if failure.isBusy { account.hold(seconds: pause) }
      account.clock.sleep(account.clock.now() + pause)
      // Whoever asked to stop wants no further try.
      if Interruption.isRequested { throw failure.error }
      attempt += 1
    }
  }

  /// What is sent, and how much of it there is.
  private struct Request {
    let body: [UInt8]
    let promptBytes: Int
    let mostTokens: Int?

    init(_ model: String, _ conversation: Conversation, _ options: GenerationOptions) {
      body = ChatWire.request(model, conversation, options).bytes
      // Some tokens a turn come of the model's template.
      promptBytes = conversation.messages.reduce(0) {
        $0 + $1.content.utf8.count + ($1.input?.utf8.count ?? 0) + 12
      }
      mostTokens = options.maximumTokens
    }
  }

  /// A try that brought no answer.
  private struct Failure: Error {
    let error: GenerationError
    /// Whether it may go better next time.
    let passes: Bool
    /// Whether the endpoint has too much to do.
    var isBusy = false
    /// Seconds that the endpoint asks to wait.
    var wait: Double?
  }

  /// One try, noted on the account.
  /// - Throws: `GenerationError` where the account allows none.
  private func sent(
    _ request: Request
  ) throws(GenerationError) -> Result<Generation, Failure> {
    let ticket = try ticket(for: request)
    switch transport.post(request.body, key: key) {
    case .success(let answer) where answer.status == 200:
      let usage = ChatWire.usage(answer.body)
      account.close(ticket, usage)
      heed(answer.rates, after: usage)
      do throws(GenerationError) { return .success(try ChatWire.answer(answer.body)) } catch {
        return .failure(Failure(error: error, passes: error.code == "bad-answer"))
      }
    case .success(let answer):
      account.close(ticket, .none)
      return .failure(refusal(answer))
    case .failure(let fault):
      account.close(ticket, .none)
      return .failure(unreachable(fault))
    }
  }

  /// Waits until a try may be sent.
  private func ticket(for request: Request) throws(GenerationError) -> EndpointTicket {
    let ticket: EndpointTicket?
    do {
      ticket = try account.open(promptBytes: request.promptBytes, mostTokens: request.mostTokens)
    } catch { throw GenerationError(error.code, error.message, remedy: error.remedy) }
    guard let ticket else { throw GenerationError("stopped", "the user asked to stop") }
    return ticket
  }

  /// Waits with further requests where the endpoint says that nothing is left.
  private func heed(_ rates: RateHeaders, after usage: EndpointUsage) {
    var tokens = 0
    if case .told(let prompt, let completion) = usage { tokens = prompt + completion }
    guard let pause = rates.pause(tokens: tokens) else { return }
    // What is refused for all that asks for a pause of its own.
    account.hold(seconds: min(pause, retries.longestAsked))
  }

  private func unreachable(_ fault: TransportFault) -> Failure {
    Failure(
      error: GenerationError(
        "unreachable", "\(base) does not answer: \(fault.reason)",
        remedy: "see that the endpoint is running"), passes: true)
  }

  /// What an answer other than 200 means.
  private func refusal(_ answer: HTTPAnswer) -> Failure {
    var said = ChatWire.errorMessage(answer.body) ?? "no reason given"
    // Some say which key they refuse.
    if let key { said = said.replacing(key, with: "…") }
    let wait = answer.rates.retryAfter
    let isLong = wait.map { $0 > retries.longestAsked } == true
    let remedy: String? =
      switch answer.status {
      case 401, 403: "set OPENAI_API_KEY to a key that the endpoint knows"
      case 404: "check the address and the model's name '\(model)'"
      case 300..<400: "write the address that the endpoint redirects to"
      default:
        isLong ? wait.map { "it asks to wait \(Int($0)) seconds: run again after that" } : nil
      }
    let isBusy = answer.status == 429 || answer.status == 503
    return Failure(
      error: GenerationError(
        "refused", "\(base) answered \(answer.status): \(said)", remedy: remedy),
      passes: isBusy || answer.status >= 500, isBusy: isBusy, wait: wait)
  }
}

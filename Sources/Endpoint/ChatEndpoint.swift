public import Records
public import Stages

/// A model behind an endpoint that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp, Ollama.
///
/// Faults that pass (408, 409, 429, 5xx, a broken connection, an answer that is no completion) are tried
/// again with growing pauses; an answer that was cut short by the token limit is a fault, because half an
/// answer is no example to train on.
public struct ChatEndpoint: Generator {
  /// The address that `/chat/completions` is below, such as `http://localhost:8000/v1`, as it may be shown: `…`
  /// stands for secrets in it.
  public let base: String
  /// The model's name at the endpoint.
  public let model: String
  private let key: String?
  private let retries: RetryPolicy
  private let transport: HTTPTransport

  /// A model at an endpoint.
  ///
  /// - Parameters:
  ///   - model: The model's name at the endpoint.
  ///   - base: The address, or nil to take `ANNEAL_LLM_BASE_URL`, else `OPENAI_BASE_URL`.
  ///   - timeout: Seconds that one try may take.
  ///   - retries: How often and when to try again.
  ///   - environment: Looks up variables; `OPENAI_API_KEY` is sent where it is set.
  /// - Throws: `Diagnostic` where no address is given or it is none.
  public init(
    model: String, base: String? = nil, timeout: Double = 120, retries: RetryPolicy = .standard,
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
    self.transport = transport
    key = environment("OPENAI_API_KEY")
  }

  /// The next turn of a conversation.
  public func generate(
    _ conversation: Conversation, _ options: GenerationOptions
  ) throws(GenerationError) -> Generation {
    let body = ChatWire.request(model, conversation, options).bytes
    var attempt = 1
    while true {
      let failure: Failure
      switch transport.post(body, key: key) {
      case .success(let answer) where answer.status == 200:
        do throws(GenerationError) { return try ChatWire.answer(answer.body) } catch {
          failure = Failure(error: error, passes: error.code == "bad-answer")
        }
      case .success(let answer): failure = refusal(answer)
      case .failure(let fault): failure = unreachable(fault)
      }
      guard failure.passes, let pause = retries.pause(after: attempt, asked: failure.wait) else {
        throw failure.error
      }
      retries.sleep(pause)
      // Whoever asked to stop wants no further try.
      if Interruption.isRequested { throw failure.error }
      attempt += 1
    }
  }

  /// A try that brought no answer.
  private struct Failure {
    let error: GenerationError
    /// Whether it may go better next time.
    let passes: Bool
    /// Seconds that the endpoint asks to wait.
    var wait: Double?
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
    let remedy: String? =
      switch answer.status {
      case 401, 403: "set OPENAI_API_KEY to a key that the endpoint knows"
      case 404: "check the address and the model's name '\(model)'"
      case 300..<400: "write the address that the endpoint redirects to"
      default: nil
      }
    return Failure(
      error: GenerationError(
        "refused", "\(base) answered \(answer.status): \(said)", remedy: remedy),
      passes: [408, 409, 429].contains(answer.status) || answer.status >= 500,
      wait: answer.retryAfter)
  }
}

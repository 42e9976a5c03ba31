package import Endpoint
package import Records
package import Stages

/// A model behind an endpoint that augmenters ask, each question once: what it answered is kept on disk.
///
/// An answer that was cut at the token limit, or that a filter kept back, is kept as none.
package struct EndpointChat: ChatModel {
  package let name: String
  package let identity: JSONValue
  package var spent: EndpointSpending? { endpoint.spent }
  private let endpoint: ChatEndpoint
  private let options: GenerationOptions
  private let atOnce: Int
  private let kept: AnswerCache

  /// What a run uses.
  static let standard = provider(keeping: AnswerCache())

  /// What finds the model of a request at the address that the environment names.
  /// - Parameter environment: Looks up variables.
  package static func provider(
    keeping kept: AnswerCache,
    environment: @escaping @Sendable (String) -> String? = FilePaths.environment
  ) -> ChatModelProvider {
    { request throws(Diagnostic) in
      let endpoint = try ChatEndpoint(
        model: request.model, account: request.account, environment: environment)
      return EndpointChat(endpoint, request, keeping: kept)
    }
  }

  /// A model behind an endpoint.
  /// - Parameter kept: Where answers are kept.
  package init(_ endpoint: ChatEndpoint, _ request: ChatModelRequest, keeping kept: AnswerCache) {
    self.endpoint = endpoint
    self.kept = kept
    options = request.options
    atOnce = request.atOnce
    name = "model '\(endpoint.model)' behind the endpoint"
    identity = [
      "endpoint": .string(endpoint.base), "model": .string(endpoint.model),
      "max-tokens": options.maximumTokens.map { .integer($0) } ?? .null,
      "temperature": options.temperature.map { .real($0) } ?? .null,
      "top-p": options.topP.map { .real($0) } ?? .null,
      "version": request.version.map { .string($0) } ?? .null,
    ]
  }

  /// Equal questions are asked once, so that they have one answer whatever `atOnce` is.
  package func answers(_ questions: [ChatQuestion]) throws -> [String?] {
    var places: [ChatQuestion: Int] = [:]
    var distinct: [ChatQuestion] = []
    let members = questions.map { question in
      if let known = places[question] { return known }
      places[question] = distinct.count
      distinct.append(question)
      return distinct.count - 1
    }
    let asked = distinct
    let answers = try LimitFault.telling {
      spent
    } _: {
      try Requests.map(asked.count, atOnce: atOnce) { [self] place in
        try Interruption.check()
        return try answer(asked[place])
      }
    }
    return members.map { answers[$0].string }
  }

  /// The answer, as it is kept: null for none.
  private func answer(_ question: ChatQuestion) throws -> JSONValue {
    let key: JSONValue = [
      "chat": identity, "seed": .string("\(question.seed)"),
      "messages": .array(
        question.conversation.messages.map {
          ["role": .string($0.role.rawValue), "content": .string($0.content)]
        }),
    ]
    return try kept.value(key) {
      $0.isNull || $0.string != nil
    } _: {
      try ask(question).map { .string($0) } ?? .null
    }
  }

  private func ask(_ question: ChatQuestion) throws -> String? {
    var options = options
    options.seed = question.seed
    do throws(GenerationError) {
      return try endpoint.generate(question.conversation, options).text
    } catch {
      // Half an answer is none; what else goes wrong ends the stage.
      if ["cut-short", "no-text"].contains(error.code) { return nil }
      // No further try was made because of that.
      try Interruption.check()
      throw StageError(
        error.code == LimitFault.code ? error.code : "no-answer", "the \(name): \(error.message)",
        remedy: error.remedy ?? "run again; what was answered is kept")
    }
  }
}

package import Endpoint
import Foundation
package import Records
package import Stages

/// A model behind an endpoint for chats, asked for one translation at a time.
package struct EndpointTranslator: Translator {
  package let name: String
  private let endpoint: ChatEndpoint
  private let instruction: String
  private let temperature: Double

  /// Whether the environment names an endpoint.
  static func hasAddress(_ environment: (String) -> String?) -> Bool {
    ["ANNEAL_LLM_BASE_URL", "OPENAI_BASE_URL"].contains { environment($0) != nil }
  }

  init(
    _ request: TranslatorRequest, _ environment: (String) -> String?
  ) throws(Diagnostic) {
    guard let model = request.model?.written else {
      throw Translators.fault(
        "the endpoint's model is not named", remedy: "name it with 'model', and with 'back'")
    }
    self.init(
      try ChatEndpoint(model: model, account: request.account, environment: environment), request)
  }

  /// A translator that asks a model.
  package init(_ endpoint: ChatEndpoint, _ request: TranslatorRequest) {
    self.endpoint = endpoint
    name = "model '\(endpoint.model)' behind the endpoint"
    temperature = request.temperature
    instruction = """
      Translate what the user writes from \(Self.title(request.from)) to \(Self.title(request.to)). \
      Answer with the translation alone. Keep numbers, names, addresses and code as they are.
      """
  }

  package var atOnce: Int { 8 }

  /// The address without what is secret in it: another key answers the same.
  package var identity: JSONValue {
    [
      "endpoint": .string(endpoint.base), "model": .string(endpoint.model),
      "instruction": .string(instruction), "temperature": .real(temperature),
    ]
  }

  package var spent: EndpointSpending? { endpoint.spent }

  package func files() throws(StageError) -> [String] { [] }

  package func portions(_ texts: [String]) -> [[Int]] { texts.indices.map { [$0] } }

  package func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    try texts.enumerated().map { place, text in
      do throws(GenerationError) { return try answer(to: text, draw: draws?[place]) } catch {
        // No further try was made because of that.
        try Interruption.check()
        throw StageError(
          error.code == LimitFault.code ? error.code : "no-translation",
          "the \(name): \(error.message)",
          remedy: error.remedy ?? "run again; what was translated is kept")
      }
    }
  }

  private func answer(to text: String, draw: UInt64?) throws(GenerationError) -> String? {
    let conversation = Conversation([Message(.system, instruction), Message(.user, text)])
    let options = GenerationOptions(
      temperature: draw == nil ? 0 : temperature, seed: draw.map { $0 >> 1 })
    do throws(GenerationError) {
      let answer = try endpoint.generate(conversation, options).text
      return answer.trimmingCharacters(in: .whitespacesAndNewlines)
        .replacingOccurrences(of: "\n", with: " ")
    } catch {
      // Half a translation is none, and so is what a filter keeps back; what else goes wrong ends the stage.
      guard ["cut-short", "no-text"].contains(error.code) else { throw error }
      return nil
    }
  }

  /// A language's name in English, which models know better than its code.
  private static func title(_ code: String) -> String {
    Locale(identifier: "en").localizedString(forLanguageCode: code) ?? code
  }
}

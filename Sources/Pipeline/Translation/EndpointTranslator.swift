import Endpoint
import Foundation
import Records
import Stages

/// A model behind an endpoint for chats, asked for one translation at a time.
struct EndpointTranslator: Translator {
  let name: String
  private let generator: any Generator
  private let instruction: String
  private let temperature: Double
  /// How many questions are on their way at once.
  private static let concurrency = 8

  /// Whether the environment names an endpoint.
  static var hasAddress: Bool {
    ["ANNEAL_LLM_BASE_URL", "OPENAI_BASE_URL"].contains { FilePaths.environment($0) != nil }
  }

  init(_ request: TranslatorRequest) throws(Diagnostic) {
    guard let model = request.model?.written else {
      throw Translators.fault(
        "the endpoint's model is not named", remedy: "name it with 'model', and with 'back'")
    }
    self.init(try ChatEndpoint(model: model), model: model, request)
  }

  /// A translator that asks `generator`.
  init(_ generator: any Generator, model: String, _ request: TranslatorRequest) {
    self.generator = generator
    name = "model '\(model)' behind the endpoint"
    temperature = request.temperature
    instruction = """
      Translate what the user writes from \(Self.title(request.from)) to \(Self.title(request.to)). \
      Answer with the translation alone. Keep numbers, names, addresses and code as they are.
      """
  }

  func files() throws(StageError) -> [String] { [] }

  func translate(_ texts: [String], draws: [UInt64]?) throws(StageError) -> [String?] {
    do {
      return try OrderedMap.map(Array(texts.enumerated()), threads: Self.concurrency) {
        place, text in
        try Interruption.check()
        return try answer(to: text.element, draw: draws?[place])
      }
    } catch let error as GenerationError {
      throw StageError("no-translation", error.message, remedy: error.remedy)
    } catch {
      throw StageError("no-translation", "\(error)")
    }
  }

  private func answer(to text: String, draw: UInt64?) throws(GenerationError) -> String? {
    let conversation = Conversation([Message(.system, instruction), Message(.user, text)])
    let options = GenerationOptions(
      temperature: draw == nil ? 0 : temperature, seed: draw.map { $0 >> 1 })
    do throws(GenerationError) {
      let answer = try generator.generate(conversation, options).text
      return answer.trimmingCharacters(in: .whitespacesAndNewlines)
        .replacingOccurrences(of: "\n", with: " ")
    } catch {
      // Half a translation is none; what else goes wrong ends the stage.
      guard error.code == "cut-short" else { throw error }
      return nil
    }
  }

  /// A language's name in English, which models know better than its code.
  private static func title(_ code: String) -> String {
    Locale(identifier: "en").localizedString(forLanguageCode: code) ?? code
  }
}

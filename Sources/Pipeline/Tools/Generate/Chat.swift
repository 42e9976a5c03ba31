import Models
import Records
import Stages
import Tensors
import Train

/// A conversation with a model, whose answers come word by word.
///
/// ```swift
/// var chat = try Chat(model: "runs/instructions")
/// try chat.answer("Name three colours.") { print($0, terminator: "") }
/// ```
/// Earlier turns are read again with each question; where they leave no room, the oldest are
/// forgotten.
public struct Chat: Sendable {
  private let generator: TextGenerator
  private let precision: PrecisionChoice
  private let system: [Message]
  private var turns: [Message] = []

  /// Loads a model.
  /// - Parameters:
  ///   - name: The folder of a run, or a model's folder or name.
  ///   - adapter: The folder of an adapter on the model.
  ///   - system: What the model is told before the first question.
  /// - Throws: `ModelError` for a model that cannot chat, or options that make no sense.
  public init(
    model name: String, adapter: String? = nil,
    _ settings: GenerationSettings = GenerationSettings(),
    system: String? = nil
  ) throws {
    generator = try TextGenerator(model: name, adapter: adapter, settings)
    precision = PrecisionChoice(settings.precision)
    self.system = system.map { [Message(.system, $0)] } ?? []
    // What makes a conversation impossible is told before the first question.
    _ = try generator.tokens(of: Conversation([Message(.user, "?")]))
  }

  /// Answers a question, and remembers both.
  /// - Parameter onText: Hears the answer piece by piece, as it comes.
  /// - Throws: `ModelError` for a question that is longer than the model takes.
  @discardableResult
  public mutating func answer(
    _ question: String, onText: (String) -> Void
  ) throws -> String {
    turns.append(Message(.user, question))
    let prompt: [Int32]
    do { prompt = try fittingPrompt() } catch {
      turns.removeLast()
      throw error
    }
    let generator = generator
    var stream = TextStream { generator.text($0) ?? "" }
    let results = try withoutActuallyEscaping(onText) { onText in
      try Engine.$precision.withValue(precision.used) {
        try generator.generator.generate([prompt]) { _, token in
          if let piece = stream.add(token) { onText(piece) }
        }
      }
    }
    let tokens = results.first?.first?.tokens ?? []
    if let piece = stream.finish(tokens) { onText(piece) }
    let answer = generator.text(tokens) ?? ""
    turns.append(Message(.assistant, answer))
    return answer
  }

  /// Forgets all turns.
  public mutating func forget() { turns = [] }

  /// The tokens of the conversation, without its oldest exchanges where they leave no room.
  private mutating func fittingPrompt() throws -> [Int32] {
    while true {
      let prompt = try generator.tokens(of: Conversation(system + turns))
      let most = generator.generator.maximumPrompt
      // Half of what the model takes is enough for an answer of any wished length.
      let room = min(generator.generator.options.maxNewTokens ?? 0, most / 2)
      if prompt.count + room <= most { return prompt }
      guard turns.count > 2 else {
        if prompt.count < most { return prompt }
        throw ModelError(
          .invalid, file: "chat",
          problem: "the question has \(prompt.count) tokens, where the model takes \(most)",
          remedy: "Shorten it.")
      }
      turns.removeFirst(2)
    }
  }
}

/// Turns tokens that come one by one into pieces of text.
package struct TextStream {
  private let text: ([Int32]) -> String
  private var tokens: [Int32] = []
  private var written = 0

  /// - Parameter text: The text of all tokens so far.
  package init(_ text: @escaping ([Int32]) -> String) { self.text = text }

  /// What a token adds; nil where it ends amid a character, whose rest is yet to come.
  package mutating func add(_ token: Int32) -> String? {
    tokens.append(token)
    let whole = text(tokens)
    return whole.unicodeScalars.last == "\u{FFFD}" ? nil : piece(whole)
  }

  /// What is left of all tokens.
  package mutating func finish(_ tokens: [Int32]) -> String? { piece(text(tokens)) }

  private mutating func piece(_ whole: String) -> String? {
    let bytes = Array(whole.utf8)
    guard bytes.count > written else { return nil }
    defer { written = bytes.count }
    return String(decoding: bytes[written...], as: UTF8.self)
  }
}

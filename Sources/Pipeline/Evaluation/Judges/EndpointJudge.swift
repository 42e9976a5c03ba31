import Endpoint
import Records
import Stages
import TextKit

/// A model behind an endpoint, and what it is asked: the file of a judge.
///
/// ```yaml
/// model: llama-3.1-8b-instruct
/// endpoint: http://localhost:8000/v1
/// prompt: |
///   Source: {premise}
///   Text: {text}
///   Does the text follow from the source? Answer with one word: yes or no.
/// labels: ["yes", "no"]
/// ```
/// Answers are kept on disk by what was asked. How often and when a request is tried again is
/// ``Endpoint/ChatEndpoint``'s.
struct EndpointJudge: Judge {
  /// The name of the file without its extension, and the model.
  let name: String
  let labels: [String]
  var fields: [String] { prompt.fields }
  /// A hash of the file, and the endpoint where the file leaves it open.
  let fingerprint: String
  private let model: String
  private let endpoint: ChatEndpoint
  private let system: String?
  private let prompt: PromptText
  private let otherwise: String?
  private let options: GenerationOptions
  private let atOnce: Int

  /// Reads the file of a judge.
  /// - Throws: `Diagnostics` with all that is wrong with it, `FileError` where it cannot be read.
  init(file: String) throws {
    let root = try PipelineFile(path: file).root
    var diagnostics = Diagnostics()
    guard
      let values = ParameterValues.read(
        Keys.all, from: root, owner: "judge", place: root.place, into: &diagnostics)
    else { throw diagnostics }
    labels = values[Keys.labels]
    otherwise = values[Keys.otherwise]
    (system, prompt) = (values[Keys.system], PromptText(values[Keys.prompt]))
    model = values[Keys.model]
    options = GenerationOptions(
      maximumTokens: values[Keys.maximumTokens], temperature: values[Keys.temperature])
    atOnce = values[Keys.atOnce]
    do throws(Diagnostic) {
      try Self.check(labels, otherwise)
      endpoint = try ChatEndpoint(
        model: model, base: values[Keys.endpoint], timeout: values[Keys.timeout],
        retries: RetryPolicy(attempts: values[Keys.attempts]),
        account: EndpointAccount(values[EndpointLimits.parameter]))
    } catch {
      throw Diagnostics([
        Diagnostic(error.message, path: error.path, place: root.place, remedy: error.remedy)
      ])
    }
    name = "\(FilePaths.stem(file))(\(model))"
    // How fast and how much it may be asked changes no answer.
    let asked = values.encoded.without([EndpointLimits.parameter.name])
    fingerprint = ContentHash.of(
      JSONValue.array([.object(asked), .string(endpoint.base)]).text)
  }

  private static func check(_ labels: [String], _ otherwise: String?) throws(Diagnostic) {
    let folded = labels.map { AnswerWords($0) }
    if let empty = folded.firstIndex(where: { $0.count == 0 }) {
      throw Diagnostic("the label '\(labels[empty])' is no word", path: "judge.labels")
    }
    guard Set(folded).count == labels.count else {
      throw Diagnostic("two labels are the same words", path: "judge.labels")
    }
    if let otherwise, !labels.contains(otherwise) {
      throw Diagnostic(
        "'\(otherwise)' is none of the labels", path: "judge.otherwise",
        remedy: Suggestion.remedy(for: otherwise, among: labels))
    }
  }

  /// Reads the file of a judge that says to which class something belongs.
  /// - Throws: `Diagnostics` also where it names no labels.
  init(labelling file: String) throws {
    try self.init(file: file)
    try checkLabels()
  }

  /// Equal questions are asked once, so that they have one answer whatever `at-once` is.
  func answers(_ questions: [[String: String]]) throws -> [String] {
    var places: [ByteKey: Int] = [:]
    var texts: [String] = []
    // All are filled in before the first is paid for.
    let asked = try questions.map { values in
      let text = try text(values)
      if let place = places[ByteKey(text)] { return place }
      places[ByteKey(text)] = texts.count
      texts.append(text)
      return texts.count - 1
    }
    let answers = try answers(texts, AnswerCache())
    return asked.map { answers[$0] }
  }

  private func answers(_ texts: [String], _ cache: AnswerCache) throws -> [String] {
    let before = endpoint.spent.requests
    do {
      let answers = try LimitFault.telling {
        endpoint.spent
      } _: {
        try Requests.map(texts.count, atOnce: atOnce) { try answer(texts[$0], cache) }
      }
      let spent = endpoint.spent
      if spent.requests > before { Fetching.current.say("judge \(name): \(spent.text)") }
      return answers
    } catch let error as StageError { throw TextModelError(error.message, remedy: error.remedy) }
  }

  private func text(_ values: [String: String]) throws(TextModelError) -> String {
    do throws(PromptText.MissingField) { return try prompt.filled(values) } catch {
      throw TextModelError(
        "the prompt of \(name) has a place for '{\(error.name)}', which the record lacks",
        remedy: "give each record the field '\(error.name)'")
    }
  }

  private func answer(_ text: String, _ cache: AnswerCache) throws -> String {
    try Interruption.check()
    let turns = [system.map { Message(.system, $0) }, Message(.user, text)].compactMap(\.self)
    let conversation = Conversation(turns)
    return try cache.answer(question(conversation)) {
      do throws(GenerationError) {
        return try endpoint.generate(conversation, options).text
      } catch {
        // No further try was made because of that.
        try Interruption.check()
        if error.code == LimitFault.code {
          throw StageError(error.code, "\(name): \(error.message)", remedy: error.remedy)
        }
        throw TextModelError("\(name): \(error.message)", remedy: error.remedy)
      }
    }
  }

  /// All that an answer depends on.
  private func question(_ conversation: Conversation) -> JSONValue {
    [
      "endpoint": .string(endpoint.base), "model": .string(model),
      "messages": .array(
        conversation.messages.map {
          ["role": .string($0.role.rawValue), "content": .string($0.content)]
        }),
      "max-tokens": options.maximumTokens.map { .integer($0) } ?? .null,
      "temperature": options.temperature.map { .real($0) } ?? .null,
    ]
  }

  // MARK: - Labels

  /// The label that an answer names first.
  func label(in answer: String) throws(TextModelError) -> Int {
    let words = AnswerWords(answer)
    let found = labels.indices.compactMap { label -> (label: Int, place: Int, count: Int)? in
      let wanted = AnswerWords(labels[label])
      return words.place(of: wanted).map { (label, $0, wanted.count) }
    }
    // Of labels that begin at one word, the longest is meant: 'not supported' before 'not'.
    if let first = found.min(by: { ($0.place, -$0.count) < ($1.place, -$1.count) }) {
      return first.label
    }
    if let otherwise, let place = labels.firstIndex(of: otherwise) { return place }
    let said = String(answer.prefix(80))
    throw TextModelError(
      "\(name) answered '\(said)', which names none of \(labels.joined(separator: ", "))",
      remedy: "ask for one of them in the prompt, or write 'otherwise: LABEL' in the judge's file")
  }

  /// What the file of a judge takes.
  enum Keys {
    static let model = Parameter<String>(required: "model", "The model's name at the endpoint.")
    static let endpoint = Parameter<String?>(
      "endpoint", default: nil, aliases: ["base-url", "api-base"],
      "The address; by default ANNEAL_LLM_BASE_URL, else OPENAI_BASE_URL.")
    static let system = Parameter<String?>(
      "system", default: nil, "What the model is told before it is asked.")
    static let prompt = Parameter<String>(
      required: "prompt", "What it is asked, with places such as {text} and {premise}.",
      check: { $0.isEmpty ? "must not be empty" : nil })
    static let labels = Parameter<[String]>(
      "labels", default: [], aliases: ["answers", "choices"],
      "The answers there are; the first that an answer names is taken.")
    static let otherwise = Parameter<String?>(
      "otherwise", default: nil,
      "The label of an answer that names none; by default that is a fault.")
    static let maximumTokens = Parameter(
      "max-tokens", default: 512, "The most tokens of an answer.", check: Check.atLeast(1))
    static let temperature = Parameter(
      "temperature", default: 0.0, "0 always takes the likeliest token.", check: Check.atLeast(0))
    static let timeout = Parameter(
      "timeout", default: 120.0, "Seconds that one try may take.", check: Check.atLeast(0.1))
    static let attempts = Parameter(
      "attempts", default: 5, "How often a request is tried that fails.", check: Check.atLeast(1))
    static let atOnce = Parameter(
      "at-once", default: 8, aliases: ["parallel", "concurrency"],
      "How many requests wait for answers at a time.", check: Check.within(1...64))

    static let all: [any AnyParameter] = [
      model, endpoint, system, prompt, labels, otherwise, maximumTokens, temperature, timeout,
      attempts, atOnce, EndpointLimits.parameter,
    ]
  }
}

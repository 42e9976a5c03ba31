import Models
import Records
import Stages
import Tensors
import Train

/// Generates texts: JSON lines with prompts in, JSON lines with what follows them out.
///
/// Lines are computed together, and answered in their order; neither tokens nor draws depend on
/// which lines a line is computed with.
public struct GenerationFilter: Sendable {
  private let generator: TextGenerator
  private let precision: PrecisionChoice
  private let batchSize: Int

  private static let prompts = ["prompt", "text", "messages", "input_ids"]
  private static let fields = prompts + ["tools"]

  /// A line that was read, and the draws' key.
  private struct Request {
    let tokens: [Int32]
    let key: UInt64
  }

  /// Loads a model.
  /// - Parameters:
  ///   - name: A model's folder or name, or the folder of a run.
  ///   - adapter: The folder of an adapter on the model.
  ///   - batchSize: How many lines are computed together.
  /// - Throws: `ModelError` for a model that generates nothing, or options that make no sense;
  ///   `Diagnostic` for an unknown template.
  public init(
    model name: String, adapter: String? = nil,
    _ settings: GenerationSettings = GenerationSettings(), batchSize: Int = 16
  ) throws {
    generator = try TextGenerator(model: name, adapter: adapter, settings)
    precision = PrecisionChoice(settings.precision)
    self.batchSize = batchSize
  }

  /// Reads `input` (`-` is standard input) and calls `write` with a line for each line.
  ///
  /// What has come is answered before more is waited for.
  /// - Throws: `StageError` naming the line and field at fault; the lines before it are answered.
  public func run(input: String, write: ([UInt8]) throws -> Void) throws {
    var waiting: [Request] = []
    func answer() throws {
      let requests = waiting
      waiting = []
      try self.answer(requests, write)
    }
    do {
      try LineBatches.forEachLine(of: input) { bytes, source in
        waiting.append(try request(bytes, source))
        if waiting.count >= batchSize { try answer() }
      } between: {
        try answer()
      }
    } catch let error as StageError {
      try answer()
      throw error
    }
  }

  private func answer(_ requests: [Request], _ write: ([UInt8]) throws -> Void) throws {
    let results = try Engine.$precision.withValue(precision.used) {
      try generator.generator.generate(requests.map(\.tokens), keys: requests.map(\.key))
    }
    for sequences in results {
      let tokens = sequences.first?.tokens ?? []
      var line = JSONObject()
      if let text = generator.text(tokens) { line["text"] = .string(text) }
      line["ids"] = .array(tokens.map { .integer($0) })
      try write(JSONValue.object(line).bytes + [UInt8(ascii: "\n")])
    }
  }

  private func request(_ bytes: ArraySlice<UInt8>, _ source: Source) throws -> Request {
    let line = try RequestLine(bytes, at: source, fields: Self.fields)
    let given = Self.prompts.compactMap { field in line[field].map { (field, $0) } }
    guard let (field, value) = given.first, given.count == 1 else {
      throw StageError(
        "invalid-record",
        given.isEmpty ? "the line has no prompt" : "the line has several prompts", source: source,
        remedy: "give one of \(Self.prompts.joined(separator: ", "))")
    }
    let tokens = try tokens(line, field, value)
    if let fault = generator.generator.fault(of: tokens) {
      throw line.fault(fault.problem, field: field, remedy: fault.remedy)
    }
    return Request(tokens: tokens, key: UInt64(source.line))
  }

  private func tokens(
    _ line: RequestLine, _ field: String, _ value: JSONValue
  ) throws -> [Int32] {
    switch field {
    case "input_ids":
      let kind = IntegerKind(limit: Int(Int32.max), expected: "a token id")
      return try line.integers(value, kind, field: field)
    case "messages":
      let tools = try line["tools"].map { try line.list($0, field: "tools") }
      return try generator.tokens(of: conversation(line), tools: tools)
    default:
      guard let text = value.string else {
        throw line.fault("is \(value.kindName), not a text", field: field)
      }
      return try generator.tokens(ofSource: text)
    }
  }

  private func conversation(_ line: RequestLine) throws -> Conversation {
    let content: Content
    do { content = try Schema.messages.read(line.object).content } catch {
      throw line.fault(error.reason, field: error.field)
    }
    guard case .conversation(let conversation) = content,
      let last = conversation.messages.last, last.role != .assistant, last.role != .system
    else {
      throw line.fault("does not end with a turn to answer", field: "messages")
    }
    return conversation
  }
}

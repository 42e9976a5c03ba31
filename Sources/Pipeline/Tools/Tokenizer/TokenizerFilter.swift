import Models
import Records
import Stages
public import Tokenize

/// Encodes and decodes JSON lines with a tokenizer, one line for one line.
public struct TokenizerFilter: Sendable {
  /// The tokenizer.
  public let tokenizer: Tokenizer

  private static let textFields = ["text", "pair"]
  /// What encoding writes is understood too.
  private static let idFields = [
    "ids", "offsets", "type_ids", "special_mask", "attention_mask", "overflowing",
  ]

  /// Loads a tokenizer by the path of one of its files, of a folder or run, or by a model's name.
  /// - Throws: `TokenizerError`, or `ModelError` listing the places that were looked at.
  public init(_ name: String) throws {
    let path = FilePaths.join(FilePaths.current, name)
    let isRun = Folders.exists("\(path)/pipeline.lock.yaml")
    if Folders.exists(path), !isRun {
      tokenizer = try ModelTokenizer.load(path)
    } else if let place = try? ModelPlace(name) {
      tokenizer = try place.tokenizer()
    } else if isRun {
      // A run that trains nothing has a tokenizer all the same.
      tokenizer = try Tokenizer.load("\(path)/tokenizer")
    } else {
      tokenizer = try ModelTokenizer.load(ModelLocator().tokenizerFolder(of: name))
    }
  }

  /// What encoding does besides turning texts into ids.
  public struct Options: Sendable {
    /// Whether the template's tokens are added.
    public var addsSpecialTokens = true
    /// Whether texts are cut as the tokenizer's file says.
    public var truncates = false
    /// Whether texts are filled up as the tokenizer's file says.
    public var pads = false
    /// Whether texts are of the language that a translation model writes.
    public var isTarget = false
    /// The seed of the merges that are left out, or nil for none left out.
    public var seed: UInt64?
    /// How likely it is that a merge is left out; nil for what the tokenizer's file says.
    public var dropout: Double?

    /// Adds special tokens, and does nothing else.
    public init() {}
  }

  /// Encodes lines with `text`, and `pair` where there is one.
  /// - Throws: `StageError` naming the line and field at fault; the lines before it are answered.
  public func encode(
    input: String, _ options: Options, write: ([UInt8]) throws -> Void
  ) throws {
    let tokenizer = options.isTarget ? tokenizer.target : tokenizer
    var encoding = EncodingOptions()
    encoding.addSpecialTokens = options.addsSpecialTokens
    if options.truncates { encoding.truncation = tokenizer.truncation }
    if options.pads { encoding.padding = tokenizer.padding }
    try LineBatches.forEachLine(of: input) { bytes, source in
      let line = try RequestLine(bytes, at: source, fields: Self.textFields)
      let text = try line.text("text")
      let pair = line["pair"] == nil ? nil : try line.text("pair")
      if let seed = options.seed {
        encoding.dropout = MergeDropout(
          rate: options.dropout ?? tokenizer.dropoutRate, seed: seed, purpose: "tokenizer.encode",
          record: "\(source.line)")
      }
      var answer = Self.json(
        tokenizer.encode(text, pair: pair, options: encoding), options)
      answer.append(0x0A)
      try write(answer)
    }
  }

  /// Decodes lines with `ids`, such as those of `encode`; windows of what was cut off stay out.
  /// - Throws: `StageError` naming the line and field at fault; the lines before it are answered.
  public func decode(
    input: String, skipsSpecialTokens: Bool, write: ([UInt8]) throws -> Void
  ) throws {
    let kind = IntegerKind(limit: Int(Int32.max), expected: "a token id")
    try LineBatches.forEachLine(of: input) { bytes, source in
      let line = try RequestLine(bytes, at: source, fields: Self.idFields)
      guard let value = line["ids"] else { throw line.fault("is missing", field: "ids") }
      let ids = try line.integers(value, kind, field: "ids")
      let text = tokenizer.decode(ids, skipSpecialTokens: skipsSpecialTokens)
      let answer: JSONValue = ["text": .string(text)]
      try write(answer.bytes + [0x0A])
    }
  }

  /// An encoding as an object; masks of filling stand there where texts are filled up.
  private static func json(_ encoding: Encoding, _ options: Options) -> [UInt8] {
    var bytes = Array("{\"ids\": ".utf8)
    append(encoding.ids, to: &bytes)
    bytes += ", \"offsets\": [".utf8
    for (index, range) in encoding.offsets.enumerated() {
      if index > 0 { bytes += ", ".utf8 }
      append([range.lowerBound, range.upperBound], to: &bytes)
    }
    bytes += "], \"type_ids\": ".utf8
    append(encoding.typeIds, to: &bytes)
    bytes += ", \"special_mask\": ".utf8
    append(encoding.specialMask, to: &bytes)
    if options.pads {
      bytes += ", \"attention_mask\": ".utf8
      append(encoding.attentionMask, to: &bytes)
    }
    if !encoding.overflowing.isEmpty {
      bytes += ", \"overflowing\": [".utf8
      for (index, window) in encoding.overflowing.enumerated() {
        bytes += (index > 0 ? ", " : "").utf8
        bytes += json(window, options)
      }
      bytes.append(UInt8(ascii: "]"))
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private static func append(_ numbers: [Int32], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    for (index, number) in numbers.enumerated() {
      if index > 0 { bytes += ", ".utf8 }
      bytes += "\(number)".utf8
    }
    bytes.append(UInt8(ascii: "]"))
  }
}

extension RequestLine {
  func text(_ field: String) throws(StageError) -> String {
    guard let value = self[field] else { throw fault("is missing", field: field) }
    guard let text = value.string else {
      throw fault("is \(value.kindName), not a text", field: field)
    }
    return text
  }
}

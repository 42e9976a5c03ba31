/// What happens to the tokens of one text or a pair: offsets are trimmed, and a template puts special
/// tokens around.
///
/// Every post-processor that tokenizer files name comes down to this.
struct PostProcessing: Sendable {
  /// A part of a template.
  enum Piece: Sendable, Equatable {
    /// The tokens of the first (0) or second (1) text, with the segment they get.
    case text(Int, typeId: Int32)
    /// Special tokens, with the segment they get.
    case special([Int32], typeId: Int32)

    /// Whether this is the place of a text.
    var isText: Bool { if case .text = self { true } else { false } }

    /// The same in another segment.
    func with(typeId: Int32) -> Piece {
      switch self {
      case .text(let number, _): .text(number, typeId: typeId)
      case .special(let ids, _): .special(ids, typeId: typeId)
      }
    }

    /// What stands in a template's place: what an earlier template put around a text.
    func filled(with texts: [[Piece]]) -> [Piece] {
      guard case .text(let number, let typeId) = self else { return [self] }
      return texts[number].map { $0.with(typeId: typeId) }
    }
  }

  /// How to trim offsets, or nil for not at all.
  var trim: OffsetTrim?
  /// The template of one text.
  var single: [Piece] = [.text(0, typeId: 0)]
  /// The template of a pair.
  var pair: [Piece] = [.text(0, typeId: 0), .text(1, typeId: 1)]
  /// Whether a component has given the templates.
  var hasTemplate = false
  /// What one text and each text of a pair have around them, where a template may follow that takes
  /// this for the text.
  var surrounded: (single: [[Piece]], pair: [[Piece]])?
  /// Whether windows of what was cut off have the template's segments; they have 0 and 1 otherwise.
  var typesWindows = false

  /// The number of special tokens that a template adds.
  func addedCount(pair isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { count, piece in
      if case .special(let ids, _) = piece { count + ids.count } else { count }
    }
  }
}

/// Takes the white space at the ends of byte-level tokens out of their offsets.
struct OffsetTrim: Sendable, Equatable {
  /// Whether the pre-tokenizer adds a space before the text, which is then no part of it.
  let addsPrefixSpace: Bool

  /// The origin of a token without the white space its text begins and ends with.
  ///
  /// - Parameter isFirst: Whether it is the first token of what is left after cutting.
  func trimmed(_ origin: Origin, _ spaces: EdgeSpaces, isFirst: Bool) -> Origin {
    var origin = origin
    var leading = spaces.leading
    if leading == 1, addsPrefixSpace, isFirst || origin.start == 0 { leading = 0 }
    origin.start = min(origin.start + leading, origin.end)
    if spaces.trailing > 0, origin.end >= spaces.trailing {
      origin.end = max(origin.end - spaces.trailing, origin.start)
    }
    return origin
  }
}

/// How many scalars of white space a token begins and ends with.
struct EdgeSpaces: Sendable, Equatable {
  var leading: Int32
  var trailing: Int32

  init(leading: Int32, trailing: Int32) {
    self.leading = leading
    self.trailing = trailing
  }

  /// Counts white space and the byte alphabet's sign for a space.
  init(_ token: ArraySlice<UInt8>) {
    let table = ScalarClasses.table
    let isSpace = UTF8Scalars.scalars(Array(token)).map {
      $0 == ByteAlphabet.scalars[0x20] || table[$0].contains(.whitespace)
    }
    leading = Int32(isSpace.prefix { $0 }.count)
    trailing = Int32(isSpace.reversed().prefix { $0 }.count)
  }
}

/// The post-processors that tokenizer files may name.
protocol PostProcessor: SendableMetatype {
  /// The `type` in tokenizer.json.
  static var typeName: String { get }

  /// Reads a component into what it does.
  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing
}

enum PostProcessorRegistry {
  static let types: [any PostProcessor.Type] = [
    BertProcessing.self, ByteLevelProcessing.self, ProcessorSequence.self, RobertaProcessing.self,
    TemplateProcessing.self,
  ]

  static func read(_ reader: ComponentReader) throws(TokenizerError) -> PostProcessing {
    guard let type = types.first(where: { $0.typeName == reader.type }) else {
      throw reader.unknown("post-processor", known: types.map { $0.typeName })
    }
    return try type.read(reader)
  }
}

/// What each step of a tokenizer makes of a text, for people to look at.
public struct TokenizerInspection: Sendable, Equatable {
  /// One step.
  public struct Step: Sendable, Equatable {
    /// What the step is called.
    public let name: String
    /// The parts that the text is in after it.
    public let parts: [Part]
  }

  /// A part of the text.
  public struct Part: Sendable, Equatable {
    /// How it is spelled.
    public let text: String
    /// Its id, once it has one.
    public let id: Int32?
    /// Whether an added token or the template made it.
    public let isSpecial: Bool
  }

  /// The steps in their order.
  public internal(set) var steps: [Step] = []
}

extension Tokenizer {
  /// Goes through a text step by step: added tokens, normalizer, words, tokens, template.
  public func inspect(_ text: String) -> TokenizerInspection {
    var inspection = TokenizerInspection()
    var parts = [InspectedPart(text: AlignedText(bytes: Array(text.utf8), tracks: false))]
    func note(_ name: String) {
      inspection.steps.append(.init(name: name, parts: parts.map { $0.part(in: pipeline) }))
    }
    note("text")
    parts = parts.flatMap { $0.split(by: pipeline.added.raw, pipeline) }
    if pipeline.added.raw != nil { note("added tokens") }
    if let normalizer = pipeline.normalizer {
      for index in parts.indices where parts[index].id == nil {
        normalizer.normalize(&parts[index].text)
      }
      note("normalized")
    }
    parts = parts.flatMap { $0.split(by: pipeline.added.normalized, pipeline) }
    if pipeline.added.normalized != nil { note("added tokens") }
    if pipeline.preTokenizer != nil {
      parts = parts.flatMap { $0.words(pipeline) }
      note("words")
    }
    inspection.steps.append(tokenStep("tokens", encode(text, addSpecialTokens: false)))
    if addedTokenCount(pair: false) > 0 {
      inspection.steps.append(tokenStep("template", encode(text)))
    }
    return inspection
  }

  private func tokenStep(_ name: String, _ encoding: Encoding) -> TokenizerInspection.Step {
    .init(
      name: name,
      parts: zip(encoding.ids, encoding.specialMask).map { id, special in
        .init(
          text: token(of: id) ?? "?", id: id,
          isSpecial: special != 0 || pipeline.added.token(of: id) != nil)
      })
  }
}

/// A part of a text on its way.
private struct InspectedPart {
  var text: AlignedText
  var id: Int32?

  func part(in pipeline: TokenizerPipeline) -> TokenizerInspection.Part {
    .init(text: String(decoding: text.bytes, as: UTF8.self), id: id, isSpecial: id != nil)
  }

  private func slice(_ range: Range<Int>, id: Int32? = nil) -> InspectedPart {
    InspectedPart(
      text: AlignedText(
        bytes: Array(text.bytes[range]), tracks: false,
        startsText: text.startsText && range.lowerBound == 0), id: id)
  }

  func split(by matcher: AddedTokenMatcher?, _ pipeline: TokenizerPipeline) -> [InspectedPart] {
    guard let matcher, id == nil else { return [self] }
    var parts: [InspectedPart] = []
    var place = 0
    for match in matcher.matches(in: text.bytes.span, skipsSpecial: false) {
      if place < Int(match.range.start) { parts.append(slice(place..<Int(match.range.start))) }
      if match.range.start < match.range.end {
        parts.append(slice(match.range.indices, id: pipeline.added.tokens[match.token].id))
      }
      place = Int(match.range.end)
    }
    if place < text.bytes.count { parts.append(slice(place..<text.bytes.count)) }
    return parts
  }

  func words(_ pipeline: TokenizerPipeline) -> [InspectedPart] {
    guard id == nil else { return [self] }
    var words = PreTokenizedText(text)
    pipeline.preTokenizer?.split(&words)
    return words.words.map { range in
      InspectedPart(
        text: AlignedText(bytes: Array(words.text.bytes[range.indices]), tracks: false))
    }
  }
}

import CKernels

/// The white space at the ends of every token of a vocabulary, for trimming origins.
struct TokenEdges: Sendable {
  let trim: OffsetTrim
  /// The token whose white space is that of the text it stands for, or -1.
  let surfaceId: Int32
  /// By id, the leading and trailing scalars of white space, 8 bits each; most are 0.
  fileprivate var edges: [UInt16]
  /// The few with more than 255 on a side.
  private var long: [Int32: EdgeSpaces] = [:]

  /// Whether every added token has the edges of its own text: false where another token has its id.
  private(set) var knowsAdded = true

  init(trim: OffsetTrim, _ model: any TokenModel, _ added: AddedVocabulary) {
    self.trim = trim
    surfaceId = model.spellsUnknown ? model.unknownId ?? -1 : -1
    let vocabulary = model.vocabulary
    edges = [UInt16](repeating: 0, count: max(vocabulary.idLimit, added.idLimit))
    for id in vocabulary.sortedIds {
      if let token = vocabulary.token(of: id) { add(token, id) }
    }
    for token in added.tokens {
      let text = Array(token.content.utf8)[...]
      switch vocabulary.token(of: token.id) {
      case nil: add(text, token.id)
      case text: continue
      default: knowsAdded = false
      }
    }
  }

  private mutating func add(_ token: ArraySlice<UInt8>, _ id: Int32) {
    guard Self.mayHaveSpaces(token) else { return }
    let spaces = EdgeSpaces(token)
    if spaces.leading > 255 || spaces.trailing > 255 { long[id] = spaces }
    edges[Int(id)] = UInt16(min(spaces.leading, 255)) << 8 | UInt16(min(spaces.trailing, 255))
  }

  /// Whether no token has more than 255 on a side, or those of the text it stands for.
  var areShort: Bool { long.isEmpty && surfaceId < 0 }

  /// False where a token begins and ends with visible ASCII characters, as most do.
  private static func mayHaveSpaces(_ token: ArraySlice<UInt8>) -> Bool {
    guard let first = token.first, let last = token.last else { return false }
    return first &- 0x21 >= 0x5E || last &- 0x21 >= 0x5E
  }

  /// The origin of a token without the white space its text begins and ends with.
  ///
  /// - Parameter range: What it stands for in `text`.
  @inline(__always)
  func trimmed(
    _ origin: Origin, of id: Int32, isFirst: Bool, _ text: UnsafeBufferPointer<UInt8>,
    _ range: ByteRange
  ) -> Origin {
    if id == surfaceId {
      return trim.trimmed(origin, EdgeSpaces(Array(text[range.indices])[...]), isFirst: isFirst)
    }
    guard Int(id) < edges.count else { return origin }
    let edge = edges[Int(id)]
    if edge == 0 { return origin }
    let spaces = long[id] ?? EdgeSpaces(leading: Int32(edge >> 8), trailing: Int32(edge & 0xFF))
    return trim.trimmed(origin, spaces, isFirst: isFirst)
  }
}

extension Optional<TokenEdges> {
  /// Hands the edges, which are short, to `body` as the kernels see them.
  func withKernel(_ body: (UnsafePointer<anneal_edges>?) -> Void) {
    guard let self else { return body(nil) }
    self.withShortEdges { body($0) }
  }
}

extension TokenEdges {
  fileprivate func withShortEdges(_ body: (UnsafePointer<anneal_edges>) -> Void) {
    edges.withUnsafeBufferPointer { edges in
      var kernel = anneal_edges(
        edges: edges.baseAddress, count: Int32(edges.count), adds_space: trim.addsPrefixSpace)
      body(&kernel)
    }
  }
}

extension Workspace {
  /// Adds the origin and the word of an added token, of whose text the white space is trimmed.
  ///
  /// - Parameter cuts: Whether the tokens may be cut into windows, of which this one may be the first.
  mutating func addOrigin(
    _ origin: Origin, of text: ArraySlice<UInt8>, word: Int32, _ trim: OffsetTrim?, cuts: Bool
  ) {
    words.append(word)
    guard let trim else { return origins.append(origin) }
    let spaces = EdgeSpaces(text)
    if cuts, trim.addsPrefixSpace {
      firstOrigins.append(trim.trimmed(origin, spaces, isFirst: true))
    }
    origins.append(trim.trimmed(origin, spaces, isFirst: origins.count == 0))
  }

  /// Adds the origins and words of the tokens of words, which `tokenize` has just added.
  ///
  /// - Parameters:
  ///   - cuts: Whether the tokens may be cut into windows, of which they may be the first.
  ///   - originOf: Where a range of bytes stems from; it is asked for ranges in ascending order.
  @inline(__always)
  mutating func addOrigins(
    _ words: UnsafeBufferPointer<ByteRange>, of text: UnsafeBufferPointer<UInt8>,
    firstWord: Int32, _ edges: TokenEdges?, cuts: Bool,
    _ originOf: (ByteRange) -> Origin
  ) {
    let firstId = ids.count - ends.count
    origins.reserve(ends.count)
    self.words.reserve(ends.count)
    var token = 0
    for (number, range) in words.enumerated() {
      var start = range.start
      var shared = Origin(start: 0, end: 0)
      let last = Int(wordEnds.base[number])
      while token < last {
        let end = range.start + ends.base[token]
        if end > start { shared = originOf(ByteRange(Int(start), Int(end))) }
        let id = ids.base[firstId + token]
        let piece = ByteRange(Int(start), Int(end))
        if cuts, let edges, edges.trim.addsPrefixSpace {
          firstOrigins.append(edges.trimmed(shared, of: id, isFirst: true, text, piece))
        }
        origins.append(
          edges?.trimmed(shared, of: id, isFirst: origins.count == 0, text, piece) ?? shared)
        self.words.append(firstWord + Int32(truncatingIfNeeded: number))
        start = end
        token += 1
      }
    }
  }
}
